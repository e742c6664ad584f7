import type { Instant } from './report.ts';

/** What the ledger records. */
export type LedgerKind =
  | 'start'
  | 'stop'
  | 'reload'
  | 'pinned'
  | 'verdict'
  | 'incident'
  | 'page'
  | 'receipt'
  | 'retired'
  | 'trouble'
  | 'acknowledged'
  | 'gap'
  | 'approval'
  | 'refusal'
  | 'claim'
  | 'request'
  | 'grant'
  | 'window'
  | 'audit'
  | 'archived'
  | 'rounds';

export interface LedgerEntry {
  readonly at: Instant;
  readonly kind: LedgerKind;
  /** A resource id, an incident id or `@watchdog`. */
  readonly about: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * The last entry, and all before it. `hash` is the entry's own, which holds that of the one before it; `root` is the Merkle root over the
 * bytes of all entries (base64; absent where no tree is kept). `checkpoint` is that root as the watcher signed it (C2SP tlog-checkpoint).
 */
export interface LedgerHead {
  readonly seq: number;
  readonly hash: string;
  readonly root?: string;
  readonly checkpoint?: string;
}

/**
 * The bytes an entry's hash is taken over: sequence number, the previous entry's hash and the entry, as JSON with a fixed field order.
 * `hash = SHA-256(entryBytes)` in hexadecimal; the first entry's `previous` is 64 zeros.
 */
export function entryBytes(seq: number, previous: string, entry: LedgerEntry): string {
  return JSON.stringify([seq, previous, entry.at.wall, entry.at.steady, entry.kind, entry.about, entry.body]);
}

export const GENESIS = '0'.repeat(64);
