/** What the loop needs of the world, as interfaces only. One adapter file each; fakes enter here and nowhere else. */
import type { Strong, Unaudited } from './core/audit-report.ts';
import type { Incident } from './core/incident.ts';
import type { LedgerEntry, LedgerHead } from './core/chain.ts';
import type { Memory } from './core/memory.ts';
import type { Page } from './core/page.ts';
import type { Instant } from './core/report.ts';
import type { RequestRecord } from './core/request-state.ts';
import type { ResourceState } from './core/state.ts';
import type { Sample, Trend } from './core/trend.ts';

export interface Clock {
  now(): Instant;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** From 0 (included) to 1 (excluded). */
  unit(): number;
  bytes(count: number): Uint8Array;
}

export interface Cron {
  /** The first moment after `after` (ms since 1970, local time zone of the host) that the expression names; undefined where there is none within four years. */
  next(expression: string, after: number): number | undefined;
}

/** What became of one attempt to hand a page over. */
export type Delivery =
  /** The receiver said that it has it. `ref` is the receiver's own name for it, handed back on later messages of the same key. */
  | { readonly kind: 'delivered'; readonly ref: string | null }
  /** Not now: a network error, a timeout, 408, 429, 5xx. `afterMs` where the receiver said when. */
  | { readonly kind: 'retryable'; readonly why: string; readonly afterMs?: number }
  /** Not this way: any other refusal. Tried again rarely (somebody may mend the key), and said out loud. */
  | { readonly kind: 'refused'; readonly why: string };

/** One message to one pager. */
export interface Letter {
  /** Constant over all attempts, restarts included: the receiver's idempotency key. */
  readonly id: string;
  readonly page: Page;
  /** The `ref` of this pager's last receipt under the same dedup key. */
  readonly prior?: string;
}

export interface Pager {
  readonly name: string;
  /** The most messages a minute its vendor takes; the rest wait, the gravest first. Absent where nobody counts. */
  readonly perMinute?: number;
  /** One attempt, bounded by the adapter's own timeout and by `signal`; never throws, never retries by itself, never quotes a secret. */
  deliver(letter: Letter, signal: AbortSignal): Promise<Delivery>;
  /** Where its vendor can be tried without waking anybody: null where a page would be taken, else why not. Throws and quotes as little as `deliver`. */
  verify?(signal: AbortSignal): Promise<string | null>;
  /** Where its vendor can be asked: who acknowledged what was paged under `key` (null: nobody). Rejects where that cannot be told. */
  acknowledgement?(key: string, signal: AbortSignal): Promise<Acknowledgement | null>;
}

/** A person's acknowledgement at a vendor. */
export interface Acknowledgement {
  readonly by: string;
  /** The vendor's time of it: what tells a new one from one that is known. */
  readonly at: string;
}

export interface Heartbeat {
  /** Tells the dead man's switch that a full round ended (`ok`) or why it did not. Never throws; false where it was not heard. */
  beat(ok: boolean, note: string, signal: AbortSignal): Promise<boolean>;
}

/** An address that has nothing to do with what is watched: where it is out of reach too, it is the watcher that is cut off. */
export interface Witness {
  /** `host:port`, for people. */
  readonly address: string;
  /** Whether it can be reached, within a second or two. Never throws. */
  answers(signal: AbortSignal): Promise<boolean>;
}

/** A place elsewhere that takes what is put there and gives nothing of it back. */
export interface Anchor {
  /** For people; holds no secret. */
  readonly name: string;
  /** One attempt, bounded by the adapter's own timeout and by `signal`; null where it was taken, else why not. Never rejects. `at`: now, ms since 1970. */
  put(key: string, body: string, at: number, signal: AbortSignal): Promise<string | null>;
  /**
   * Whether what is put below `prefix` could be deleted with the same credential, found out without anything being deleted. Never rejects: what could not
   * be found out is `unaudited`.
   */
  audit(prefix: string, signal: AbortSignal): Promise<readonly (Strong | Unaudited)[]>;
}

/** What is kept of one resource. */
export interface ResourceRecord {
  readonly state: ResourceState;
  readonly memory: Memory;
}

/** A letter's way to one pager. Letters of one key to one pager leave in order of `seq`. */
export interface Post {
  readonly id: string;
  readonly seq: number;
  readonly key: string;
  readonly incident: string;
  readonly pager: string;
  readonly page: Page;
  readonly attempts: number;
  /** Steady time before which it is not tried again. */
  readonly notBefore: number;
  readonly lastError?: string;
  readonly receipt?: { readonly at: Instant; readonly ref: string | null };
}

