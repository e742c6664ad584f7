import type { WatcherKey } from '../adapters/watcher-key.ts';
import type { LedgerHead } from '../core/chain.ts';
import type { Anchor, Clock, Log, Store } from '../ports.ts';
import { formatDuration } from '../values/duration.ts';

/** How often it is asked whether the ledger has grown. */
const TICK_MS = 10_000;
/** So long a put may fail before that is told of. */
const PATIENCE_MS = 15 * 60_000;

interface Parts {
  readonly store: Pick<Store, 'head'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly sign: WatcherKey['sign'];
  readonly anchor: Anchor;
  /** What the keys of objects begin with. */
  readonly prefix: string;
  /** At most one head in so many ms. */
  readonly every: number;
  /** Pages; null where it is over. */
  readonly tell: (name: 'ledger.unanchored', what: string | null, severity: 'warning') => Promise<void>;
}

/** Puts each signed head where this host can write and not delete, once it has grown; no round ever waits for it. */
export class Anchoring {
  readonly #parts: Parts;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #last: { readonly size: number; readonly steady: number } | undefined;
  #failingSince: number | undefined;
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
    const { clock } = this.#parts;
    while (!this.#stop.signal.aborted) {
      await this.#anchor();
      await clock.sleep(TICK_MS, this.#stop.signal).catch(() => undefined);
    }
  }

  async #anchor(): Promise<void> {
    const { store, clock, log, anchor, every } = this.#parts;
    const { wall, steady } = clock.now();
    if (this.#last && steady - this.#last.steady < every) return;
    const head = await store.head().catch(() => null);
    if (!head || head.seq === this.#last?.size) return;
    const why = await this.#put(head, wall);
    if (this.#stop.signal.aborted) return;
    if (why === null) {
      this.#last = { size: head.seq, steady };
      this.#failingSince = undefined;
      return this.#tell(null);
    }
    log.warn('the head of the ledger could not be anchored', { anchor: anchor.name, why });
    this.#failingSince ??= steady;
    if (steady - this.#failingSince >= PATIENCE_MS)
      await this.#tell(`no head of the ledger has been anchored in ${anchor.name} for ${formatDuration(PATIENCE_MS)}: ${why}`);
  }

  async #put(head: LedgerHead, wall: number): Promise<string | null> {
    const { anchor, sign, prefix } = this.#parts;
    const note = sign(head);
    if (note === undefined || head.root === undefined) return 'there is no signed head to put';
    return anchor.put(`${prefix}${keyOf(head.seq, head.root)}`, note, wall, this.#stop.signal);
  }

  async #tell(what: string | null): Promise<void> {
    // The first time also where there is nothing to tell: what was told before a restart may be over.
    if (what === this.#told || this.#stop.signal.aborted) return;
    this.#told = what;
    await this.#parts.tell('ledger.unanchored', what, 'warning');
  }
}

/** In order of size; two histories of one size are two objects. */
function keyOf(size: number, root: string): string {
  return `heads/${String(size).padStart(12, '0')}-${Buffer.from(root, 'base64').toString('hex', 0, 8)}.txt`;
}
