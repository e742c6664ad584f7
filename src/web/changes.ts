import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchStatus } from '../loop/self.ts';

/** How often the status is compared while somebody reads, ms. */
const EVERY_MS = 1000;
/** Comparisons without news after which a reader is told that the daemon still lives. */
const QUIET = 10;

/** `changed`: there is something new to see. `alive`: there is not, and the daemon runs. */
export type Change = 'changed' | 'alive';

/** Tells any number of readers when the status has changed: one comparison for all of them, none while nobody reads. */
export class Changes {
  readonly #status: () => WatchStatus;
  readonly #every: number;
  #readers = 0;
  #running = false;
  #seen = '';
  #next = Promise.withResolvers<Change>();

  constructor(status: () => WatchStatus, every = EVERY_MS) {
    this.#status = status;
    this.#every = every;
  }

  /** What changes from now on, until `signal`. The first item comes at once: what was served before may be old by now. */
  async *follow(signal: AbortSignal): AsyncGenerator<Change> {
    const stopped = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
    this.#readers++;
    void this.#run();
    try {
      for (
        let change: Change | undefined = 'changed';
        change && !signal.aborted;
        change = await Promise.race([this.#next.promise, stopped])
      )
        yield change;
    } finally {
      this.#readers--;
    }
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#seen = fingerprint(this.#status());
    for (let quiet = 0; this.#readers > 0;) {
      await sleep(this.#every);
      const now = fingerprint(this.#status());
      const changed = now !== this.#seen;
      quiet = changed ? 0 : quiet + 1;
      if (!changed && quiet % QUIET !== 0) continue;
      this.#seen = now;
      const told = this.#next;
      this.#next = Promise.withResolvers();
      told.resolve(changed ? 'changed' : 'alive');
    }
    this.#running = false;
  }
}

/** What a reader would want to know anew; not how often it was looked. */
function fingerprint({ ready, why, resources, incidents, pagers }: WatchStatus): string {
  return JSON.stringify([
    ready,
    why,
    resources.map(({ id, verdict, summary }) => [id, verdict, summary]),
    incidents.map(({ id, phase, members, ackedUntil }) => [id, phase, Object.keys(members).length, ackedUntil]),
    [...pagers].map(([name, { error }]) => [name, error]),
  ]);
}
