import type { Delivery } from '../ports.ts';
import { Budget } from './budget.ts';

/** Failing for this long, a vendor was down rather than unlucky with one letter. */
const DOWN_MS = 10_000;

/** How often and from when one pager may be asked. Times are steady ms. */
/** What is remembered of a pace over a restart: tokens left, when that was, and until when the vendor does not want to be asked. */
export type SavedPace = readonly [tokens: number, filledAt: number, closedUntil: number];

export class Pace {
  readonly #budget: Budget | undefined;
  #closedUntil = -Infinity;
  #failingSince: number | undefined;

  /** `perMinute`: the most its vendor takes in any minute; undefined where nobody counts. */
  constructor(perMinute: number | undefined, now: number) {
    // What was saved up and what comes in meanwhile may fall into one minute: half of it each.
    this.#budget = perMinute === undefined ? undefined : new Budget(perMinute / 2, now);
  }

  /** Undefined where nobody counts and nobody said when to come back: then there is nothing to forget. */
  save(now: number): SavedPace | undefined {
    const closedUntil = this.#closedUntil > now ? this.#closedUntil : 0;
    if (!this.#budget) return closedUntil > 0 ? [0, 0, closedUntil] : undefined;
    const [tokens, filledAt] = this.#budget.save();
    return [tokens, filledAt, closedUntil];
  }

  resume([tokens, filledAt, closedUntil]: SavedPace): void {
    this.#budget?.resume([tokens, filledAt]);
    this.#closedUntil = closedUntil > 0 ? closedUntil : -Infinity;
  }

  /** After a reload: somebody may have mended what failed, so it may be asked at once; what its vendor counts goes on counting. */
  reopen(): void {
    this.#closedUntil = -Infinity;
    this.#failingSince = undefined;
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
