import { html } from 'hono/html';
import type { Measured } from '../../core/measured.ts';
import type { PrintedEvidence, PrintedResource } from '../../core/page.ts';
import type { WatchStatus } from '../../loop/self.ts';
import { chart } from './chart.ts';
import { expectations } from './expectations.ts';
import { incidentList } from './incidents.ts';
import { banner, part } from './layout.ts';
import { badge, outsideLink, resourceLink, toneOf, when, inPath, type Html } from './parts.ts';
import type { Entry } from './sources.ts';
import { verdictHistory } from './verdicts.ts';

/** One resource: the verdict, what was expected against what was found, how it moved, how it is known, and what protects it. */
export function resourcePage(
  resource: PrintedResource,
  status: WatchStatus,
  { measured, story }: { readonly measured: readonly Measured[]; readonly story: readonly Entry[] },
  now: number,
): Html {
  const { id, verdict, summary, evidence, skipped } = resource;
  const incidents = status.incidents.filter(({ members }) => Object.hasOwn(members, id));
  return html`${banner(toneOf(verdict), `${id}: ${verdict}`, summary)} ${part('facts', 'What it is', facts(resource, status, now))}
  ${part('expected', 'Expected against found', expectations(resource, measured))}
  ${part(
    'skipped',
    'What could not be looked at',
    skipped.length === 0
      ? undefined
      : html`<ul>
          ${skipped.map(({ facet, reason, say }) => html`<li><strong>${facet}</strong>: ${reason}: ${say}</li>`)}
        </ul>`,
  )}
  ${part('incidents', 'Open incidents', incidents.length === 0 ? undefined : incidentList(incidents, now))}
  ${part('measures', 'How it moved', measured.length === 0 ? undefined : html`<div class="charts">${measured.map((one) => chart(one, now))}</div>`)}
  ${part('verdicts', 'Verdicts', verdictHistory(story, verdict, now))}
  ${part(
    'evidence',
    'How it is known',
    html`<ol>
      ${evidence.map((one) => proof(one, now))}
    </ol>`,
  )}`;
}

function facts(resource: PrintedResource, { glances, protects: protectsOf }: WatchStatus, now: number): Html {
  const { id, kind, connection, pin, severity, owner, runbook, ids = {}, protected_by: guards = [], undo } = resource;
  const verdicts = new Map(glances.map((one) => [one.id, one.verdict]));
  const protects = protectsOf(id);
  const named = (names: readonly string[]): Html =>
    html`<ul>
      ${names.map((name) => {
        const verdict = verdicts.get(name);
        return html`<li>${verdict ? html`${badge(verdict)} ${resourceLink(name)}` : name}</li>`;
      })}
    </ul>`;
  const rows: readonly (readonly [string, Html | string | undefined])[] = [
    ['Runbook', runbook === undefined ? undefined : outsideLink(runbook)],
    ['Can be undone until', resource.undo_before === null ? undefined : when(resource.undo_before, now)],
    ['What undoes it', undo === undefined ? undefined : html`<code>${undo}</code>`],
    ['Last seen healthy', when(resource.last_seen_healthy, now)],
    ['First seen bad', resource.first_seen_bad === null ? undefined : when(resource.first_seen_bad, now)],
    ['Protected by', guards.length === 0 ? undefined : named(guards)],
    ['Protects', protects.length === 0 ? undefined : named(protects)],
    ['Kind', `${kind} on ${connection}`],
    ['Severity', severity],
    ['Owner', owner],
    ['Pinned by', pin === 'none' ? 'nothing yet' : `the ${pin}`],
    [
      'Identity',
      Object.keys(ids).length === 0 ? undefined : html`<code>${Object.entries(ids).map(([key, text]) => `${key} ${text} `)}</code>`,
    ],
    ['Window', resource.window && `${resource.window.name}, maintenance`],
    ['Machine-readable', html`<a href="/api/v1/resources/${inPath(id)}">JSON</a>`],
  ];
  return html`<dl>
    ${rows.flatMap(([name, told]) =>
      told === undefined
        ? []
        : [
            html`<dt>${name}</dt>
              <dd>${told}</dd>`,
          ],
    )}
  </dl>`;
}

function proof({ method, vantage, at, complete, control, look, excerpt }: PrintedEvidence, now: number): Html {
  const marks = [`look ${look}`, complete === true ? 'whole answer' : '', control === undefined ? '' : `control: ${control}`];
  return html`<li>
    ${when(at, now)} <strong>${method}</strong> as ${vantage}${marks.filter(Boolean).map((mark) => `, ${mark}`)}
    <pre>${excerpt}</pre>
  </li>`;
}
