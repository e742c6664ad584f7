import type { Delivery } from '../ports.ts';
import { Budget } from './budget.ts';

/** Failing for this long, a vendor was down rather than unlucky with one letter. */
const DOWN_MS = 10_000;

/** How often and from when one pager may be asked. Times are steady ms. */
export class Pace {
  readonly #budget: Budget | undefined;
  #closedUntil = -Infinity;
  #failingSince: number | undefined;

  /** `perMinute`: the most its vendor takes in any minute; undefined where nobody counts. */
  constructor(perMinute: number | undefined, now: number) {
    // What was saved up and what comes in meanwhile may fall into one minute: half of it each.
    this.#budget = perMinute === undefined ? undefined : new Budget(perMinute / 2, now);
  }

  /** Takes leave for one attempt: beyond its vendor's measure it would be refused, and a chat may lock its sender out. */
  mayAsk(now: number): boolean {
    return now >= this.#closedUntil && (this.#budget === undefined || this.#budget.take(1, now) === 1);
  }

  /** Learns from an answer; true where a vendor that was down is well again, so that all that waited is due, the gravest first. */
  heard(delivery: Delivery, now: number): boolean {
    if (delivery.kind === 'retryable') {
      this.#failingSince ??= now;
      // Who says when to come back means all who ask, not this letter alone.
      if (delivery.afterMs !== undefined) this.#closedUntil = Math.max(this.#closedUntil, now + delivery.afterMs);
      return false;
    }
    const wasDown = delivery.kind === 'delivered' && this.#failingSince !== undefined && now - this.#failingSince >= DOWN_MS;
    this.#failingSince = undefined;
    return wasDown;
  }
}
