/**
 * The machine of one incident: one happening, from the first proven harm to its resolution, over one or many resources.
 * Pure. It says which messages ought to reach the pagers of its route (`Wish`); it is `paged` only once receipts say so (law 5).
 */
import type { Severity } from './expectation.ts';
import type { PageEvent, PageReason } from './page.ts';
import type { Instant } from './report.ts';

export type IncidentClass = 'lost' | 'degraded' | 'blind';

export interface Incident {
  readonly id: string;
  /** The dedup key, CONTRACT §5. */
  readonly key: string;
  readonly class: IncidentClass;
  readonly severity: Severity;
  readonly connection: string;
  readonly phase: 'paging' | 'paged' | 'resolving' | 'closed';
  readonly opened: Instant;
  /** Every resource that was ever part of it, and when it left. */
  readonly members: Readonly<Record<string, { readonly joined: Instant; readonly left: Instant | null }>>;
  /** The pagers of its route, as decided when it opened. */
  readonly pagers: readonly string[];
  /** Pagers that have accepted the wish now standing. */
  readonly accepted: readonly string[];
  /** Pagers that may hold an alert under this key: each of them is owed the resolve. */
  readonly told: readonly string[];
  /** Steady time at which a pager last accepted a trigger. */
  readonly pagedAt: number | null;
  /** Steady time until which a human's acknowledgement stops the repeats. */
  readonly ackedUntil: number | null;
  /** From the route, as decided when it opened. */
  readonly later?: Later;
  /** Steady time of the wish now standing: from it the fallback's patience counts. */
  readonly wishedAt: number;
  /** Incidents that this one replaces: closed as `superseded` once this one is delivered. */
  readonly supersedes: readonly string[];
  readonly ending: PageReason | null;
}

/** Who else is told when time goes by: instead of pagers that do not accept, and where nobody acknowledges. Times in ms. */
export interface Later {
  readonly fallback?: { readonly afterMs: number; readonly pagers: readonly string[] };
  readonly ladder: readonly { readonly afterMs: number; readonly pagers: readonly string[] }[];
}

/** A message that every pager in `to` ought to get. */
export interface Wish {
  readonly incident: string;
  readonly event: PageEvent;
  readonly reason: PageReason;
  readonly to: readonly string[];
}

export interface Turned {
  readonly next: Incident;
  readonly wishes: readonly Wish[];
}

/** How long after its first page an incident still takes in others of the same loss. */
export const JOIN_WITHIN_MS = 60_000;

export interface Opening {
  readonly id: string;
  readonly key: string;
  readonly class: IncidentClass;
  readonly severity: Severity;
  readonly connection: string;
  readonly resource: string;
  readonly pagers: readonly string[];
  readonly supersedes: readonly string[];
  readonly later?: Later;
  readonly at: Instant;
}

/** `rollcall/<manifest>/<watchdog>/<first resource>/<lost|degraded|blind>/<episode>` */
export function dedupKey(manifest: string, watchdog: string, resource: string, what: IncidentClass, episode: number): string {
  return `rollcall/${manifest}/${watchdog}/${resource}/${what}/${episode}`;
}

/** Opens an incident; its first page is wished for at once. `worsened` where somebody was already told of a milder one. */
export function openIncident(opening: Opening, worsened: boolean): Turned {
  const { resource, at, ...rest } = opening;
  const next: Incident = {
    ...rest,
    phase: 'paging',
    opened: at,
    members: { [resource]: { joined: at, left: null } },
    accepted: [],
    told: [],
    pagedAt: null,
    ackedUntil: null,
    wishedAt: at.steady,
    ending: null,
  };
  return { next, wishes: [{ incident: next.id, event: 'trigger', reason: worsened ? 'worsened' : 'first', to: next.pagers }] };
}

/** Whether a further loss is part of this happening (DESIGN §6): an acknowledged key is deaf, so nothing joins it. */
export function takesIn(incident: Incident, what: Pick<Opening, 'class' | 'severity' | 'connection' | 'at'>): boolean {
  return (
    (incident.phase === 'paging' || incident.phase === 'paged') &&
    !isAcknowledged(incident, what.at) &&
    incident.class === what.class &&
    incident.severity === what.severity &&
    incident.connection === what.connection &&
    what.at.steady - incident.opened.steady <= JOIN_WITHIN_MS
  );
}

/** Takes in others of the same loss, all who came in one round at once. */
export function joinIncident(incident: Incident, joining: ReadonlyMap<string, Instant>): Turned {
  const members = { ...incident.members };
  for (const [resource, at] of joining) members[resource] = { joined: at, left: null };
  return { next: { ...incident, members }, wishes: [{ incident: incident.id, event: 'update', reason: 'joined', to: incident.pagers }] };
}

/** A member is told differently now: milder, or another verdict of the same class. */
export function changeIncident(incident: Incident): Turned {
  return isOpen(incident)
    ? { next: incident, wishes: [{ incident: incident.id, event: 'update', reason: 'changed', to: incident.pagers }] }
    : { next: incident, wishes: [] };
}

