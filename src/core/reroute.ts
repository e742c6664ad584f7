import { isOpen, type Incident, type Turned } from './incident.ts';

/** Pagers that are gone are owed nothing and asked nothing; where none of the route is left, `route` is told from the start. */
export function reroute(incident: Incident, configured: ReadonlyMap<string, unknown>, route: readonly string[]): Turned {
  const keep = (names: readonly string[]): string[] => names.filter((name) => configured.has(name));
  const [pagers, accepted, told] = [keep(incident.pagers), keep(incident.accepted), keep(incident.told)];
  const complete = pagers.every((name) => accepted.includes(name));
  const next: Incident = { ...incident, pagers, accepted, told };
  if (incident.phase === 'resolving') return { next: complete ? { ...next, phase: 'closed' } : next, wishes: [] };
  if (pagers.length > 0) return { next: complete ? { ...next, phase: 'paged' } : next, wishes: [] };
  const again: Incident = { ...next, pagers: route, phase: 'paging' };
  return { next: again, wishes: [{ incident: incident.id, event: 'trigger', reason: 'first', to: route }] };
}

/**
 * After a reload: where a pager of an open incident is not configured any more, those of `route` who do not know of it are told, too. Who
 * was told before goes on being told by the pager that was taken away: a change of pagers must silence nobody.
 */
export function callIn(incident: Incident, configured: ReadonlyMap<string, unknown>, route: readonly string[]): Turned {
  const to = route.filter((name) => !incident.pagers.includes(name));
  if (!isOpen(incident) || to.length === 0 || incident.pagers.every((name) => configured.has(name))) return { next: incident, wishes: [] };
  const next: Incident = { ...incident, phase: 'paging', pagers: [...incident.pagers, ...to] };
  return { next, wishes: [{ incident: incident.id, event: 'trigger', reason: 'escalated', to }] };
}
