import type { AuditReport, Strong } from '../core/audit-report.ts';
import type { Clock } from '../ports.ts';
import type { Link } from '../probe.ts';
import { clean } from '../values/text.ts';
import { toWanted } from './batch.ts';
import type { Group, Plan } from './plan.ts';

/** How long one connection may take: a server with a hundred databases is looked into one after another. */
const PATIENCE_MS = 60_000;

/** What the audit of one connection came to. */
export interface Audited {
  readonly connection: string;
  readonly reports: readonly AuditReport[];
  /** Names of what people said its credential may do. */
  readonly accept: readonly string[];
}

/** Audits every connection of a plan that can be audited, and its anchor, all at once. Never rejects: what throws or hangs is `unaudited`. */
export async function auditAll(
  plan: Pick<Plan, 'groups' | 'groupOf' | 'resources' | 'anchor'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Audited[]> {
  const links = new Map<Link, Group>([...plan.groups.values()].map((group) => [group.link, group]));
  const audits = [...links.values()].map(async (group) => auditOne(plan, group, clock, signal));
  return Promise.all([...audits, ...(plan.anchor ? [auditAnchor(plan.anchor, signal)] : [])]);
}

async function auditAnchor({ anchor, prefix, accept }: NonNullable<Plan['anchor']>, signal: AbortSignal): Promise<Audited> {
  return { connection: 'ledger.anchor', reports: await anchor.audit(prefix, signal), accept };
}

async function auditOne(
  { resources, groups, groupOf }: Pick<Plan, 'groups' | 'groupOf' | 'resources'>,
  { link, connection, accept = [], agents = [] }: Group,
  clock: Clock,
  signal: AbortSignal,
): Promise<Audited> {
  const reports: AuditReport[] = [];
  const done = { connection, reports, accept };
  if (!link.audit) return done;
  const wanted = resources.filter(({ id }) => groups.get(groupOf.get(id) ?? '')?.link === link).map(toWanted);
  const over = new AbortController();
  const bell = new AbortController();
  const reading = (async (): Promise<'read'> => {
    for await (const report of link.audit?.(wanted, agents, AbortSignal.any([signal, over.signal])) ?? []) reports.push(report);
    return 'read';
  })();
  const late = clock.sleep(PATIENCE_MS, AbortSignal.any([signal, bell.signal])).then(
    () => 'late' as const,
    () => 'ended' as const,
  );
  const unaudited = (reason: 'timeout' | 'threw', say: string): Audited => {
    return { ...done, reports: [...reports, { kind: 'unaudited', on: connection, reason, say: clean(say, 200) }] };
  };
  try {
    const how = await Promise.race([reading, late]);
    return how === 'read' ? done : unaudited('timeout', how === 'late' ? 'the audit does not end' : 'broken off');
  } catch (error) {
    return unaudited('threw', error instanceof Error ? error.message : String(error));
  } finally {
    bell.abort();
    over.abort();
    reading.catch(() => {});
  }
}

/** What the watcher's own credentials can do that nobody said they may. */
export function unaccepted(audits: readonly Audited[]): { readonly connection: string; readonly found: Strong }[] {
  return audits.flatMap(({ connection, reports, accept }) =>
    reports.flatMap((found) => (found.kind === 'strong' && !accept.includes(found.right) ? [{ connection, found }] : [])),
  );
}
