import type { Clock, Log, Store } from '../ports.ts';

/** The first time soon after a start, so that a watcher that is restarted every night archives too. */
const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;
/** Between two blocks, so that a store full of old entries does not keep the rounds waiting. */
const BREATH_MS = 100;

interface Parts {
  readonly store: Pick<Store, 'archive'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly folder: string;
  /** How old an entry is when it leaves the store, ms. */
  readonly after: number;
  /** Pages; null where it is over. */
  readonly tell: (name: 'ledger.unarchived', what: string | null, severity: 'warning') => Promise<void>;
}

/** Moves entries that are old enough from the store to files, and tells where that fails: the store goes on growing, and nothing else suffers. */
export class Archiver {
  readonly #parts: Parts;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #told: string | null | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    for (let wait = FIRST_MS; await this.#rest(wait); wait = EVERY_MS) await this.#archive();
  }

  async #archive(): Promise<void> {
    const { store, clock, log, folder, after } = this.#parts;
    try {
      do {
        const at = clock.now();
        const done = await store.archive({ folder, before: at.wall - after, at });
        if (!done) return await this.#tell(null);
        log.info('old entries of the ledger were archived', { first: done.first, last: done.last, file: done.file });
      } while (await this.#rest(BREATH_MS));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.warn('old entries of the ledger could not be archived', { why });
      await this.#tell(`old entries of the ledger could not be archived, and stay in the store: ${why}`);
    }
  }

  async #tell(what: string | null): Promise<void> {
    // The first time also where there is nothing to tell: what was told before a restart may be over.
    if (what === this.#told || this.#stop.signal.aborted) return;
    this.#told = what;
    await this.#parts.tell('ledger.unarchived', what, 'warning');
  }

  /** False where it is to end. */
  async #rest(ms: number): Promise<boolean> {
    await this.#parts.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
    return !this.#stop.signal.aborted;
  }
}
