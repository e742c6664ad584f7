import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../ports.ts';

// Longer timers overflow in Node and fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The machine's clock. Steady time goes on where the last run left it (`startSteady`, from the store; 0 where there was none) or at the
 * wall clock, whichever is later, and from then on by the monotonic clock: nobody who sets the time moves it.
 */
export function createSystemClock(startSteady: number): Clock {
  const origin = performance.now();
  const start = Math.max(startSteady, Date.now());
  const steady = () => start + Math.floor(performance.now() - origin);
  return {
    now: () => ({ wall: Date.now(), steady: steady() }),
    async sleep(ms, signal) {
      const until = performance.now() + ms;
      // A timer may fire a fraction early; whoever slept relies on the time having passed.
      for (let left = ms; left > 0; left = until - performance.now()) {
        await wait(Math.min(LONGEST_TIMER_MS, Math.ceil(left)), undefined, signal ? { signal } : {}).catch((error: unknown) => {
          throw signal?.aborted ? signal.reason : error;
        });
      }
      signal?.throwIfAborted();
    },
  };
}
