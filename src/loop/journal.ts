import type { LedgerEntry, LedgerHead } from '../core/chain.ts';
import type { Sample } from '../core/trend.ts';
import type { Change, Clock, Log, ResourceRecord, Store } from '../ports.ts';
import type { Desk } from './desk.ts';

/** Entries kept in memory while the store cannot write. */
const ENTRIES_KEPT = 10_000;

/** How long a store that failed is left alone, ms: each look would ask it again, and say so in the log. */
const RETRY_MS = 1000;
const RETRY_AT_MOST_MS = 30_000;

/**
 * What has to be written down, gathered until the next commit. Commits run one after another; what one could not write comes again
 * with the next, newer versions of the same thing winning. Nothing here ever throws: a store that fails is told of, not waited for.
 */
export class Journal {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #desk: Desk;
  #queue: Promise<void> = Promise.resolve();
  #entries: LedgerEntry[] = [];
  #doneOrders: string[] = [];
  #records = new Map<string, ResourceRecord | null>();
  #samples = new Map<string, Sample>();
  #meta: Record<string, string> = {};
  readonly #known = new Map<string, string>();
  #head: LedgerHead | null;
  readonly #sign: ((head: LedgerHead) => string | undefined) | undefined;
  #error: string | null = null;
  #retry = { at: -Infinity, after: 0 };

  /** `sign`: the head as a checkpoint, where the watcher has a key. */
  constructor(
    ports: {
      readonly store: Store;
      readonly clock: Clock;
      readonly log: Log;
      readonly sign?: ((head: LedgerHead) => string | undefined) | undefined;
    },
    desk: Desk,
    head: LedgerHead | null,
  ) {
    this.#sign = ports.sign;
    this.#store = ports.store;
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#desk = desk;
    this.#head = this.#signed(head);
  }

  get head(): LedgerHead | null {
    return this.#head;
  }

  /** Why the last commit failed; null while the store works. */
  get error(): string | null {
    return this.#error;
  }

  record(kind: LedgerEntry['kind'], about: string, body: LedgerEntry['body']): void {
    this.#entries.push({ at: this.#clock.now(), kind, about, body });
  }

  /** `null` for a resource that left the roll. */
  keep(id: string, record: ResourceRecord | null): void {
    this.#records.set(id, record);
  }

  /** What was measured of a resource. */
  sample(id: string, sample: Sample): void {
    this.#samples.set(id, sample);
  }

  keepMeta(name: string, value: string): void {
    this.#meta[name] = value;
  }

  /** Of texts that are made anew at every round only a change is worth a commit. */
  keepMetaIfChanged(name: string, value: string): void {
    if (this.#known.get(name) === value) return;
    this.#known.set(name, value);
    this.keepMeta(name, value);
  }

  /** An order that was carried out, and need not be given again. */
  done(order: string): void {
    this.#doneOrders.push(order);
  }

  /**
   * Writes all that was gathered and all that changed at the desk. Resolves when it is durable, or known not to be. A store that failed is asked
   * again at once, after a second, then two, and in the end twice a minute; `last` asks it in any case.
   */
  commit(last = false): Promise<void> {
    // Gathered when its turn has come, not now: what an earlier commit could not write must not come after newer versions of itself.
    this.#queue = this.#queue.then(() => this.#flush(last));
    return this.#queue;
  }

  async #flush(last: boolean): Promise<void> {
    if (!last && this.#clock.now().steady < this.#retry.at) {
      this.#entries = this.#bounded(this.#entries);
      return;
    }
    const { incidents, posts, dropped } = this.#desk.drain();
    for (const { id, key, phase, members } of incidents) this.record('incident', id, { key, phase, members: Object.keys(members).length });
    const [resources, samples, ledger, meta, doneOrders] = [this.#records, this.#samples, this.#entries, this.#meta, this.#doneOrders];
    const lists = [ledger, incidents, posts, dropped, doneOrders];
    const size = resources.size + samples.size + Object.keys(meta).length + lists.reduce((sum, { length }) => sum + length, 0);
    if (size === 0) return;
    this.#records = new Map();
    this.#samples = new Map();
    this.#entries = [];
    this.#meta = {};
    this.#doneOrders = [];
    await this.#write({ resources, samples, incidents, posts, dropPosts: dropped, ledger, meta, doneOrders });
  }

  #signed(head: LedgerHead | null): LedgerHead | null {
    const checkpoint = head ? this.#sign?.(head) : undefined;
    return head && checkpoint !== undefined ? { ...head, checkpoint } : head;
  }

  /** What is too much to keep is said to be missing, in its place. */
  #bounded(entries: LedgerEntry[]): LedgerEntry[] {
    if (entries.length <= ENTRIES_KEPT) return entries;
    const [kept, lost] = [entries.slice(1 - ENTRIES_KEPT), entries.slice(0, 1 - ENTRIES_KEPT)];
    const missing = lost.reduce(
      (sum, { kind, body }) => sum + (kind === 'gap' && typeof body['missing'] === 'number' ? body['missing'] : 1),
      0,
    );
    const at = lost[0]?.at ?? this.#clock.now();
    return [{ at, kind: 'gap', about: '@watchdog', body: { missing } }, ...kept];
  }

  async #write(change: Change): Promise<void> {
    try {
      this.#head = this.#signed(await this.#store.commit(change));
      this.#error = null;
      this.#retry = { at: -Infinity, after: 0 };
    } catch (error) {
      const { after } = this.#retry;
      this.#retry = { at: this.#clock.now().steady + after, after: Math.min(Math.max(2 * after, RETRY_MS), RETRY_AT_MOST_MS) };
      this.#error = error instanceof Error ? error.message : String(error);
      this.#log.error('the store cannot write', { error: this.#error });
      for (const [id, record] of change.resources ?? []) if (!this.#records.has(id)) this.#records.set(id, record);
      for (const [id, sample] of change.samples ?? []) if (!this.#samples.has(id)) this.#samples.set(id, sample);
      this.#entries = this.#bounded([...(change.ledger ?? []), ...this.#entries]);
      this.#meta = { ...change.meta, ...this.#meta };
      this.#doneOrders.push(...(change.doneOrders ?? []));
      this.#desk.redo(change);
    }
  }
}
