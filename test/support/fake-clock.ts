import { setImmediate as turn } from 'node:timers/promises';
import type { Instant } from '../../src/core/report.ts';
import type { Clock } from '../../src/ports.ts';

interface Sleeper {
  readonly due: number;
  readonly order: number;
  wake(): void;
}

/** A clock that moves only by `advance`. Sleepers wake in order of time, each with what it does next settled before the following one. */
export class FakeClock implements Clock {
  #wall: number;
  #steady: number;
  #order = 0;
  readonly #sleepers = new Set<Sleeper>();
  /** What comes between two parts of long work. */
  between: () => void | Promise<void> = () => {};

  constructor(wall = Date.UTC(2026, 0, 1), steady = wall) {
    this.#wall = wall;
    this.#steady = steady;
  }

  now(): Instant {
    return { wall: this.#wall, steady: this.#steady };
  }

  /** How many sleep at the moment. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        due: this.#steady + ms,
        order: this.#order++,
        wake: () => {
          leave();
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Between two parts of long work: no time passes, and whatever a test wants to happen does. */
  async turn(): Promise<void> {
    await this.between();
  }

  /** Lets `ms` pass: wakes who is due, also those who fall asleep and are due meanwhile. */
  async advance(ms: number): Promise<void> {
    const until = this.#steady + ms;
    await settle();
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#moveTo(next.due);
      next.wake();
      await settle();
    }
    this.#moveTo(until);
    await settle();
  }

  /** Somebody sets the wall clock; steady time and sleepers do not notice. */
  stepWall(ms: number): void {
    this.#wall += ms;
  }

  #next(until: number): Sleeper | undefined {
    const due = [...this.#sleepers].filter((sleeper) => sleeper.due <= until);
    return due.sort((a, b) => a.due - b.due || a.order - b.order)[0];
  }

  #moveTo(steady: number): void {
    this.#wall += steady - this.#steady;
    this.#steady = steady;
  }
}

/** A few turns of the event loop: microtasks and the input and output that is ready. */
export async function settle(turns = 5): Promise<void> {
  for (let i = 0; i < turns; i++) await turn();
}
