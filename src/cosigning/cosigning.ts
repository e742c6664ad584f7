import type { WatcherKey } from '../adapters/watcher-key.ts';
import type { LedgerConfig } from '../config/types.ts';
import type { Clock, Store } from '../ports.ts';
import { COSIGNED, Submitter } from './submitter.ts';
import { BOOK, WitnessBook, type CosignedHead, type WitnessAnswer } from './witness-book.ts';

const EVERY_MS = 10_000;

/** `disputed` and `uncosigned` are about this watcher's ledger, `witnessed` about those of others. */
type Name = 'ledger.disputed' | 'ledger.uncosigned' | 'ledger.witnessed';

interface Parts extends Partial<LedgerConfig> {
  readonly store: Pick<Store, 'commit' | 'consistency' | 'head'>;
  readonly clock: Clock;
  readonly key: Pick<WatcherKey, 'sign' | 'cosign'>;
  /** What the store remembered at the start. */
  readonly meta: Readonly<Record<string, string>>;
  /** Pages; null where it is over. */
  readonly tell: (name: Name, what: string | null, severity: 'critical' | 'warning') => Promise<void>;
}

/** Has this watcher's heads cosigned by others, cosigns theirs, and tells of what is wrong with either. */
export class Cosigning {
  readonly #parts: Parts;
  readonly #book: WitnessBook;
  readonly #submitter: Submitter;
  readonly #told = new Map<Name, string>();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(parts: Parts) {
    const { store, clock, key, meta, witnesses = [], witnessFor = [] } = parts;
    this.#parts = parts;
    this.#book = new WitnessBook({ store, clock, cosign: key.cosign, logs: () => witnessFor }, meta[BOOK]);
    this.#submitter = new Submitter({ store, clock, sign: key.sign, witnesses: () => witnesses }, meta[COSIGNED]);
    this.#ended = witnesses.length + witnessFor.length > 0 ? this.#run() : Promise.resolve();
  }

  get isWitness(): boolean {
    return (this.#parts.witnessFor ?? []).length > 0;
  }

  /** The latest heads of this watcher's ledger that others cosigned. */
  get cosigned(): readonly { readonly witness: string; readonly head: CosignedHead }[] {
    return this.#submitter.cosigned;
  }

  /** Another watcher's head, see `WitnessBook`. */
  submit(body: string): Promise<WitnessAnswer> {
    return this.#book.submit(body);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    while (!this.#stop.signal.aborted) {
      await this.#submitter.tick(this.#stop.signal);
      const { grave, mild } = this.#submitter.troubles();
      await this.#tell('ledger.disputed', grave, 'critical');
      await this.#tell('ledger.uncosigned', mild, 'warning');
      await this.#tell('ledger.witnessed', this.#book.troubles(), 'critical');
      await clock.sleep(EVERY_MS, this.#stop.signal).catch(() => undefined);
    }
  }

  async #tell(name: Name, sentences: readonly string[], severity: 'critical' | 'warning'): Promise<void> {
    const what = sentences.join('; ');
    // The first time also where there is nothing to tell: what was told before a restart may be over.
    if (what === this.#told.get(name) || this.#stop.signal.aborted) return;
    this.#told.set(name, what);
    await this.#parts.tell(name, what === '' ? null : what, severity);
  }
}
