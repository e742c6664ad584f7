import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what a server on loopback has yet to do, as long as a busy machine may take for it. @throws Error that says `what` never came */
export async function until(done: () => boolean, what: string): Promise<void> {
  for (const late = Date.now() + 120_000; !done(); await sleep(5)) if (Date.now() > late) throw new Error(`never came: ${what}`);
}
