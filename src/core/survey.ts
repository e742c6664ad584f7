import type { AuditReport, Reach } from './audit-report.ts';
import { blastRadius, type Pair } from './blast-radius.ts';
import { judgeCopies, type CopyReport } from './copies.ts';
import { Atlas, type Located } from './planes.ts';

/** What the roll as a whole comes to: how it stands with copies of what holds data, and what could go down together. */
export interface Survey {
  readonly copies: readonly CopyReport[];
  readonly radius: readonly Pair[];
}

/** `holdsData`: whether resources of a kind hold what has to have copies. */
export function survey(resources: readonly Located[], reports: readonly AuditReport[], holdsData: (kind: string) => boolean): Survey {
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
