import type { Plane, Reach } from './audit-report.ts';
import type { Severity } from './expectation.ts';
import { copiesOf, type Atlas, type Located } from './planes.ts';

/** One thing that takes both with it. */
export interface Tie {
  readonly kind: Exclude<Plane['kind'], 'region'> | 'agent' | 'connection';
  readonly name: string;
  /** Whether that was looked at, or is what the files say. */
  readonly by: 'looked' | 'declared';
  readonly fix: readonly string[];
}

/** A resource and one of those that would bring it back, with all that could delete the two together. */
export interface Pair {
  readonly id: string;
  readonly copy: string;
  /** Empty where nothing is known that could. */
  readonly ties: readonly Tie[];
  /** Critical where no other copy is free of such ties. */
  readonly severity: Severity;
}

const FIXES: Readonly<Record<Exclude<Tie['kind'], 'agent'>, string>> = {
  account: 'keep a copy under another account, with credentials and a payer of its own',
  host: 'keep a copy on another host',
  server: 'keep a copy outside that server',
  filesystem: 'keep a copy on another disk',
  connection: 'say where the two are (domain in the manifest), or keep a copy behind another connection',
};

/** Every pair of a resource and a copy of it: what one identity, account, host, server or disk can delete together. */
export function blastRadius(resources: readonly Located[], atlas: Atlas, reaches: readonly Reach[]): Pair[] {
  const byId = new Map(resources.map((one) => [one.id, one]));
  const agents = new Map([...Map.groupBy(reaches, ({ agent }) => agent)].map(([name, own]) => [name, armOf(own)]));
  return resources.flatMap((resource) => {
    const pairs = copiesOf(resource.id, byId).map((copy) => {
      return { id: resource.id, copy, ties: [...agentTies(resource.id, copy, agents), ...planeTies(resource, byId.get(copy), atlas)] };
    });
    const survives = pairs.some(({ ties }) => ties.length === 0);
    return pairs.map((pair): Pair => ({ ...pair, severity: survives || resource.severity === 'warning' ? 'warning' : 'critical' }));
  });
}

function agentTies(id: string, copy: string, agents: ReadonlyMap<string, Arm>): Tie[] {
  return [...agents].flatMap(([name, arm]): Tie[] => {
    const [one, other] = [arm.get(id), arm.get(copy)];
    if (!one || !other) return [];
    // To take one of the two out of its hands is enough, and the copy is the one that nobody works with.
    return [{ kind: 'agent', name, by: 'looked', fix: [...new Set(other.flatMap(({ fix }) => fix))] }];
  });
}

/** What an agent could destroy, and by what of its rights. */
type Arm = ReadonlyMap<string, readonly Reach[]>;

function armOf(reaches: readonly Reach[]): Arm {
  const arm = new Map<string, Reach[]>();
  for (const reach of reaches)
    for (const id of reach.ids) {
      const known = arm.get(id) ?? [];
      known.push(reach);
      arm.set(id, known);
    }
  return arm;
}

function planeTies(resource: Located, copy: Located | undefined, atlas: Atlas): Tie[] {
  if (!copy) return [];
  const shared = atlas.shared(resource.id, copy.id).map(({ kind, name, by }): Tie => ({ kind, name, by, fix: [FIXES[kind]] }));
  // Behind one connection and nothing said of either: one credential's reach is all that is known.
  const { connection } = resource;
  if (shared.length > 0 || connection !== copy.connection || apart(resource, copy)) return shared;
  return [{ kind: 'connection', name: connection, by: 'declared', fix: [FIXES.connection] }];
}

function apart({ domain: one }: Located, { domain: other }: Located): boolean {
  return one['account'] !== undefined && other['account'] !== undefined;
}
