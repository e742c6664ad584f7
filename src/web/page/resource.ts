import { html } from 'hono/html';
import type { PrintedEvidence, PrintedResource } from '../../core/page.ts';
import type { WatchStatus } from '../../loop/self.ts';
import { incidentList } from './incident.ts';
import { banner } from './layout.ts';
import { badge, resourceLink, toneOf, value, when, type Html } from './parts.ts';

/** One resource: the verdict, what was expected against what was found, since when, how it is known, and what protects it. */
export function resourcePage(resource: PrintedResource, status: WatchStatus, now: number): Html {
  const { id, verdict, summary, evidence, breaches, skipped } = resource;
  const incidents = status.incidents.filter(({ members }) => id in members);
  return html`${banner(toneOf(verdict), `${id}: ${verdict}`, summary)} ${facts(resource, status, now)}
    ${
      breaches.length === 0
        ? ''
        : html`<section aria-labelledby="breaches">
            <h2 id="breaches">Expected against found</h2>
            <table>
              <caption class="hidden">
                Broken expectations
              </caption>
              <thead>
                <tr>
                  <th scope="col">Expectation</th>
                  <th scope="col">What</th>
                  <th scope="col">Expected</th>
                  <th scope="col">Found</th>
                </tr>
              </thead>
              <tbody>
                ${breaches.map(
                  (one) =>
                    html`<tr>
                      <th scope="row">${one.path}<small>${one.kind}</small></th>
                      <td>${one.what}</td>
                      <td>${value(one.expected)}</td>
                      <td>${value(one.actual)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </section>`
    }
    ${
      skipped.length === 0
        ? ''
        : html`<section aria-labelledby="skipped">
            <h2 id="skipped">What could not be looked at</h2>
            <ul>
              ${skipped.map(({ facet, reason, say }) => html`<li><strong>${facet}</strong>: ${reason}: ${say}</li>`)}
            </ul>
          </section>`
    }
    ${
      incidents.length === 0
        ? ''
        : html`<section aria-labelledby="incidents">
            <h2 id="incidents">Open incidents</h2>
            ${incidentList(incidents, now)}
          </section>`
    }
    <section aria-labelledby="evidence">
      <h2 id="evidence">How it is known</h2>
      <ol>
        ${evidence.map((one) => proof(one, now))}
      </ol>
    </section>`;
}

function facts(resource: PrintedResource, { resources }: WatchStatus, now: number): Html {
  const { id, kind, connection, pin, severity, expected, actual, owner, runbook, protected_by: guards = [] } = resource;
  const protects = resources.filter(({ protected_by: by = [] }) => by.includes(id));
  const known = new Map(resources.map((one) => [one.id, one]));
  const guard = (name: string): Html =>
    html`<li>${known.has(name) ? html`${badge(known.get(name)?.verdict ?? 'blind')} ${resourceLink(name)}` : name}</li>`;
  return html`<section aria-labelledby="facts">
    <h2 id="facts">What it is</h2>
    <dl>
      <dt>Kind</dt>
      <dd>${kind} on ${connection}</dd>
      <dt>Last seen healthy</dt>
      <dd>${when(resource.last_seen_healthy, now)}</dd>
      <dt>First seen bad</dt>
      <dd>${when(resource.first_seen_bad, now)}</dd>
      ${
        resource.undo_before === null
          ? ''
          : html`<dt>Can be undone until</dt>
              <dd>${when(resource.undo_before, now)}</dd>`
      }
      <dt>Severity</dt>
      <dd>${severity}</dd>
      <dt>Pinned by</dt>
      <dd>${pin === 'none' ? 'nothing yet' : `the ${pin}`}</dd>
      <dt>Expected</dt>
      <dd><code>${value(expected)}</code></dd>
      <dt>Found</dt>
      <dd><code>${value(actual)}</code></dd>
      ${
        owner === undefined
          ? ''
          : html`<dt>Owner</dt>
              <dd>${owner}</dd>`
      }
      ${
        runbook === undefined
          ? ''
          : html`<dt>Runbook</dt>
              <dd>${link(runbook)}</dd>`
      }
      ${
        guards.length === 0
          ? ''
          : html`<dt>Protected by</dt>
              <dd>
                <ul>
                  ${guards.map(guard)}
                </ul>
              </dd>`
      }
      ${
        protects.length === 0
          ? ''
          : html`<dt>Protects</dt>
              <dd>
                <ul>
                  ${protects.map((one) => guard(one.id))}
                </ul>
              </dd>`
      }
      <dt>Machine-readable</dt>
      <dd><a href="/api/v1/resources/${encodeURIComponent(id)}">JSON</a></dd>
    </dl>
  </section>`;
}

function proof({ method, vantage, at, complete, control, look, excerpt }: PrintedEvidence, now: number): Html {
  const marks = [
    look === undefined ? '' : `look ${look}`,
    complete === true ? 'whole answer' : '',
    control === undefined ? '' : `control: ${control}`,
  ];
  return html`<li>
    ${when(at, now)} <strong>${method}</strong> as ${vantage}${marks.filter(Boolean).map((mark) => `, ${mark}`)}
    <pre>${excerpt}</pre>
  </li>`;
}

/** Only what a browser opens as a page: a runbook may not be a script. */
function link(to: string): Html {
  return /^https?:\/\//i.test(to) ? html`<a href="${to}" rel="noreferrer noopener">${to}</a>` : html`${to}`;
}
