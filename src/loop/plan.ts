import type { LeftOut } from '../core/coverage.ts';
import type { Resource, Severity } from '../core/expectation.ts';
import type { Later } from '../core/incident.ts';
import type { Standing } from '../core/standing.ts';
import type { MaintenanceWindow } from '../core/maintenance.ts';
import type { Depth } from '../core/report.ts';
import type { InForce } from '../core/request-state.ts';
import type { Anchor, Pager } from '../ports.ts';
import type { Agent, Link } from '../probe.ts';
import type { Planned } from './schedule.ts';
import type { Source } from './sources.ts';

/** One endpoint under one credential, opened. */
export interface Group {
  readonly name: string;
  readonly connection: string;
  readonly link: Link;
  readonly inspectionsPerMinute: number | undefined;
  readonly patience: (depth: Depth) => number;
  /** What the connection's credential may do beyond looking, because people said so; nothing where absent. */
  readonly accept?: readonly string[];
  /** The agents that are named to this probe; none where absent. */
  readonly agents?: readonly Agent[];
}

/** Everything a watch needs that comes from the files; replaced as a whole at a reload. */
export interface Plan {
  readonly manifest: { readonly id: string; readonly version: number; readonly sha256: string; readonly expires?: number };
  /** Of config.yaml's parts that decide who is paged and how well is watched: a change of it pages. */
  readonly configDigests: Readonly<Record<string, string>>;
  readonly resources: readonly Resource[];
  /** None where absent. */
  readonly windows?: readonly MaintenanceWindow[];
  /** What is there on purpose without being on the roll; nothing where absent. */
  readonly leftOut?: readonly LeftOut[];
  /** Every connection that can be asked what is there; none where absent. */
  readonly sources?: readonly Source[];
  /** Where heads of the ledger are put, and what may be done there by people's word; absent where they are put nowhere. */
  readonly anchor?: { readonly anchor: Anchor; readonly prefix: string; readonly accept: readonly string[] };
  readonly groups: ReadonlyMap<string, Group>;
  /** The group of each resource, by id. */
  readonly groupOf: ReadonlyMap<string, string>;
  /** Wait between two looks at an absence, by kind; ms. */
  readonly confirmAfterMs: (kind: string) => number;
  readonly pagers: ReadonlyMap<string, Pager>;
  readonly pagersFor: (severity: Severity) => readonly string[];
  readonly laterFor: (severity: Severity) => Later | undefined;
  readonly repeat: number;
  readonly statusUrl: string | undefined;
  /** How the manifest stands with the people who sign; absent where nobody has to. */
  readonly standing?: Standing;
  /** Digests of what is in force; absent where nobody signs. */
  readonly inForce?: InForce;
}

/** The plan's resources as the schedule wants them. */
export function toPlanned(plan: Plan): Planned[] {
  return plan.resources.flatMap((resource) => {
    const group = plan.groups.get(plan.groupOf.get(resource.id) ?? '');
    return group ? [{ resource, group: group.name, inspectionsPerMinute: group.inspectionsPerMinute }] : [];
  });
}

/** Closes every link; what fails to close does not keep the others open. */
export async function closeGroups(plan: Plan): Promise<void> {
  await Promise.allSettled([...new Set([...plan.groups.values()].map((group) => group.link))].map((link) => link.close()));
}
