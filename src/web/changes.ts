import { setTimeout as sleep } from 'node:timers/promises';
import type { Glance } from '../core/glance.ts';
import type { WatchStatus } from '../loop/self.ts';

/** How often the status is compared while somebody reads, ms. */
const EVERY_MS = 1000;
/** Comparisons without news after which a reader is told that the daemon still lives. */
const QUIET = 10;
/** Messages that may wait for one reader. A few are a slow line; more are nobody. */
const WAITING = 30;
/** How soon a browser comes back that lost its connection, ms. */
const RETRY_MS = 2000;

/** `changed`: there is something new to see. `alive`: there is not, and the daemon runs. */
export type Change = 'changed' | 'alive';
type Reader = ReadableStreamDefaultController<Uint8Array>;

/**
 * Tells any number of readers when the status has changed, as server-sent events: one comparison and one message for all of them, none while
 * nobody reads.
 */
export class Changes {
  readonly #status: () => WatchStatus;
  readonly #every: number;
  readonly #readers = new Set<Reader>();
  #running = false;
  #seen: Seen | undefined;

  constructor(status: () => WatchStatus, every = EVERY_MS) {
    this.#status = status;
    this.#every = every;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** What changes from now on. The first message comes at once: what was served before may be old by now. */
  follow(): ReadableStream<Uint8Array> {
    let reader: Reader | undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          reader = controller;
          this.#readers.add(controller);
          controller.enqueue(Buffer.from(`retry: ${RETRY_MS}\n`));
          controller.enqueue(message('changed'));
          void this.#run();
        },
        cancel: () => {
          if (reader) this.#readers.delete(reader);
        },
      },
      { highWaterMark: WAITING },
    );
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#seen = seen(this.#status());
    for (let quiet = 0; this.#readers.size > 0;) {
      await sleep(this.#every);
      const now = seen(this.#status());
      const changed = !alike(this.#seen, now);
      this.#seen = now;
      quiet = changed ? 0 : quiet + 1;
      if (changed || quiet % QUIET === 0) this.#tell(message(changed ? 'changed' : 'alive'));
    }
    this.#running = false;
    this.#seen = undefined;
  }

  #tell(bytes: Uint8Array): void {
    for (const reader of this.#readers)
      if ((reader.desiredSize ?? 0) > 0) reader.enqueue(bytes);
      else {
        this.#readers.delete(reader);
        reader.close();
      }
  }
}

function message(change: Change): Uint8Array {
  return Buffer.from(`event: ${change}\ndata: ${new Date().toISOString()}\n\n`);
}

/** What a reader would want to know anew; not how often it was looked. */
interface Seen {
  readonly glances: readonly Glance[];
  readonly rest: string;
}

function seen({ ready, why, glances, incidents, pagers, claims, heartbeat, windows }: WatchStatus): Seen {
  const rest = [
    ready,
    why,
    incidents.map(({ id, phase, members, accepted, ackedUntil }) => [id, phase, Object.keys(members).length, accepted.length, ackedUntil]),
    [...pagers].map(([name, { error }]) => [name, error]),
    claims.at(-1)?.id,
    heartbeat?.heard,
    windows,
  ];
  return { glances, rest: JSON.stringify(rest) };
}

function alike(a: Seen | undefined, b: Seen): boolean {
  return a?.rest === b.rest && a.glances.length === b.glances.length && a.glances.every((glance, at) => glance === b.glances[at]);
}
