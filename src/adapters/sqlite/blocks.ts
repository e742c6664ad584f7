import type { DatabaseSync } from 'node:sqlite';
import { consistencyProof, leafHash, rangeRoots, treeRoot } from '../../core/merkle.ts';
import { storeError } from './error.ts';
import { sha256 } from './tree.ts';

/** So many entries make a block, whose root is kept: a proof over a million entries then reads two blocks and not all. A power of two. */
export const BLOCK = 1024;

/** Keeps the root of the block that ends with this entry, where one does. */
export function keepBlock(db: DatabaseSync, seq: number): void {
  if (seq === 0 || seq % BLOCK !== 0) return;
  const root = Buffer.from(treeRoot(sha256, readLeaves(db, seq - BLOCK, seq))).toString('base64');
  db.prepare('INSERT OR REPLACE INTO block (last, root) VALUES (?, ?)').run(seq, root);
}

/** The blocks of a ledger that was written before there were any. */
export function keepBlocks(db: DatabaseSync): void {
  const row = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM ledger').get();
  for (let seq = BLOCK; seq <= Number(row?.['seq']); seq += BLOCK) keepBlock(db, seq);
}

/** What shows that the tree of the first `older` entries is the beginning of that of the first `newer`; base64, RFC 9162 §2.1.4. */
export function readConsistency(db: DatabaseSync, older: number, newer: number): string[] {
  const block = db.prepare('SELECT root FROM block WHERE last = ?');
  const rangeRoot = rangeRoots(sha256, (start, end) => {
    if (end - start > BLOCK) return undefined;
    const row = end - start === BLOCK ? block.get(end) : undefined;
    return row ? Buffer.from(String(row['root']), 'base64') : treeRoot(sha256, readLeaves(db, start, end));
  });
  return consistencyProof(rangeRoot, older, newer).map((hash) => Buffer.from(hash).toString('base64'));
}

/** @throws StoreError `corrupt` where an entry is missing. */
function readLeaves(db: DatabaseSync, start: number, end: number): Uint8Array[] {
  const rows = db.prepare('SELECT bytes FROM ledger WHERE seq > ? AND seq <= ? ORDER BY seq').all(start, end);
  if (rows.length !== end - start) throw storeError('corrupt', `the ledger lacks entries between ${start + 1} and ${end}`);
  return rows.map((row) => leafHash(sha256, Buffer.from(String(row['bytes']))));
}
