import type { Wanted } from '../../src/probe.ts';
import type { AwsKind, AwsTarget } from './kind.ts';
import { homeRegion, type Connection } from './schema.ts';

/** Everything that one listing serves. */
export interface Group {
  readonly kind: AwsKind;
  readonly region: string;
  readonly scope: string | undefined;
  readonly wanted: readonly Wanted<AwsTarget>[];
}

/** Where a target is: the region that it says, else the connection's. */
export function regionOf(connection: Connection, { region }: Pick<AwsTarget, 'region'>): string {
  return region ?? homeRegion(connection);
}

/** Equal keys, one listing: of one kind, in one region, in one bucket or vault where each has its own. */
export function groupKey(connection: Connection, target: AwsTarget, kind: AwsKind | undefined): string {
  const region = kind?.global === true ? 'global' : regionOf(connection, target);
  return [target.kind, region, ...(target.scope === undefined ? [] : [target.scope])].join(' ');
}

/** What is wanted, by the listing that serves it. */
export function groupsOf(connection: Connection, wanted: readonly Wanted<AwsTarget>[], kinds: ReadonlyMap<string, AwsKind>): Group[] {
  const groups = new Map<string, { readonly group: Group; readonly wanted: Wanted<AwsTarget>[] }>();
  for (const one of wanted) {
    const { target } = one;
    const kind = kinds.get(target.kind);
    if (!kind) continue;
    const key = groupKey(connection, target, kind);
    const known = groups.get(key);
    if (known) known.wanted.push(one);
    else {
      const mine = [one];
      const region = kind.global === true ? homeRegion(connection) : regionOf(connection, target);
      groups.set(key, { group: { kind, region, scope: target.scope, wanted: mine }, wanted: mine });
    }
  }
  return [...groups.values()].map(({ group }) => group);
}
