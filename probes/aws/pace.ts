/** Calls per second at first, at most and at least. EC2 documents 20 a second for what changes nothing; RDS publishes no figure. */
const START = 10;
const MOST = 20;
const LEAST = 0.2;
const BURST = 20;
/** What each answer adds to the rate: from the least to the most in some two hundred answers. */
const STEP = 0.1;
/** Waits are stretched or cut by as much as this share, so that several watchers of one account do not fall into step. */
const JITTER = 0.2;

interface PaceClock {
  now(): { readonly steady: number };
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A token bucket for one API in one region: additive increase by answers, multiplicative decrease by throttling. */
export class Pace {
  readonly #clock: PaceClock;
  readonly #dice: () => number;
  #rate = START;
  #tokens = BURST;
  #filledAt: number;
  #throttled = 0;

  /** `dice`: from 0 (included) to 1 (excluded). */
  constructor(clock: PaceClock, dice: () => number) {
    this.#clock = clock;
    this.#dice = dice;
    this.#filledAt = clock.now().steady;
  }

  /** Resolves when it is this caller's turn, first come, first served; rejects as the signal does. */
  async turn(signal: AbortSignal): Promise<void> {
    this.#fill();
    this.#tokens -= 1;
    if (this.#tokens >= 0) return;
    try {
      await this.#clock.sleep((-this.#tokens / this.#rate) * 1000 * (1 + JITTER * (2 * this.#dice() - 1)), signal);
    } catch (error) {
      this.#tokens += 1;
      throw error;
    }
  }

  answered(): void {
    this.#rate = Math.min(MOST, this.#rate + STEP);
    if (this.#rate >= START) this.#throttled = 0;
  }

  throttled(): void {
    this.#fill();
    this.#throttled += 1;
    this.#rate = Math.max(LEAST, this.#rate / 2);
    this.#tokens = Math.min(this.#tokens, 0);
  }

  /** What evidence says of a pace below the usual; undefined at the usual one. */
  get slowed(): string | undefined {
    if (this.#rate >= START) return undefined;
    return `throttled ${this.#throttled} times of late, slowed to ${Number(this.#rate.toFixed(1))} calls a second`;
  }

  #fill(): void {
    const now = this.#clock.now().steady;
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filledAt) / 1000) * this.#rate);
    this.#filledAt = now;
  }
}
