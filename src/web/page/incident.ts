import { html } from 'hono/html';
import type { Incident } from '../../core/incident.ts';
import type { PrintedResource } from '../../core/page.ts';
import type { WatchStatus } from '../../loop/self.ts';
import { banner } from './layout.ts';
import { badge, resourceLink, when, type Html, type Tone } from './parts.ts';

const MEMBERS = 1000;
/** Leaving members that are told of one by one. */
const LEAVERS = 20;
const TONES: Readonly<Record<Incident['class'], Tone>> = { lost: 'lost', degraded: 'worse', blind: 'blind' };

export function incidentList(incidents: readonly Incident[], now: number): Html {
  return html`<ul class="incidents">
    ${incidents.map(({ id, class: kind, phase, members, opened, severity }) => {
      const names = Object.keys(members);
      const rest = names.length > 1 ? ` and ${names.length - 1} more` : '';
      return html`<li>
        <a href="/incidents/${encodeURIComponent(id)}">${names[0] ?? ''}${rest}: ${kind}</a>, ${severity}, ${phase},
        ${when(iso(opened.wall), now)}
      </li>`;
    })}
  </ul>`;
}

/** One incident: what happened when, by whom it was accepted, and everything that is part of it. */
export function incidentPage(incident: Incident, status: WatchStatus, now: number): Html {
  const known = new Map(status.resources.map((resource) => [resource.id, resource]));
  const members = Object.entries(incident.members);
  return html`${banner(incident.phase === 'closed' ? 'good' : TONES[incident.class], `${members.length} ${incident.class}`, `${incident.severity}, ${incident.phase}${incident.ending === null ? '' : ` (${incident.ending})`}`)}
    <section aria-labelledby="when">
      <h2 id="when">What happened when</h2>
      <ol class="timeline">
        ${timeline(incident, known).map(([at, what]) => html`<li>${when(at, now)} <span>${what}</span></li>`)}
      </ol>
    </section>
    <section aria-labelledby="who">
      <h2 id="who">What is part of it</h2>
      <ul class="members">
        ${members.slice(0, MEMBERS).map(([id, { left }]) => {
          const resource = known.get(id);
          return html`<li>${resource ? html`${badge(resource.verdict)} ${resourceLink(id)}` : id}${left ? ' (answered again)' : ''}</li>`;
        })}
      </ul>
      ${members.length > MEMBERS ? html`<p>${members.length - MEMBERS} more, all of them in <a href="/api/v1/incidents/${encodeURIComponent(incident.id)}">JSON</a>.</p>` : ''}
    </section>
    <section aria-labelledby="names">
      <h2 id="names">Names</h2>
      <dl>
        <dt>Incident</dt>
        <dd><code>${incident.id}</code></dd>
        <dt>Key</dt>
        <dd><code>${incident.key}</code></dd>
        <dt>Pagers that have accepted it</dt>
        <dd>${incident.accepted.length > 0 ? incident.accepted.join(', ') : 'none yet'}</dd>
        <dt>Machine-readable</dt>
        <dd><a href="/api/v1/incidents/${encodeURIComponent(incident.id)}">JSON</a></dd>
      </dl>
    </section>`;
}

/** In order of time. A steady time is told as the wall time it was by the clock at the opening. */
function timeline(incident: Incident, known: ReadonlyMap<string, PrintedResource>): [string, string][] {
  const { opened, pagedAt, ackedUntil } = incident;
  const wall = (steady: number): string => iso(opened.wall + (steady - opened.steady));
  // What is known of a resource now may be of a later happening.
  const first = incident.phase === 'closed' ? undefined : Object.keys(incident.members).flatMap((id) => known.get(id) ?? [])[0];
  const events: [string, string][] = [[iso(opened.wall), 'Confirmed: the incident was opened and its pages were written']];
  if (first?.last_seen_healthy) events.push([first.last_seen_healthy, `${first.id} was last seen healthy`]);
  if (first?.first_seen_bad) events.push([first.first_seen_bad, `First look that found ${first.id} otherwise`]);
  for (const [id, { left }] of Object.entries(incident.members).slice(0, LEAVERS))
    if (left !== null) events.push([iso(left.wall), `${id} was no longer part of it`]);
  if (pagedAt !== null) events.push([wall(pagedAt), 'A pager last accepted the page']);
  if (ackedUntil !== null && incident.phase !== 'closed') events.push([wall(ackedUntil), 'The acknowledgement ends: repeats begin again']);
  return events.sort(([a], [b]) => Date.parse(a) - Date.parse(b));
}

function iso(wall: number): string {
  return new Date(wall).toISOString();
}
