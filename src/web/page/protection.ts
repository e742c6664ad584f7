import { html } from 'hono/html';
import type { Pair } from '../../core/blast-radius.ts';
import type { CopyJudgment, CopyReport } from '../../core/copies.ts';
import type { WatchStatus } from '../../loop/self.ts';
import { banner, part } from './layout.ts';
import { badge, resourceLink, when, whenAt, type Html } from './parts.ts';
import { turnPages } from './roll.ts';
import type { Surveyed } from './sources.ts';

const ROWS = 25;
const MARKS: Readonly<Record<CopyJudgment['status'], readonly [sign: string, word: string, tone: string]>> = {
  met: ['✓', 'met', 'good'],
  declared: ['✓', 'as declared', 'good'],
  'not-met': ['✕', 'not met', 'lost'],
  unproven: ['?', 'not proven', 'blind'],
};

/** What would bring each database back, how that stands, and what could take both: from the daemon's last audit. */
export function protectionPage(status: WatchStatus, surveyed: Surveyed | undefined, page: number, now: number): Html {
  if (!surveyed) return banner('blind', 'Not known yet', 'The first audit of this watcher has not ended.');
  const { copies, radius, at } = surveyed;
  const bare = copies.filter((one) => one.copies.length === 0).length;
  const tied = [...Map.groupBy(radius, ({ id }) => id).values()].filter((pairs) => pairs.every(({ ties }) => ties.length > 0)).length;
  const lacks = [bare > 0 ? `${bare} without any copy` : '', tied > 0 ? `${tied} that could go with all their copies` : ''].filter(
    (one) => one !== '',
  );
  const headline = copies.length === 0 ? 'Nothing holds data' : lacks.length === 0 ? 'Every one has a copy apart' : lacks.join(', ');
  const pages = Math.max(1, Math.ceil(copies.length / ROWS));
  const shown = Math.min(page, pages);
  const rows = copies.slice((shown - 1) * ROWS, shown * ROWS);
  const ids = new Set(rows.map(({ id }) => id));
  return html`${banner(lacks.length === 0 ? (copies.length === 0 ? 'blind' : 'good') : 'worse', headline, html`Of ${copies.length}. Audited ${when(at, now)}.`)}
  ${part(
    'copies',
    'Backups and protections',
    rows.length === 0
      ? undefined
      : html`<p>
            The rule 3-2-1-1-0: three copies, on two media, one off-site, one out of reach of the same hands, no errors when it was
            restored.
          </p>
          ${rows.map((one) => protectedOne(one, status, now))}
          ${turnPages('Pages of protections', shown, pages, (to) => `/protection?page=${to}#copies`)}`,
  )}
  ${part('radius', 'Blast radius', radius.length === 0 ? undefined : blast(radius.filter(({ id }) => ids.has(id))))}`;
}

function protectedOne({ id, copies, rules }: CopyReport, { print, healthyAt }: WatchStatus, now: number): Html {
  const own = print(id);
  return html`<article class="protected">
    <h3>${own ? badge(own.verdict) : ''} ${resourceLink(id)}</h3>
    <ul>
      ${copies.length === 0 ? html`<li>Nothing would bring it back.</li>` : ''}
      ${copies.map((name) => {
        const copy = print(name);
        return html`<li>
          ${copy ? html`${badge(copy.verdict)} ${resourceLink(name)}: ${copy.summary} <small>healthy ${whenAt(healthyAt(name), now)}</small>` : html`${name}: not on the roll`}
        </li> `;
      })}
    </ul>
    <ul class="rules">
      ${rules.map(({ rule, status, say }) => {
        const [sign, word, tone] = MARKS[status];
        return html`<li>
          <span class="badge ${tone}"><span aria-hidden="true">${sign}</span> ${rule}, ${word}</span> ${say}
        </li> `;
      })}
    </ul>
  </article>`;
}

function blast(pairs: readonly Pair[]): Html {
  return html`<p>
      <img
        class="radius"
        src="/blast-radius.svg"
        alt="What could delete a resource together with its copies; the table below says the same"
      />
    </p>
    <table>
      <caption class="hidden">
        What could delete a resource and its copy together
      </caption>
      <thead>
        <tr>
          <th scope="col">Resource</th>
          <th scope="col">Copy</th>
          <th scope="col">What takes both</th>
        </tr>
      </thead>
      <tbody>
        ${pairs.map(
          ({ id, copy, ties, severity }) =>
            html`<tr>
              <th scope="row">${resourceLink(id)}</th>
              <td data-label="Copy">${resourceLink(copy)}</td>
              <td>
                ${
                  ties.length === 0
                    ? 'nothing that is known'
                    : html`<ul>
                        ${ties.map(({ kind, name, by, fix }) => html`<li><span class="badge ${severity === 'critical' ? 'lost' : 'worse'}">${kind} ${name}</span> <small>${by}</small><br />${fix.slice(0, 2).join('; ')}</li>`)}
                      </ul>`
                }
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}