export interface Snapshot {
  readonly resources: ReadonlyMap<string, ResourceRecord>;
  readonly incidents: readonly Incident[];
  /** Undelivered posts, and the receipts of incidents still open. */
  readonly posts: readonly Post[];
  readonly meta: Readonly<Record<string, string>>;
  readonly head: LedgerHead | null;
}

/** What was asked for through another process (`rollcall ack`, `rollcall claim`), left in the store for the daemon to take. */
export type Order =
  | {
      readonly id: string;
      readonly kind: 'acknowledge';
      readonly incident: string;
      readonly by: string;
      /** How long it holds, ms. */
      readonly forMs: number;
    }
  | {
      readonly id: string;
      readonly kind: 'claim';
      readonly by: string;
      readonly text: string;
      /** Ids of what it is about. */
      readonly about: readonly string[];
    };

/** All of it or nothing of it. */
export interface Change {
  readonly resources?: ReadonlyMap<string, ResourceRecord | null>;
  readonly incidents?: readonly Incident[];
  readonly posts?: readonly Post[];
  readonly dropPosts?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
  readonly ledger?: readonly LedgerEntry[];
  /** What was measured, by resource: added to what is kept of it, and forgotten with it. */
  readonly samples?: ReadonlyMap<string, Sample>;
  readonly orders?: readonly Order[];
  /** Ids of orders that have been carried out. */
  readonly doneOrders?: readonly string[];
  /**
   * Requests, new ones with revision 1. One that is not the next revision of what the store holds was changed by somebody else meanwhile:
   * the whole change is refused (`isConflict`), and so nothing is done twice, whichever processes are at it.
   */
  readonly requests?: readonly RequestRecord[];
}

/** Which entries may leave the store, and where to. */
export interface ArchiveOrder {
  /** Absolute path. */
  readonly folder: string;
  /** Entries written before this moment, ms since 1970. */
  readonly before: number;
  /** Now: that it was done is an entry itself. */
  readonly at: Instant;
}

/** A block of entries that lies in a file and no more in the store. */
export interface Archived {
  readonly first: number;
  readonly last: number;
  readonly file: string;
  /** The Merkle root over them alone, base64: the subtree that the store keeps in their place. */
  readonly root: string;
}

export interface Store {
  load(): Promise<Snapshot>;
  /** Resolves with the ledger's head once the change would survive a power cut; rejects with nothing changed. */
  commit(change: Change): Promise<LedgerHead | null>;
  /** Ledger entries from `from` (1-based), oldest first. */
  ledger(from: number, limit: number): Promise<readonly (LedgerEntry & { readonly seq: number; readonly hash: string })[]>;
  /** The latest entries about one resource or incident, at most `limit`, oldest first: verdicts, pages, receipts, acknowledgements. */
  story(about: string, limit: number): Promise<readonly (LedgerEntry & { readonly seq: number; readonly hash: string })[]>;
  /** How the measures of a resource moved; empty where nothing is kept. */
  trend(resource: string): Promise<Trend>;
  /** The ledger's last entry, and the root over all; null where it is empty. */
  head(): Promise<LedgerHead | null>;
  /** What shows that the ledger of `newer` entries has grown from that of `older`: hashes of RFC 9162 §2.1.4, base64. */
  consistency(older: number, newer: number): Promise<readonly string[]>;
  /** Moves the oldest entries of the ledger to a file, a block of 1,024 at a time; null where none is old enough. What was moved is still read by `ledger`. */
  archive(order: ArchiveOrder): Promise<Archived | null>;
  /** An incident, open or closed, for as long as it is kept. */
  incident(id: string): Promise<Incident | undefined>;
  /** Incidents, open and closed, the newest first, at most `limit`. */
  history(limit: number): Promise<readonly Incident[]>;
  /** What has been asked for and not carried out, oldest first. */
  orders(): Promise<readonly Order[]>;
  /** Requests, oldest first: all that are open, and the latest of the others. */
  requests(): Promise<readonly RequestRecord[]>;
  /** The revision of each of those, by id, oldest first: what has changed since may be asked for by itself. */
  requestRevisions(): Promise<ReadonlyMap<string, number>>;
  /** One request; undefined where there is none of this id. */
  request(id: string): Promise<RequestRecord | undefined>;
  close(): Promise<void>;
}

export interface Log {
  /** Static message, variable fields: the message is what one searches for. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
