import type { Wanted } from '../../src/probe.ts';
import { WrongCaller } from './errors.ts';
import type { AnyLooker, AwsTarget } from './kind.ts';

/** One thing that is listed and wanted. */
export interface Match {
  readonly item: unknown;
  readonly wanted: readonly Wanted<AwsTarget>[];
}

/** Reads one listing against what is wanted of it: who was in it, who was not, and how many others were. */
export class Tally {
  readonly #looker: AnyLooker;
  readonly #account: string;
  readonly #byKey = new Map<string, Wanted<AwsTarget>[]>();
  readonly #byId: ReadonlyMap<string, Wanted<AwsTarget>>;
  readonly #missing: Set<Wanted<AwsTarget>>;
  /** By what name something with the wanted identity is listed, where not by the wanted one. */
  readonly kin = new Map<Wanted<AwsTarget>, string>();
  pages = 0;
  items = 0;
  strangers = 0;

  constructor(looker: AnyLooker, wanted: readonly Wanted<AwsTarget>[], account: string) {
    this.#looker = looker;
    this.#account = account;
    this.#missing = new Set(wanted);
    this.#byId = new Map(wanted.flatMap((one) => (one.target.pinned === undefined ? [] : [[one.target.pinned, one] as const])));
    for (const one of wanted) {
      const others = this.#byKey.get(one.target.key);
      if (others) others.push(one);
      else this.#byKey.set(one.target.key, [one]);
    }
  }

  /** What is wanted of one page. @throws WrongCaller where something in it belongs to another account than the one that was asserted. */
  page(items: readonly unknown[]): Match[] {
    this.pages += 1;
    return items.flatMap((item) => {
      const account = this.#looker.account?.(item);
      if (account !== undefined && this.#account !== '' && account !== this.#account)
        throw new WrongCaller(`the listing shows what belongs to account ${account}, wanted ${this.#account}`);
      this.items += 1;
      const wanted = this.#looker.keys(item).flatMap((key) => this.#byKey.get(key) ?? []);
      if (wanted.length > 0) return [{ item, wanted }];
      this.strangers += 1;
      this.#recognise(item);
      return [];
    });
  }

  found(wanted: Wanted<AwsTarget>): void {
    this.#missing.delete(wanted);
  }

  /** It is listed although there is nothing left of it: no sibling of anything. */
  gone(): void {
    this.items -= 1;
  }

  isMissing(wanted: Wanted<AwsTarget>): boolean {
    return this.#missing.has(wanted);
  }

  get missing(): readonly Wanted<AwsTarget>[] {
    return [...this.#missing];
  }

  get isComplete(): boolean {
    return this.#missing.size === 0;
  }

  #recognise(item: unknown): void {
    const id = this.#looker.of === 'one' ? this.#looker.id?.(item) : undefined;
    const wanted = id === undefined ? undefined : this.#byId.get(id);
    if (wanted) this.kin.set(wanted, this.#looker.keys(item)[0] ?? '');
  }
}
