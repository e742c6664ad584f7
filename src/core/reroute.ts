import { isOpen, type Incident, type Later, type Turned } from './incident.ts';

/** The route that stands now for an incident of this severity. */
export interface Route {
  readonly pagers: readonly string[];
  readonly later: Later | undefined;
}

type Configured = ReadonlyMap<string, unknown>;

/**
 * Pagers that are gone are owed nothing and asked nothing. Those of `route` who do not know of it are told beside who is left; where nobody is left,
 * from the start.
 */
export function reroute(incident: Incident, configured: Configured, route: Route): Turned {
  const keep = (names: readonly string[]): string[] => names.filter((name) => configured.has(name));
  const [pagers, accepted, told] = [keep(incident.pagers), keep(incident.accepted), keep(incident.told)];
  const complete = pagers.every((name) => accepted.includes(name));
  const next: Incident = { ...withLater(incident, configured, route), pagers, accepted, told };
  if (incident.phase === 'resolving') return { next: complete ? { ...next, phase: 'closed' } : next, wishes: [] };
  const to = route.pagers.filter((name) => !pagers.includes(name));
  if (to.length === 0) return { next: complete ? { ...next, phase: 'paged' } : next, wishes: [] };
  const reason = pagers.length === 0 ? 'first' : 'escalated';
  const again: Incident = { ...next, pagers: [...pagers, ...to], phase: 'paging' };
  return { next: again, wishes: [{ incident: incident.id, event: 'trigger', reason, to }] };
}

/**
 * After a reload: where a pager of an open incident is not configured any more, those of `route` who do not know of it are told, too. Who
 * was told before goes on being told by the pager that was taken away: a change of pagers must silence nobody.
 */
export function callIn(incident: Incident, configured: Configured, route: Route): Turned {
  const to = route.pagers.filter((name) => !incident.pagers.includes(name));
  if (!isOpen(incident) || !lacksAny(incident, configured)) return { next: incident, wishes: [] };
  const next = withLater(incident, configured, route);
  if (to.length === 0 || incident.pagers.every((name) => configured.has(name))) return { next, wishes: [] };
  return {
    next: { ...next, phase: 'paging', pagers: [...incident.pagers, ...to] },
    wishes: [{ incident: incident.id, event: 'trigger', reason: 'escalated', to }],
  };
}

/** True where somebody whom the incident tells, or would tell later, is not configured. */
export function lacksAny(incident: Incident, configured: Configured): boolean {
  return [...incident.pagers, ...namesIn(incident.later)].some((name) => !configured.has(name));
}

function withLater(incident: Incident, configured: Configured, { later: today }: Route): Incident {
  if (namesIn(incident.later).every((name) => configured.has(name))) return incident;
  const { later: _, ...rest } = incident;
  return { ...rest, ...(today && { later: today }) };
}

function namesIn(later: Later | undefined): readonly string[] {
  return [...(later?.fallback?.pagers ?? []), ...(later?.ladder.flatMap(({ pagers }) => pagers) ?? [])];
}
