import { html } from 'hono/html';
import type { Incident } from '../../core/incident.ts';
import type { PrintedResource } from '../../core/page.ts';
import type { WatchStatus } from '../../loop/self.ts';
import { formatDuration } from '../../values/duration.ts';
import { TONES } from './incidents.ts';
import { banner, part } from './layout.ts';
import { badge, inPath, outsideLink, resourceLink, when, type Html } from './parts.ts';
import { timeline, type Told } from './timeline.ts';

const MEMBERS = 500;
/** Members whose way out is shown at the top: at 3 a.m. nobody reads more. */
const FIRST = 3;

/** One incident: what to do first, what happened when, by whom it was accepted, and everything that is part of it. */
export function incidentPage(incident: Incident, status: WatchStatus, told: Told, now: number): Html {
  const { id, key, phase, severity, ending, class: kind, accepted } = incident;
  const members = Object.entries(incident.members);
  const printed = members.slice(0, FIRST).flatMap(([name]) => status.print(name) ?? []);
  const rest = `${severity}, ${phase}${ending === null ? '' : ` (${ending})`}, ${members
    .map(([name]) => name)
    .slice(0, FIRST)
    .join(', ')}${members.length > FIRST ? ' and others' : ''}`;
  const verdicts = new Map(status.glances.map((one) => [one.id, one.verdict]));
  const json = html`<a href="/api/v1/incidents/${inPath(id)}">JSON</a>`;
  return html`${banner(phase === 'closed' ? 'good' : TONES[kind], `${members.length} ${kind}`, rest)}
  ${phase === 'closed' ? '' : part('first', 'What helps now', help(printed, status, now))}
  ${part('when', 'What happened when', happenings(incident, told))}
  ${part(
    'who',
    'What is part of it',
    html`<ul class="members">
        ${members.slice(0, MEMBERS).map(([name, { left }]) => {
          const verdict = verdicts.get(name);
          return html`<li>${verdict ? html`${badge(verdict)} ${resourceLink(name)}` : name}${left ? ' (answered again)' : ''}</li> `;
        })}
      </ul>
      ${members.length > MEMBERS ? html`<p>${members.length - MEMBERS} more, all of them in ${json}.</p>` : ''}`,
  )}
  ${part(
    'names',
    'Names',
    html`<dl>
      <dt>Incident</dt>
      <dd><code>${id}</code></dd>
      <dt>Key</dt>
      <dd><code>${key}</code></dd>
      <dt>Pagers that have accepted it</dt>
      <dd>${accepted.length > 0 ? accepted.join(', ') : 'none yet'}</dd>
      <dt>Machine-readable</dt>
      <dd>${json}</dd>
    </dl>`,
  )}`;
}

/** The way out, as far as it is known: what undoes it, what it can be restored from, who knows how. */
function help(printed: readonly PrintedResource[], { print }: WatchStatus, now: number): Html | undefined {
  const lines = printed.flatMap(({ id, undo, undo_before: until, runbook, owner, protected_by: guards = [] }) => {
    const ways = [
      ...(undo === undefined && until === null
        ? []
        : [
            html`undo it${undo === undefined ? '' : html`: <code>${undo}</code>`}${until === null ? '' : html`, until ${when(until, now)}`}`,
          ]),
      ...(runbook === undefined ? [] : [html`runbook: ${outsideLink(runbook)}`]),
      ...guards.map((name) => {
        const guard = print(name);
        return html`${guard ? html`${badge(guard.verdict)} ${resourceLink(name)}, healthy ${when(guard.last_seen_healthy, now)}` : name}`;
      }),
      ...(owner === undefined ? [] : [html`owner: ${owner}`]),
    ];
    return ways.length === 0
      ? []
      : [
          html`<li>
            ${resourceLink(id)}
            <ul>
              ${ways.map((way) => html`<li>${way}</li>`)}
            </ul>
          </li>`,
        ];
  });
  return lines.length === 0
    ? undefined
    : html`<ul>
        ${lines}
      </ul>`;
}

function happenings(incident: Incident, told: Told): Html {
  const from = incident.opened.wall;
  return html`<ol class="timeline">
    ${timeline(incident, told).map(({ at, what, by }) => {
      const offset = at - from;
      const apart = offset === 0 ? '' : `${formatDuration(Math.abs(offset))} ${offset < 0 ? 'before' : 'after'}`;
      const iso = new Date(at).toISOString();
      return html`<li class="${by}">
        <time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time> <small>${apart}</small>
        <span>${by === 'claimed' ? html`<em>claim, not believed:</em> ` : ''}${what}</span>
      </li> `;
    })}
  </ol>`;
}
