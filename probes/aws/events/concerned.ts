import type { Wanted } from '../../../src/probe.ts';
import { groupKey, regionOf } from '../group.ts';
import type { AwsKind, AwsTarget } from '../kind.ts';
import type { Connection } from '../schema.ts';
import type { Happening } from './happening.ts';

/** Those of one kind in one region, for a call that names only a member of theirs. */
interface Kin {
  readonly heard: AwsKind['heard'];
  readonly region: string | undefined;
  readonly ids: string[];
}

/** Who of the roll an event is about. */
export class Concerned {
  readonly #account: string | undefined;
  readonly #byName = new Map<string, string[]>();
  readonly #kin = new Map<string, Kin>();
  readonly #listings = new Map<string, string>();

  constructor(connection: Connection, wanted: readonly Wanted<AwsTarget>[], kinds: ReadonlyMap<string, AwsKind>) {
    this.#account = connection.account;
    for (const { id, target } of wanted) {
      const kind = kinds.get(target.kind);
      if (!kind) continue;
      const { heard } = kind;
      // What is listed for all regions at once is known by its name alone, whichever region an event of it comes from.
      const region = kind.global === true ? undefined : regionOf(connection, target);
      this.#listings.set(id, groupKey(connection, target, kind));
      for (const name of heard.names(target)) for (const service of heard.services) add(this.#byName, keyOf(service, region, name), id);
      const key = `${kind.name} ${region}`;
      const kin = this.#kin.get(key) ?? { heard, region, ids: [] };
      kin.ids.push(id);
      this.#kin.set(key, kin);
    }
  }

  /** The listing that a look at this one reads. */
  listingOf(id: string): string {
    return this.#listings.get(id) ?? '';
  }

  /** None where it is of another account, or of nothing on the roll. */
  by({ account, service, region, what, words }: Happening): Set<string> {
    const ids = new Set<string>();
    if (account !== this.#account) return ids;
    for (const word of words)
      for (const place of [region, undefined]) for (const id of this.#byName.get(keyOf(service, place, word)) ?? []) ids.add(id);
    for (const { heard, region: theirs, ids: all } of this.#kin.values()) {
      const here = heard.services.includes(service) && (theirs === undefined || theirs === region);
      if (!here || heard.members?.test(what) !== true || all.some((id) => ids.has(id))) continue;
      for (const id of all) ids.add(id);
    }
    return ids;
  }
}

function keyOf(service: string, region: string | undefined, name: string): string {
  return `${service}\n${region ?? ''}\n${name.toLowerCase()}`;
}

function add(map: Map<string, string[]>, key: string, id: string): void {
  const others = map.get(key);
  if (others) others.push(id);
  else map.set(key, [id]);
}
