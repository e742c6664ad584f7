import type { Resource } from './expectation.ts';
import type { Found, Unexplored } from './found.ts';
import { matchesWildcard } from '../values/wildcard.ts';

/** What is there on purpose without being on the roll, as the manifest says it. `*` and `?` in `name`. */
export interface LeftOut {
  readonly connection: string;
  /** Every kind where absent. */
  readonly kind?: string;
  readonly name: string;
  readonly reason: string;
}

/** A rule in a line, for those who sign it and those who are told of it. */
export function sayLeftOut({ connection, kind, name, reason }: LeftOut): string {
  return `${name} (${kind ?? 'of any kind'}) on ${connection}: ${reason}`;
}

/** One thing that is there, and how it stands with the roll. */
export interface Placed {
  readonly connection: string;
  readonly found: Found;
  /** The resource that it is; undefined where it is not on the roll. */
  readonly id?: string;
  /** Why it need not be on the roll. */
  readonly leftOut?: string;
}

/** How much of what one connection has of a kind is on the roll. `managed` of `found`; what is left out on purpose is in neither. */
export interface Coverage {
  readonly connection: string;
  readonly kind: string;
  readonly found: number;
  readonly managed: number;
  readonly leftOut: number;
}

/** Whether a resource is the thing found, where its kind has a word of its own for that: a comparison, or the alias of the thing that the resource means. */
export type Covers = ((resource: Resource, found: Found) => boolean) | { readonly aliasOf: (resource: Resource) => string };

/** Holds what was found against the roll and against what is left out on purpose. `coversOf`: by connection and kind. */
export function placeFound(
  discovered: readonly { readonly connection: string; readonly found: readonly Found[] }[],
  resources: readonly Resource[],
  leftOut: readonly LeftOut[],
  coversOf: (connection: string, kind: string) => Covers | undefined,
): Placed[] {
  const rolls = new Map([...Map.groupBy(resources, ({ kind }) => kind)].map(([kind, alike]) => [kind, new KindRoll(alike)]));
  return discovered.flatMap(({ connection, found }) =>
    found.map((one): Placed => {
      const id = rolls.get(one.of)?.find(one, connection, coversOf(connection, one.of));
      if (id !== undefined) return { connection, found: one, id };
      const rule = leftOut.find(
        (each) => each.connection === connection && (each.kind ?? one.of) === one.of && matchesWildcard(one.label, each.name),
      );
      return { connection, found: one, ...(rule && { leftOut: rule.reason }) };
    }),
  );
}

/** The resources of one kind, found by what their entries say: twenty thousand things are not compared with ten thousand entries each. */
class KindRoll {
  readonly #resources: readonly Resource[];
  /** By the names of the keys that are compared, then by their values. */
  readonly #indexes = new Map<string, Map<string, Resource[]>>();
  #byAlias: Map<string, Resource[]> | undefined;

  constructor(resources: readonly Resource[]) {
    this.#resources = resources;
  }

  find(found: Found, connection: string, covers: Covers | undefined): string | undefined {
    const alike = this.#alike(found, covers);
    const here = alike.find((resource) => resource.connection === connection);
    // By another connection to the same place: the same thing only where it is pinned to be.
    return (here ?? alike.find((resource) => isPinnedTo(resource, found)))?.id;
  }

  #alike(found: Found, covers: Covers | undefined): readonly Resource[] {
    if (!covers) return this.#same(found.entry);
    if (typeof covers === 'function') return this.#resources.filter((resource) => covers(resource, found));
    this.#byAlias ??= Map.groupBy(this.#resources, covers.aliasOf);
    return [...new Set((found.aliases ?? []).flatMap((alias) => this.#byAlias?.get(alias) ?? []))];
  }

  #same(entry: Found['entry']): readonly Resource[] {
    const keys = Object.keys(entry).sort();
    const name = JSON.stringify(keys);
    let index = this.#indexes.get(name);
    if (!index) {
      index = Map.groupBy(this.#resources, ({ asked = {} }) => JSON.stringify(keys.map((key) => asked[key])));
      this.#indexes.set(name, index);
    }
    return index.get(JSON.stringify(keys.map((key) => entry[key]))) ?? [];
  }
}

/** Adds up, connection by connection and kind by kind. */
export function coverageOf(placed: readonly Placed[]): Coverage[] {
  const groups = Map.groupBy(placed, ({ connection, found }) => `${connection}\n${found.of}`);
  return [...groups.values()].flatMap((things) => {
    const [first] = things;
    if (!first) return [];
    const leftOut = things.filter((thing) => thing.leftOut !== undefined).length;
    const managed = things.filter(({ id }) => id !== undefined).length;
    return [{ connection: first.connection, kind: first.found.of, found: things.length - leftOut, managed, leftOut }];
  });
}

/** What a discovery of one connection did not show, by what that means for the figure. */
export interface Sight {
  /** What may be there and was not seen: the figure is short of it. */
  readonly hidden: readonly Unexplored[];
  /** What this credential may not list, and nothing on the roll needs: the figure does not speak of it. */
  readonly beyond: readonly Unexplored[];
}

/**
 * Sorts what could not be looked into. Where not one listing was let in, nothing was compared, and that is no figure of anything. What the manifest
 * leaves out as a whole need not be listed.
 */
export function sightOf(
  {
    connection,
    listed,
    unexplored,
  }: { readonly connection: string; readonly listed: readonly string[]; readonly unexplored: readonly Unexplored[] },
  leftOut: readonly LeftOut[],
): Sight {
  const aside = (kind: string): boolean =>
    leftOut.some((rule) => rule.connection === connection && (rule.kind ?? kind) === kind && /^\*+$/.test(rule.name));
  const hiding = unexplored.filter(({ hides, beyond }) => hides && (beyond === undefined || !aside(beyond)));
  const beyond = hiding.filter((one) => one.beyond !== undefined);
  return listed.length === 0 ? { hidden: hiding, beyond: [] } : { hidden: hiding.filter((one) => one.beyond === undefined), beyond };
}

/** True where it is neither on the roll nor left out on purpose. */
export const isUnmanaged = ({ id, leftOut }: Placed): boolean => id === undefined && leftOut === undefined;

function isPinnedTo({ identity }: Resource, { pin }: Found): boolean {
  const keys = Object.keys(pin);
  return keys.length > 0 && keys.every((key) => identity[key] === pin[key]);
}
