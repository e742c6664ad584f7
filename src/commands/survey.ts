import { probes } from '../app.ts';
import type { Reach } from '../core/audit-report.ts';
import { blastRadius, type Pair } from '../core/blast-radius.ts';
import { judgeCopies, type CopyReport } from '../core/copies.ts';
import type { Resource } from '../core/expectation.ts';
import { Atlas } from '../core/planes.ts';
import type { Audited } from '../loop/audit-round.ts';

/** What the roll as a whole comes to: how it stands with copies of what holds data, and what could go down together. */
export function survey(
  resources: readonly Resource[],
  audits: readonly Audited[],
): { readonly copies: CopyReport[]; readonly radius: Pair[] } {
  const reports = audits.flatMap((audited) => audited.reports);
  const atlas = new Atlas(resources, reports);
  const reaches = reports.filter((report): report is Reach => report.kind === 'reach');
  const radius = blastRadius(resources, atlas, reaches);
  const byId = new Map(resources.map((one) => [one.id, one]));
  const pairsOf = Map.groupBy(radius, ({ id }) => id);
  const guards = new Set(resources.flatMap(({ protectedBy }) => protectedBy));
  const copies = resources
    .filter(({ id, kind, protectedBy }) => protectedBy.length > 0 || (holdsData(kind) && !guards.has(id)))
    .map((one) => judgeCopies(one, byId, atlas, pairsOf.get(one.id) ?? []));
  return { copies, radius };
}

function holdsData(kind: string): boolean {
  const known = [...probes.values()].flatMap((probe) => probe.kinds.get(kind) ?? []);
  return known.every(({ holds = 'data' }) => holds === 'data');
}
