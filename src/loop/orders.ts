import type { Instant } from '../core/report.ts';
import type { Order, Store } from '../ports.ts';
import type { ClaimBook } from './claim-book.ts';
import type { Desk } from './desk.ts';
import type { Journal } from './journal.ts';

/** How often the store is asked for what people left there through other processes. */
const ASK_MS = 1000;

/** Carries out what was asked for through other processes; an order that comes too late is forgotten. */
export class Orders {
  readonly #store: Store;
  readonly #desk: Desk;
  readonly #claims: ClaimBook;
  readonly #journal: Journal;
  #askedAt = -Infinity;
  /** Carried out, but still in the store: until it can write, it hands them out again. */
  #done: ReadonlySet<string> = new Set();

  constructor(store: Store, desk: Desk, claims: ClaimBook, journal: Journal) {
    this.#store = store;
    this.#desk = desk;
    this.#claims = claims;
    this.#journal = journal;
  }

  /** True once a second. */
  isDue(at: Instant): boolean {
    return at.steady - this.#askedAt >= ASK_MS;
  }

  async obey(at: Instant): Promise<void> {
    this.#askedAt = at.steady;
    const orders = await this.#store.orders();
    const done = this.#done;
    this.#done = new Set(orders.map(({ id }) => id));
    for (const order of orders) {
      if (done.has(order.id)) continue;
      this.#carryOut(order, at);
      this.#journal.done(order.id);
    }
  }

  #carryOut(order: Order, at: Instant): void {
    if (order.kind === 'claim') return void this.#claims.take(order, at);
    const { incident, by, forMs } = order;
    if (this.#desk.acknowledge(incident, at.steady + forMs)) this.#journal.record('acknowledged', incident, { by, for_ms: forMs });
  }
}
