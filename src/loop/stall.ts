import type { Instant } from '../core/report.ts';
import { formatDuration } from '../values/duration.ts';
import type { Journal } from './journal.ts';
import type { Troubles } from './troubles.ts';

/** The loop ticks once a second at least; this long without a tick it did not run. */
const STALL_MS = 10_000;

/** Notices that the loop itself stood still (a frozen container, a blocked process): nobody's darkness but our own, and worth a page. */
export class Stall {
  readonly #journal: Journal;
  readonly #troubles: Troubles;
  #tickedAt: number;

  constructor(journal: Journal, troubles: Troubles, at: Instant) {
    this.#journal = journal;
    this.#troubles = troubles;
    this.#tickedAt = at.steady;
  }

  /** True where so long has passed since the last tick that nothing was looked at meanwhile. `forMs`: how long that is news. */
  tick(at: Instant, forMs: number): boolean {
    const stood = at.steady - this.#tickedAt;
    this.#tickedAt = at.steady;
    if (stood < STALL_MS) return false;
    this.#journal.record('gap', '@watchdog', { ms: stood });
    this.#troubles.raise('loop.stalled', `the watcher itself did not run for ${formatDuration(stood)}`, 'warning', at, forMs);
    return true;
  }
}
