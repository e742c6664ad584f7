import { html } from 'hono/html';
import type { PrintedResource } from '../../core/page.ts';
import type { WatchStatus } from '../../loop/self.ts';
import { formatDuration } from '../../values/duration.ts';
import { incidentList } from './incident.ts';
import { banner } from './layout.ts';
import { badge, resourceLink, toneOf, VERDICT_ORDER, when, type Html, type Tone } from './parts.ts';

const ROWS = 100;

/** What the reader asked to see of the roll; anything that makes no sense is read as nothing asked. */
export interface Asked {
  readonly q: string;
  readonly page: number;
}

/** How all of it stands, in a sign for the title, a tone and a headline. */
export function standing(status: WatchStatus): {
  readonly sign: string;
  readonly tone: Tone;
  readonly headline: string;
  readonly rest: string;
} {
  const { resources, ready, why } = status;
  const tones = new Map<Tone, number>();
  for (const { verdict } of resources) tones.set(toneOf(verdict), (tones.get(toneOf(verdict)) ?? 0) + 1);
  const count = (tone: Tone): number => tones.get(tone) ?? 0;
  const trouble = ready ? '' : `The watcher cannot be trusted right now: ${why.join('; ')}.`;
  const said = [`${count('good')} of ${resources.length} answered.`, trouble].filter((part) => part !== '').join(' ');
  if (count('lost') > 0) return { sign: '✕', tone: 'lost', headline: `${count('lost')} lost`, rest: said };
  if (count('worse') > 0) return { sign: '!', tone: 'worse', headline: `${count('worse')} not as declared`, rest: said };
  if (count('blind') > 0) return { sign: '?', tone: 'blind', headline: `${count('blind')} cannot be seen`, rest: said };
  if (!ready) return { sign: '?', tone: 'blind', headline: 'Not known', rest: said };
  return { sign: '✓', tone: 'good', headline: 'Everything answered', rest: said };
}

/** The first page: how it stands, who did not answer, what is open, the roll, and the watcher itself. */
export function overview(status: WatchStatus, asked: Asked, now: number): Html {
  const { tone, headline, rest } = standing(status);
  const bad = status.resources.filter(({ verdict }) => verdict !== 'present').sort(byGravity);
  return html`${banner(tone, headline, rest)}
  ${
    bad.length === 0
      ? ''
      : html`<section aria-labelledby="bad">
          <h2 id="bad">Who did not answer</h2>
          ${table('Resources that are not as they must be', bad.slice(0, ROWS), now)}
          ${bad.length > ROWS ? html`<p>${bad.length - ROWS} more: <a href="/?q=blind">blind</a>, <a href="/?q=absent">absent</a>, or any word below.</p>` : ''}
        </section>`
  }
  ${
    status.incidents.length === 0
      ? ''
      : html`<section aria-labelledby="open">
          <h2 id="open">Open incidents</h2>
          ${incidentList(status.incidents, now)}
        </section>`
  }
  ${roll(status.resources, asked, now)} ${itself(status, now)}`;
}

function byGravity(a: PrintedResource, b: PrintedResource): number {
  return VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict);
}

function roll(resources: readonly PrintedResource[], { q, page }: Asked, now: number): Html {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = resources.filter(({ id, kind, connection, verdict, owner = '' }) => {
    const text = `${id} ${kind} ${connection} ${verdict} ${owner}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const at = Math.min(page, pages);
  const to = (number: number): string => `/?${new URLSearchParams({ q, page: String(number) }).toString()}#roll`;
  return html`<section aria-labelledby="roll">
    <h2 id="roll">The roll</h2>
    <form method="get" action="/" role="search">
      <label for="q">Resource, kind, connection, verdict or owner</label>
      <input id="q" name="q" type="search" value="${q}" maxlength="200" /> <button>Find</button>
    </form>
    <p>${q === '' ? `${found.length} resources` : `${found.length} of ${resources.length} resources`}, page ${at} of ${pages}</p>
    ${found.length === 0 ? html`<p>None.</p>` : table('The roll', found.slice((at - 1) * ROWS, at * ROWS), now)}
    ${
      pages === 1
        ? ''
        : html`<nav class="pages" aria-label="Pages of the roll">
            ${at > 1 ? html`<a href="${to(at - 1)}" rel="prev">Previous</a>` : ''}
            ${at < pages ? html`<a href="${to(at + 1)}" rel="next">Next</a>` : ''}
          </nav>`
    }
  </section>`;
}

function table(caption: string, rows: readonly PrintedResource[], now: number): Html {
  return html`<table class="roll">
    <caption class="hidden">
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">Verdict</th>
        <th scope="col">Resource</th>
        <th scope="col">What was found</th>
        <th scope="col">Last healthy</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((resource) => row(resource, now))}
    </tbody>
  </table>`;
}

function row({ id, kind, connection, verdict, summary, last_seen_healthy: healthy }: PrintedResource, now: number): Html {
  return html`<tr>
    <td>${badge(verdict)}</td>
    <th scope="row">${resourceLink(id)}<small>${kind} on ${connection}</small></th>
    <td><span class="found">${summary}</span></td>
    <td>${when(healthy, now)}</td>
  </tr>`;
}

function itself({ ready, roundAt, pagers, head, stretch }: WatchStatus, now: number): Html {
  const iso = (wall: number): string => new Date(wall).toISOString();
  return html`<section aria-labelledby="itself">
    <h2 id="itself">The watcher itself</h2>
    <dl>
      <dt>Ready</dt>
      <dd>${ready ? 'yes' : 'no'}</dd>
      <dt>Last round ended</dt>
      <dd>${when(roundAt ? iso(roundAt.wall) : null, now)}</dd>
      <dt>Ledger head</dt>
      <dd>${head ? html`entry ${head.seq}, <code>${head.hash}</code>` : 'none'}</dd>
      ${[...pagers].map(
        ([name, { at, error }]) =>
          html`<dt>Pager ${name}</dt>
            <dd>${error === null ? 'accepted' : `failed: ${error}`}, ${when(iso(at.wall), now)}</dd>`,
      )}
      ${[...stretch]
        .filter(([, { wantedMs, actualMs }]) => actualMs > wantedMs)
        .map(
          ([group, { wantedMs, actualMs }]) =>
            html`<dt>Inspections on ${group.split('\n', 1)[0]}</dt>
              <dd>every ${formatDuration(actualMs)}, asked every ${formatDuration(wantedMs)}</dd>`,
        )}
    </dl>
  </section>`;
}
