import type { Discovery, DiscoveryDepth, Found } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { Failure } from './errors.ts';
import { listingOf, type AnyOneLooker, type AnySetLooker, type AwsKind, type AwsTarget, type Proposal } from './kind.ts';
import { inLanes } from './lanes.ts';
import { homeRegion, type Connection } from './schema.ts';
import type { Vantage } from './vantage.ts';

const LANES = 4;

interface Exploration {
  readonly connection: Connection;
  readonly kinds: Iterable<AwsKind>;
  readonly depth: DiscoveryDepth;
  readonly vantage: (region: string) => Vantage;
  /** Sorts what a call threw. */
  readonly failure: (error: unknown) => Failure;
}

interface Place {
  readonly kind: AwsKind;
  readonly scope: string | undefined;
  readonly vantage: Vantage;
  readonly home: boolean;
}

/** Everything of the kinds that can be listed, in the regions of the connection. A listing that is refused hides what it would have shown. */
export async function* discover(exploration: Exploration): AsyncGenerator<Discovery, void, void> {
  const { connection, kinds, vantage, failure } = exploration;
  const home = homeRegion(connection);
  for (const kind of kinds) {
    if (connection.sts === 'off' && kind.withoutSts !== true) continue;
    const looker = await kind.load();
    if (!looker.found) continue;
    for (const region of kind.global === true ? [home] : (connection.regions ?? [home])) {
      for (const scope of kind.listings ? Object.keys(kind.listings) : [undefined]) {
        const place = { kind, scope, vantage: vantage(region), home: kind.global === true || region === home };
        try {
          yield* looker.of === 'one' ? each(exploration, looker, place) : sets(looker, place);
        } catch (error) {
          const { reason, say } = failure(error);
          yield { kind: 'unexplored', on: `${listingOf(kind, scope)} in ${region}`, reason, say, hides: true };
        }
      }
    }
  }
}

async function* each({ depth, failure }: Exploration, looker: AnyOneLooker, place: Place): AsyncGenerator<Discovery, void, void> {
  const { kind, vantage } = place;
  const { account, region } = vantage;
  const asks = depth === 'proposals' && looker.namesOnly === true;
  for await (const page of looker.list(vantage, place.scope))
    for await (const found of inLanes(page, LANES, async (item): Promise<Discovery | undefined> => {
      const keys = looker.keys(item);
      const key = keys[0] ?? '';
      try {
        const shown = looker.namesOnly === true ? undefined : item;
        const detail = asks ? await looker.direct(vantage, { kind: kind.name, region, key }) : shown;
        return named(place, keys, looker.found?.(item, detail, account));
      } catch (error) {
        const { reason, say } = failure(error);
        return { kind: 'unexplored', on: `${kind.name} ${clean(key, 100)}`, reason, say, hides: true };
      }
    }))
      if (found) yield found;
}

async function* sets(looker: AnySetLooker, place: Place): AsyncGenerator<Discovery, void, void> {
  const members = new Map<string, unknown[]>();
  for await (const page of looker.list(place.vantage, place.scope))
    for (const item of page)
      for (const key of looker.keys(item)) {
        const others = members.get(key);
        if (others) others.push(item);
        else members.set(key, [item]);
      }
  for (const [key, items] of members) {
    // An entry that means a part of it by another key (a type of snapshot, a tag) has it on the roll too.
    const keys = [...new Set([key, ...items.flatMap((item) => looker.keys(item))])];
    const found = named(place, keys, looker.found?.(key, items, place.vantage.account));
    if (found) yield found;
  }
}

/** With its region where the connection would look elsewhere, and with every name by which an entry of the roll may mean it. */
function named({ kind, vantage: { region }, home }: Place, keys: readonly string[], proposal: Proposal | undefined): Found | undefined {
  if (!proposal) return undefined;
  const aliases = keys.flatMap((key) => [
    aliasOf({ key, region }),
    ...(home || kind.global === true ? [aliasOf({ key, region: undefined })] : []),
  ]);
  return { ...proposal, kind: 'found', of: kind.name, entry: { ...proposal.entry, ...(!home && { region }) }, aliases };
}

/** By what an entry of the roll means a thing found: its key, in the region that it says or leaves to the connection. */
export function aliasOf({ key, region = '' }: Pick<AwsTarget, 'key' | 'region'>): string {
  return `${region} ${key}`;
}
