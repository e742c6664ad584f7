import { Budget } from '../loop/budget.ts';

/** Whoever is remembered longest without asking again is forgotten first. */
const MOST = 10_000;

/** A budget a minute for each of many, known by a key; what it remembers is bounded. Times are steady ms. */
export class Throttle {
  readonly #perMinute: number;
  readonly #most: number;
  readonly #budgets = new Map<string, Budget>();

  constructor(perMinute: number, most = MOST) {
    this.#perMinute = perMinute;
    this.#most = most;
  }

  /** Spends one; returns 0, or the ms until there is one again. */
  take(key: string, now: number): number {
    const budget = this.#budgets.get(key) ?? new Budget(this.#perMinute, now);
    this.#budgets.delete(key);
    this.#budgets.set(key, budget);
    const [oldest] = this.#budgets.keys();
    if (this.#budgets.size > this.#most && oldest !== undefined) this.#budgets.delete(oldest);
    return budget.take(1, now) > 0 ? 0 : budget.wait(now);
  }

  /** The ms until there is one to be spent; 0 where there is. */
  wait(key: string, now: number): number {
    return this.#budgets.get(key)?.wait(now) ?? 0;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#budgets.size;
  }
}
