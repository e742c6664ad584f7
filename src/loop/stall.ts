import type { Instant } from '../core/report.ts';
import { formatDuration } from '../values/duration.ts';
import type { Journal } from './journal.ts';
import type { Troubles } from './troubles.ts';

/** The loop ticks once a second at least; this long without a tick it did not run. */
const STALL_MS = 10_000;
/** This long it was blocked: once is a busy moment, three times within ten minutes a machine that cannot keep up. */
const BLOCKED_MS = 5000;
const BLOCKED_TIMES = 3;
const BLOCKED_WITHIN_MS = 600_000;
/** A wall clock that has not moved for so long stands still: the times in pages, and what expires by the wall, would be wrong. */
const CLOCK_STOPPED_MS = 60_000;

/** Notices that the loop itself stood still (a frozen container, a blocked process), or that the clock did: nobody's darkness but our own, and worth a page. */
export class Stall {
  readonly #journal: Journal;
  readonly #troubles: Troubles;
  #tickedAt: number;
  /** When it was blocked of late, and for how long. */
  #blocked: readonly { readonly at: number; readonly ms: number }[] = [];
  /** The last moment at which the wall clock was seen to move. */
  #moved: Instant;

  constructor(journal: Journal, troubles: Troubles, at: Instant) {
    this.#journal = journal;
    this.#troubles = troubles;
    this.#tickedAt = at.steady;
    this.#moved = at;
  }

  /** True where so long has passed since the last tick that nothing was looked at meanwhile. `forMs`: how long that is news. */
  tick(at: Instant, forMs: number): boolean {
    const stood = at.steady - this.#tickedAt;
    this.#tickedAt = at.steady;
    this.#watchClock(at);
    if (stood < BLOCKED_MS) return false;
    this.#journal.record('gap', '@watchdog', { ms: stood });
    if (stood >= STALL_MS) {
      this.#troubles.raise('loop.stalled', `the watcher itself did not run for ${formatDuration(stood)}`, 'warning', at, forMs);
      return true;
    }
    this.#blocked = [...this.#blocked, { at: at.steady, ms: stood }].filter((one) => at.steady - one.at <= BLOCKED_WITHIN_MS);
    if (this.#blocked.length >= BLOCKED_TIMES) {
      const longest = formatDuration(Math.max(...this.#blocked.map(({ ms }) => ms)));
      const what = `the watcher's loop was blocked ${this.#blocked.length} times within ${formatDuration(BLOCKED_WITHIN_MS)}, for up to ${longest}`;
      this.#troubles.raise('loop.blocked', what, 'warning', at, forMs);
    }
    return false;
  }

  #watchClock(at: Instant): void {
    if (at.wall !== this.#moved.wall) {
      this.#moved = at;
      this.#troubles.clear('clock.stopped', at);
    } else if (at.steady - this.#moved.steady >= CLOCK_STOPPED_MS) {
      const since = formatDuration(CLOCK_STOPPED_MS);
      this.#troubles.raise(
        'clock.stopped',
        `the watcher's wall clock has stood still for more than ${since}: do not trust the times in pages`,
        'warning',
        at,
      );
    }
  }
}
