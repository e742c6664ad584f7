import type { ProbeContext } from '../../src/probe.ts';
import { Late } from './errors.ts';

/** Ends with `work`, when its time is over, or as soon as `signal` aborts, whether or not `work` heeds it. */
export async function bounded<T>(
  ms: number,
  clock: ProbeContext['clock'],
  signal: AbortSignal,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal]);
  const bell = new AbortController();
  void clock.sleep(ms, bell.signal).then(
    () => over.abort(new Late(`${what}: no answer within ${ms} ms`)),
    () => undefined,
  );
  try {
    return await untilAborted(work(within), within);
  } finally {
    bell.abort();
  }
}

/** What `working` comes to, or the signal's reason as soon as it aborts. */
export async function untilAborted<T>(working: Promise<T>, signal: AbortSignal): Promise<T> {
  // Nobody may be left to hear what comes of it.
  working.catch(() => {});
  signal.throwIfAborted();
  const heard = new AbortController();
  const broken = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: heard.signal }),
  );
  try {
    return await Promise.race([working, broken]);
  } finally {
    heard.abort();
  }
}
