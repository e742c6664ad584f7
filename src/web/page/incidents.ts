import { html } from 'hono/html';
import type { Incident } from '../../core/incident.ts';
import type { WatchStatus } from '../../loop/self.ts';
import { banner, part } from './layout.ts';
import { whenAt, inPath, type Html, type Tone } from './parts.ts';

export const TONES: Readonly<Record<Incident['class'], Tone>> = { lost: 'lost', degraded: 'worse', blind: 'blind' };

export function incidentList(incidents: readonly Incident[], now: number): Html {
  return html`<ul class="incidents">
    ${incidents.map(({ id, class: kind, phase, members, opened, severity, ending }) => {
      const names = Object.keys(members);
      const rest = names.length > 1 ? ` and ${names.length - 1} more` : '';
      return html`<li>
        <a href="/incidents/${inPath(id)}">${names[0] ?? ''}${rest}: ${kind}</a>, ${severity}, ${ending ?? phase},
        ${whenAt(opened.wall, now)}
      </li>`;
    })}
  </ul>`;
}

/** Everything that is open, and the latest of what is over. */
export function incidentsPage({ incidents }: WatchStatus, history: readonly Incident[], now: number): Html {
  const open = new Set(incidents.map(({ id }) => id));
  const over = history.filter(({ id, phase }) => phase === 'closed' && !open.has(id));
  const worst = (['lost', 'degraded', 'blind'] as const).find((name) => incidents.some((one) => one.class === name));
  const headline = incidents.length === 0 ? 'No incident is open' : `${incidents.length} open`;
  return html`${banner(worst ? TONES[worst] : 'good', headline, over.length === 0 ? 'None that is over is kept.' : `The latest ${over.length} that are over stand below.`)}
  ${part('open', 'Open', incidents.length === 0 ? undefined : incidentList(incidents, now))}
  ${part('over', 'Over', over.length === 0 ? undefined : incidentList(over, now))}`;
}
