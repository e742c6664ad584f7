import { html } from 'hono/html';
import type { Glance } from '../../core/glance.ts';
import type { WatchStatus } from '../../loop/self.ts';
import { incidentList } from './incidents.ts';
import { banner, part } from './layout.ts';
import { badge, toneOf, VERDICT_ORDER, whenAt, type Html, type Tone } from './parts.ts';
import { roll, ROWS, table, type Asked } from './roll.ts';

/** Names that fit beside the headline. */
const NAMED = 3;

export interface Standing {
  /** For the title. */
  readonly sign: string;
  readonly tone: Tone;
  readonly headline: string;
  readonly rest: string;
}

/** How all of it stands, in a sign for the title, a tone and a headline. */
export function standing({ glances, ready, why }: WatchStatus): Standing {
  const of = Map.groupBy(glances, ({ verdict }) => toneOf(verdict));
  const count = (tone: Tone): number => of.get(tone)?.length ?? 0;
  const said = (worst: Tone): string => {
    const names = (worst === 'good' ? [] : (of.get(worst) ?? [])).slice(0, NAMED).map(({ id }) => id);
    const who = names.length === 0 ? '' : `${names.join(', ')}${count(worst) > names.length ? ' and others' : ''}.`;
    const trouble = ready ? '' : `The watcher cannot be trusted right now: ${why.join('; ')}.`;
    return [who, `${count('good')} of ${glances.length} answered.`, trouble].filter((one) => one !== '').join(' ');
  };
  if (count('lost') > 0) return { sign: '✕', tone: 'lost', headline: `${count('lost')} lost`, rest: said('lost') };
  if (count('worse') > 0) return { sign: '!', tone: 'worse', headline: `${count('worse')} not as declared`, rest: said('worse') };
  if (count('blind') > 0) return { sign: '?', tone: 'blind', headline: `${count('blind')} cannot be seen`, rest: said('blind') };
  if (!ready) return { sign: '?', tone: 'blind', headline: 'Not known', rest: said('good') };
  // Law 6: where nothing is compared nothing is green.
  if (glances.length === 0) return { sign: '?', tone: 'blind', headline: 'Nothing is watched', rest: 'The roll is empty.' };
  return { sign: '✓', tone: 'good', headline: 'Everything answered', rest: said('good') };
}

/** The first page: how it stands, who did not answer, what is open, and the roll. */
export function overview(status: WatchStatus, asked: Asked, now: number): Html {
  const { tone, headline, rest } = standing(status);
  const { glances, incidents, healthyAt } = status;
  const bad = glances.filter(({ verdict }) => verdict !== 'present').sort(byGravity);
  const more = bad.length - ROWS;
  return html`${banner(tone, headline, rest)} ${tally(glances)}
  ${part(
    'bad',
    'Who did not answer',
    bad.length === 0
      ? undefined
      : html`${table('Resources that are not as they must be', bad.slice(0, ROWS), healthyAt, now)}
        ${more > 0 ? html`<p>${more} more: ask for a verdict below.</p>` : ''}`,
  )}
  ${part('open', 'Open incidents', incidents.length === 0 ? undefined : incidentList(incidents.slice(0, ROWS), now))}
  ${part('roll', 'The roll', roll(status, asked, now))} ${part('itself', 'The watcher itself', itself(status, now))}`;
}

function byGravity(a: Glance, b: Glance): number {
  return VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict);
}

/** How many of each verdict, each a way to the list of them. */
function tally(glances: readonly Glance[]): Html | string {
  const of = Map.groupBy(glances, ({ verdict }) => verdict);
  if (of.size < 2) return '';
  return html`<nav class="tally" aria-label="By verdict">
    ${VERDICT_ORDER.filter((verdict) => of.has(verdict)).map((verdict) => html`<a href="/?verdict=${verdict}#roll"><strong>${of.get(verdict)?.length}</strong> ${badge(verdict)}</a> `)}
  </nav>`;
}

function itself({ ready, roundAt, heartbeat }: WatchStatus, now: number): Html {
  const beat = heartbeat === undefined ? '' : heartbeat?.heard === false ? ' Its heartbeat is not heard.' : ' Its heartbeat is heard.';
  return html`<p>
    ${ready ? 'Can be trusted.' : 'Cannot be trusted right now.'} Its last round ended ${whenAt(roundAt?.wall ?? null, now)}.${beat}
    <a href="/watcher">All of it</a>
  </p>`;
}
