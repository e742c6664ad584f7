/** Nudges of one listing at once; then one more each so often. A look costs its listing's pages, out of a budget that the whole account shares. */
const BURST = 3;
/** Between two nudges of one resource, at least; ms. */
export const REST_MS = 10_000;

interface Waiting {
  readonly ids: Set<string>;
  tokens: number;
  filledAt: number;
}

/**
 * What was heard of, until it may be looked at: whoever sends how many events makes nobody look more often than this. What was named while it
 * rests is looked at afterwards, once. Holds no more than the roll does. Times are steady ms.
 */
export class Hush {
  readonly #listingOf: (id: string) => string;
  readonly #listings = new Map<string, Waiting>();
  readonly #nudged = new Map<string, number>();

  constructor(listingOf: (id: string) => string) {
    this.#listingOf = listingOf;
  }

  add(ids: Iterable<string>, now: number): void {
    for (const id of ids) {
      const key = this.#listingOf(id);
      const known = this.#listings.get(key);
      if (known) known.ids.add(id);
      else this.#listings.set(key, { ids: new Set([id]), tokens: BURST, filledAt: now });
    }
  }

  /** Everything that may be looked at now. */
  take(now: number): string[] {
    return [...this.#listings.values()].flatMap((waiting) => {
      if (waiting.ids.size === 0) return [];
      fill(waiting, now);
      const ready = waiting.tokens < 1 ? [] : [...waiting.ids].filter((id) => this.#restedAt(id) <= now);
      if (ready.length === 0) return [];
      waiting.tokens -= 1;
      for (const id of ready) {
        waiting.ids.delete(id);
        this.#nudged.set(id, now);
      }
      return ready;
    });
  }

  /** How long until there is something to take, ms; Infinity where nothing waits. */
  wait(now: number): number {
    let soonest = Infinity;
    for (const waiting of this.#listings.values()) {
      if (waiting.ids.size === 0) continue;
      fill(waiting, now);
      let rested = Infinity;
      for (const id of waiting.ids) rested = Math.min(rested, this.#restedAt(id));
      soonest = Math.min(soonest, Math.max(rested, now + Math.max(0, 1 - waiting.tokens) * REST_MS));
    }
    return Math.max(0, soonest - now);
  }

  #restedAt(id: string): number {
    return (this.#nudged.get(id) ?? -Infinity) + REST_MS;
  }
}

function fill(waiting: Waiting, now: number): void {
  waiting.tokens = Math.min(BURST, waiting.tokens + (now - waiting.filledAt) / REST_MS);
  waiting.filledAt = now;
}
