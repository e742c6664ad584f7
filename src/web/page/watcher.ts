import { html } from 'hono/html';
import type { WatchStatus } from '../../loop/self.ts';
import { formatDuration } from '../../values/duration.ts';
import { banner, part } from './layout.ts';
import { when, whenAt, type Html } from './parts.ts';
import type { Cosigned, Surveyed } from './sources.ts';

type Fact = readonly [name: string, told: Html | string];

/** The watcher about itself: whether it can be trusted, its rounds, its pagers, its heartbeat, its ledger, and who signed what it watches. */
export function watcherPage(status: WatchStatus, surveyed: Surveyed | undefined, cosigned: readonly Cosigned[], now: number): Html {
  const { ready, why, claims, windows = [], coverage = [] } = status;
  return html`${banner(ready ? 'good' : 'blind', ready ? 'It can be trusted' : 'It cannot be trusted right now', why.length === 0 ? 'Rounds end in time, pagers accept, the store writes.' : why.join('; '))}
  ${part('rounds', 'Rounds', facts(rounds(status, now)))} ${part('paging', 'Paging', facts(paging(status, now)))}
  ${part('ledger', 'Ledger', facts(ledger(status, cosigned, now)))} ${part('manifest', 'Manifest', facts(manifest(status, surveyed, now)))}
  ${part('coverage', 'What is there, and on the roll', coverage.length === 0 ? undefined : facts([...coverage.map((one) => covered(one, now)), ...notListed(coverage)]))}
  ${part(
    'windows',
    'Maintenance windows',
    windows.length === 0
      ? undefined
      : html`<ul>
          ${windows.map(({ name }) => html`<li>${name}</li>`)}
        </ul>`,
  )}
  ${part(
    'claims',
    'What was claimed of late',
    claims.length === 0
      ? undefined
      : html`<ol class="timeline" reversed>
          ${claims
            .slice(-20)
            .reverse()
            .map(
              ({ at, by, text }) =>
                html`<li class="claimed">
                  ${whenAt(at.wall, now)} <span><em>claim, not believed:</em> ${by}: “${text}”</span>
                </li>`,
            )}
        </ol>`,
  )}`;
}

/** Listings that one line names. */
const NAMED = 5;

type Coverage = NonNullable<WatchStatus['coverage']>[number];

/** How much of what one connection has of a kind is watched. */
function covered({ connection, kind, found, managed, at }: Coverage, now: number): Fact {
  const name = kind === null ? connection : `${kind} on ${connection}`;
  return [name, at === null ? 'not looked for yet' : html`${managed} of ${found} watched, ${when(at, now)}`];
}

/** Of what the figures do not speak: what the credential of a connection may not list. */
function notListed(coverage: readonly Coverage[]): Fact[] {
  const byConnection = new Map(coverage.map(({ connection, not_listed: names }) => [connection, names]));
  return [...byConnection].flatMap(([connection, names]): Fact[] => {
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    return names.length === 0
      ? []
      : [[`Not known on ${connection}`, `${names.slice(0, NAMED).join(', ')}${more}: its credential may not list them`]];
  });
}

function facts(rows: readonly Fact[]): Html {
  return html`<dl>
    ${rows.map(
      ([name, told]) =>
        html`<dt>${name}</dt>
          <dd>${told}</dd>`,
    )}
  </dl>`;
}

function rounds({ roundAt, roundAge, stretch, glances }: WatchStatus, now: number): Fact[] {
  return [
    ['On the roll', `${glances.length}`],
    ['Last round ended', whenAt(roundAt?.wall ?? null, now)],
    ['Lag', roundAge === null ? 'the first full round is not over' : `every sweep has ended within the last ${formatDuration(roundAge)}`],
    ...[...stretch].map(([group, { wantedMs, actualMs }]): Fact => [
      `Inspections on ${group.split('\n', 1)[0]}`,
      `every ${formatDuration(actualMs)}${actualMs > wantedMs ? `, asked every ${formatDuration(wantedMs)}` : ''}`,
    ]),
  ];
}

function paging({ pagers, heartbeat }: WatchStatus, now: number): Fact[] {
  const beat =
    heartbeat === undefined
      ? 'none is configured: nobody would notice its end'
      : heartbeat === null
        ? 'none was sent yet'
        : html`${heartbeat.heard ? 'heard' : 'not heard'}, ${whenAt(heartbeat.at.wall, now)}`;
  return [
    ['Heartbeat', beat],
    ...(pagers.size === 0 ? [['Pagers', 'none was tried yet'] as const] : []),
    ...[...pagers].map(([name, { at, error }]): Fact => [
      `Pager ${name}`,
      html`${error === null ? 'accepted' : `failed: ${error}`}, ${whenAt(at.wall, now)}`,
    ]),
  ];
}

function ledger({ head }: WatchStatus, cosigned: readonly Cosigned[], now: number): Fact[] {
  if (!head) return [['Head', 'none']];
  return [
    ['Head', html`entry ${head.seq}, <code>${head.hash}</code>`],
    ...(head.root === undefined ? [] : [['Root', html`<code>${head.root}</code>`] as const]),
    ['Signed', head.checkpoint === undefined ? 'no: the watcher has no key' : 'as a checkpoint, by the watcher'],
    ...(cosigned.length === 0
      ? [['Cosigned', 'by nobody'] as const]
      : cosigned.map(({ witness, head: { size, at } }): Fact => [
          `Cosigned by ${witness}`,
          html`up to entry ${size}, ${whenAt(at * 1000, now)}`,
        ])),
  ];
}

function manifest({ watcher, standing }: WatchStatus, surveyed: Surveyed | undefined, now: number): Fact[] {
  const signed = standing?.state ?? 'unsigned';
  const people = standing?.approval?.people.join(', ');
  return [
    ['Manifest', `${watcher.manifest}, version ${watcher.version}`],
    ['Signed', people === undefined || people === '' ? signed : `${signed}, by ${people}`],
    ...(standing?.tampering ? [['On the disk', `not what people signed: ${standing.tampering.why}`] as const] : []),
    ['Audited', surveyed ? when(surveyed.at, now) : 'not yet'],
  ];
}
