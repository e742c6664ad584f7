import type { Discovery, DiscoveryDepth, Found, Unexplored, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { Failure } from './errors.ts';
import { aliasOf } from './alias.ts';
import { groupsOf } from './group.ts';
import { exploredBy, listingOf, type AnyOneLooker, type AnySetLooker, type AwsKind, type AwsTarget, type Proposal } from './kind.ts';
import { inLanes } from './lanes.ts';
import { Refusals } from './refusals.ts';
import { homeRegion, type Connection } from './schema.ts';
import type { Vantage } from './vantage.ts';

const LANES = 4;

interface Exploration {
  readonly connection: Connection;
  readonly kinds: ReadonlyMap<string, AwsKind>;
  /** What of the roll is on this connection: the listings that it needs must be let in. */
  readonly wanted: readonly Wanted<AwsTarget>[];
  readonly depth: DiscoveryDepth;
  readonly vantage: (region: string) => Vantage;
  readonly refusals: Refusals;
  /** Sorts what a call threw. */
  readonly failure: (error: unknown) => Failure;
}

interface Place {
  readonly kind: AwsKind;
  readonly scope: string | undefined;
  readonly vantage: Vantage;
  readonly home: boolean;
  /** The listing, as `Listed` has it. */
  readonly on: string;
}

/**
 * Everything of the kinds that can be listed, in the regions of the connection. A listing that is refused hides what it would have shown; where nothing on
 * the roll needs it, it is beyond a credential of the least rights.
 */
export async function* discover(exploration: Exploration): AsyncGenerator<Discovery, void, void> {
  const { connection, kinds, vantage, depth } = exploration;
  const home = homeRegion(connection);
  const needed = new Set(groupsOf(connection, exploration.wanted, kinds).flatMap(listingsFor));
  for (const kind of kinds.values()) {
    if (connection.sts === 'off' && kind.withoutSts !== true) continue;
    const looker = await kind.load();
    const explored = exploredBy(kind, depth);
    if (explored === undefined || !('found' in looker || 'explore' in looker)) continue;
    for (const region of kind.global === true || kind.proposedOnly === true ? [home] : (connection.regions ?? [home]))
      for (const scope of kind.listings ? Object.keys(kind.listings) : [undefined]) {
        const isHome = kind.global === true || region === home;
        const place = {
          kind,
          scope,
          vantage: vantage(region),
          home: isHome,
          on: `${scope === undefined ? explored : listingOf(kind, scope)} in ${region}`,
        };
        yield* listed(exploration, looker, place, needed);
      }
  }
}

async function* listed(
  exploration: Exploration,
  looker: AnyOneLooker | AnySetLooker,
  place: Place,
  needed: ReadonlySet<string>,
): AsyncGenerator<Discovery, void, void> {
  const { depth, failure, refusals } = exploration;
  const { kind, vantage, on } = place;
  const { leaves } = looker;
  let asked = on;
  const closed = ({ reason, say }: Failure, which: string, beyond: boolean): Unexplored => {
    return { kind: 'unexplored', on: which, reason, say, hides: true, ...(beyond && { beyond: kind.name }) };
  };
  try {
    const left = leaves && `${leaves.call} in ${vantage.region}`;
    if (depth === 'names')
      for (const which of [on, left ?? on]) {
        const known = needed.has(which) ? undefined : refusals.of(which, vantage.now());
        if (!known) continue;
        yield closed(known, which, true);
        return;
      }
    asked = left ?? on;
    const leave = (await leaves?.keys(vantage)) ?? new Set<string>();
    asked = on;
    if (looker.of === 'one') yield* each(exploration, looker, place, leave);
    else yield* looker.explore ? explore(exploration, looker, place) : sets(looker, place);
    yield { kind: 'listed', on };
  } catch (error) {
    const failed = failure(error);
    const beyond = !needed.has(asked) && Refusals.is(failed);
    if (beyond) refusals.note(asked, failed, vantage.now());
    yield closed(failed, asked, beyond);
  }
}

/** The listings that what is wanted of a group cannot do without. */
function listingsFor({ kind, scope, region }: ReturnType<typeof groupsOf>[number]): string[] {
  const own = listingOf(kind, kind.listings ? scope : undefined);
  return [own, ...(kind.explored === undefined ? [] : [kind.explored])].map((call) => `${call} in ${region}`);
}

async function* each(
  { depth, failure }: Exploration,
  looker: AnyOneLooker,
  place: Place,
  leave: ReadonlySet<string>,
): AsyncGenerator<Discovery, void, void> {
  const { kind, vantage } = place;
  const { account, region } = vantage;
  const asks = depth === 'proposals' && looker.namesOnly === true;
  for await (const page of looker.list(vantage, place.scope))
    for await (const found of inLanes(page, LANES, async (item): Promise<Discovery | undefined> => {
      const keys = looker.keys(item);
      const key = keys[0] ?? '';
      if (leave.has(key)) return undefined;
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
  const { account } = place.vantage;
  const now = place.vantage.now().wall;
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
    const found = named(place, keys, looker.found?.(key, items, account, now));
    if (found) yield found;
  }
}

/** Sets that are listed within something else: what one of these does not let in hides what is in it, and no more. */
async function* explore({ depth, failure }: Exploration, looker: AnySetLooker, place: Place): AsyncGenerator<Discovery, void, void> {
  const { vantage, home } = place;
  for await (const one of looker.explore?.(vantage, { depth, home }) ?? [])
    if (one.is === 'closed') {
      const { reason, say } = failure(one.error);
      yield { kind: 'unexplored', on: clean(one.on, 200), reason, say, hides: false };
    } else if (one.is === 'progress') yield { kind: 'progress', done: one.done, what: one.what };
    else {
      const { region = vantage.region, keys, proposal, aliases } = one;
      const found = named({ ...place, home: region === vantage.region && home, vantage: { ...vantage, region } }, keys, proposal);
      if (found) yield { ...found, ...(aliases && { aliases }) };
    }
}

/** With its region where the connection would look elsewhere, and with every name by which an entry of the roll may mean it. */
function named({ kind, vantage: { region }, home, on }: Place, keys: readonly string[], proposal: Proposal | undefined): Found | undefined {
  if (!proposal) return undefined;
  const aliases = keys.flatMap((key) => [
    aliasOf({ key, region }),
    ...(home || kind.global === true ? [aliasOf({ key, region: undefined })] : []),
  ]);
  return { ...proposal, kind: 'found', of: kind.name, entry: { ...proposal.entry, ...(!home && { region }) }, aliases, listing: on };
}
