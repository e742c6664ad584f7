import type { DatabaseSync } from 'node:sqlite';
import type { LedgerKind } from '../../core/chain.ts';
import { decodeEntry, type ChainedEntry } from './codec.ts';

/** The entries that tell the story of a resource or an incident. */
const TOLD: ReadonlySet<LedgerKind> = new Set(['verdict', 'incident', 'page', 'receipt', 'acknowledged', 'pinned', 'retired', 'window']);
const PUT = 'INSERT OR IGNORE INTO story (about, seq) VALUES (?, ?)';

/** Remembers whose story an entry belongs to, where it belongs to one. */
export function storyKeeper(db: DatabaseSync): (seq: number, entry: { readonly kind: LedgerKind; readonly about: string }) => void {
  const put = db.prepare(PUT);
  return (seq, { kind, about }) => {
    if (TOLD.has(kind)) put.run(about, seq);
  };
}

/** The stories in a ledger that was written before any were kept. What cannot be read belongs to none: that is for `ledger verify` to say. */
export function keepStories(db: DatabaseSync): void {
  const keep = storyKeeper(db);
  for (const row of db.prepare('SELECT seq, bytes, hash FROM ledger ORDER BY seq').iterate()) {
    const entry = decodeTolerant(Number(row['seq']), String(row['bytes']), String(row['hash']));
    if (entry) keep(entry.seq, entry);
  }
}

/** The latest entries about one resource or incident, oldest first; but those that cannot be read. */
export function readStory(db: DatabaseSync, about: string, limit: number): ChainedEntry[] {
  const sql = `SELECT seq, bytes, hash FROM ledger WHERE seq IN (SELECT seq FROM story WHERE about = ? ORDER BY seq DESC LIMIT ?) ORDER BY seq`;
  const rows = db.prepare(sql).all(about, limit);
  return rows.flatMap((row) => decodeTolerant(Number(row['seq']), String(row['bytes']), String(row['hash'])) ?? []);
}

function decodeTolerant(seq: number, bytes: string, hash: string): ChainedEntry | undefined {
  try {
    return decodeEntry(seq, bytes, hash);
  } catch {
    return undefined;
  }
}