/** A member is good again, or left. The incident ends with its last member; a page not yet delivered still goes out first. */
export function leaveIncident(incident: Incident, resource: string, reason: PageReason, at: Instant): Turned {
  const member = incident.members[resource];
  if (!member || member.left || !isOpen(incident)) return { next: incident, wishes: [] };
  const members = { ...incident.members, [resource]: { ...member, left: at } };
  const next = { ...incident, members };
  if (Object.values(members).some(({ left }) => left === null)) return changeIncident(next);
  return endIncident(next, reason);
}

/**
 * Wishes the resolve. It goes to every pager that was told or may have been; a superseded incident that reached nobody just closes,
 * because its successor says all there is to say.
 */
export function endIncident(incident: Incident, reason: PageReason): Turned {
  const to = reason === 'superseded' ? incident.told : [...new Set([...incident.pagers, ...incident.told])];
  if (to.length === 0) return { next: { ...incident, phase: 'closed', ending: reason }, wishes: [] };
  const next: Incident = { ...incident, phase: 'resolving', ending: reason, pagers: to, accepted: [] };
  return { next, wishes: [{ incident: incident.id, event: 'resolve', reason, to }] };
}

/** A pager's attempt is about to leave: from now on it may hold an alert under this key, whatever the answer. */
export function attempted(incident: Incident, pager: string): Incident {
  return incident.told.includes(pager) ? incident : { ...incident, told: [...incident.told, pager] };
}

/** A pager accepted a trigger, or (while resolving) the resolve. `complete` once every pager of the route has. */
export function receipt(
  incident: Incident,
  pager: string,
  event: PageEvent,
  at: Instant,
): { readonly next: Incident; readonly complete: boolean } {
  const counts = incident.phase === 'paging' ? event === 'trigger' : incident.phase === 'resolving' && event === 'resolve';
  if (!counts || incident.accepted.includes(pager)) return { next: incident, complete: false };
  const accepted = [...incident.accepted, pager];
  const complete = incident.pagers.every((name) => accepted.includes(name)) || (incident.phase === 'paging' && stoodIn(incident, accepted));
  if (incident.phase === 'resolving') return { next: { ...incident, accepted, phase: complete ? 'closed' : 'resolving' }, complete };
  return { next: { ...incident, accepted, pagedAt: at.steady, phase: complete ? 'paged' : 'paging' }, complete };
}

/** The fallback was called in and has accepted: somebody knows, though the route's own pager still retries. */
function stoodIn({ later, pagers }: Incident, accepted: readonly string[]): boolean {
  const { fallback } = later ?? {};
  return fallback !== undefined && fallback.pagers.every((name) => pagers.includes(name) && accepted.includes(name));
}

/**
 * What time alone asks for: a repeat once `repeat` (ms) is over without an acknowledgement, or an acknowledgement is over and it is still
 * bad; the fallback where the route's pagers do not accept; the next rung where nobody acknowledges.
 */
export function tickIncident(incident: Incident, at: Instant, repeat: number): Turned {
  if (!isOpen(incident) || isAcknowledged(incident, at)) return { next: incident, wishes: [] };
  // One pager that refuses must not stop the repeats to the others: the clock runs from the last acceptance, not from completeness.
  if (incident.pagedAt !== null && at.steady - incident.pagedAt >= repeat) {
    const next: Incident = { ...incident, phase: 'paging', accepted: [], ackedUntil: null, wishedAt: at.steady, pagedAt: at.steady };
    return { next, wishes: [{ incident: incident.id, event: 'trigger', reason: 'repeat', to: incident.pagers }] };
  }
  const called = [...fallbackDue(incident, at), ...rungsDue(incident, at)].filter((name) => !incident.pagers.includes(name));
  if (called.length === 0) return { next: incident, wishes: [] };
  const to = [...new Set(called)];
  const next: Incident = { ...incident, phase: 'paging', pagers: [...incident.pagers, ...to] };
  return { next, wishes: [{ incident: incident.id, event: 'trigger', reason: 'escalated', to }] };
}

function fallbackDue({ phase, later, wishedAt }: Incident, at: Instant): readonly string[] {
  const { fallback } = later ?? {};
  return phase === 'paging' && fallback && at.steady - wishedAt >= fallback.afterMs ? fallback.pagers : [];
}

function rungsDue({ later, opened }: Incident, at: Instant): readonly string[] {
  return later?.ladder.flatMap(({ afterMs, pagers }) => (at.steady - opened.steady >= afterMs ? pagers : [])) ?? [];
}

/** A human has it in hand until `until` (steady ms). Stops the repeats, nothing else. */
export function acknowledge(incident: Incident, until: number): Incident {
  return { ...incident, ackedUntil: until };
}

export function isAcknowledged(incident: Incident, at: Instant): boolean {
  return incident.ackedUntil !== null && at.steady < incident.ackedUntil;
}

/** Still somebody's business: its members are not all good. */
export function isOpen(incident: Incident): boolean {
  return incident.phase === 'paging' || incident.phase === 'paged';
}

/** The members that have not left. */
export function openMembers(incident: Incident): string[] {
  return Object.entries(incident.members).flatMap(([id, { left }]) => (left === null ? [id] : []));
}
