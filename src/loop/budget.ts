/** A token bucket: `perMinute` looks a minute, at most one minute's worth saved up. Times are steady ms. */
export class Budget {
  readonly perMinute: number;
  #tokens: number;
  #filledAt: number;

  constructor(perMinute: number, now: number) {
    this.perMinute = perMinute;
    this.#tokens = perMinute;
    this.#filledAt = now;
  }

  /** What is left, to be handed to `resume` after a restart. */
  save(): readonly [tokens: number, filledAt: number] {
    return [this.#tokens, this.#filledAt];
  }

  resume([tokens, filledAt]: readonly [tokens: number, filledAt: number]): void {
    this.#tokens = Math.min(tokens, this.perMinute);
    this.#filledAt = filledAt;
  }

  /** Takes up to `wish` tokens; returns how many. */
  take(wish: number, now: number): number {
    this.#fill(now);
    const taken = Math.max(0, Math.min(wish, Math.floor(this.#tokens)));
    this.#tokens -= taken;
    return taken;
  }

  /** Takes what is owed to a suspicion, into debt if need be, but never deeper than a minute's worth. */
  owe(count: number, now: number): void {
    this.#fill(now);
    this.#tokens = Math.max(-this.perMinute, this.#tokens - count);
  }

  /** Milliseconds until there is a whole token. */
  wait(now: number): number {
    this.#fill(now);
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.perMinute) * 60_000);
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.perMinute, this.#tokens + ((now - this.#filledAt) / 60_000) * this.perMinute);
    this.#filledAt = now;
  }
}
