import type { DatabaseSync } from 'node:sqlite';
import { consistencyProof, leafHash, rangeRoots, treeRoot, type Edge, type RangeRoot } from '../../core/merkle.ts';
import { archivedHash, archivedThrough, readArchived, rootOver, type Frozen } from './archives.ts';
import { BLOCK } from './block-size.ts';
import { storeError } from './error.ts';
import { transaction } from './transaction.ts';
import { sha256 } from './tree.ts';

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

/**
 * What shows that the tree of the first `older` entries is the beginning of that of the first `newer`; base64, RFC 9162 §2.1.4. An archive is read only where
 * `older` lies within it. `archives`: where they lie now.
 */
export function readConsistency(db: DatabaseSync, older: number, newer: number, archives?: string): string[] {
  return transaction(db, 'DEFERRED', () => {
    const leaves = (start: number, end: number): Uint8Array[] =>
      end > archivedThrough(db) ? readLeaves(db, start, end) : readArchivedLeaves(db, start, end, archives);
    return consistencyProof(rootsOf(db, leaves), older, newer).map((hash) => Buffer.from(hash).toString('base64'));
  });
}

/** What is left here of the entries that lie in archives: enough to go on from without them. */
export function readFrozen(db: DatabaseSync): Frozen {
  return transaction(db, 'DEFERRED', () => {
    const seq = archivedThrough(db);
    const rangeRoot = rootsOf(db, (_, end) => {
      throw storeError('corrupt', `the root of the block that ends with entry ${end} is missing`);
    });
    return { seq, hash: archivedHash(db), tree: edgeOf(seq, rangeRoot) };
  });
}

function rootsOf(db: DatabaseSync, leaves: (start: number, end: number) => Uint8Array[]): RangeRoot {
  const block = db.prepare('SELECT root FROM block WHERE last = ?');
  return rangeRoots(sha256, (start, end) => {
    if (end - start > BLOCK) return undefined;
    const row = end - start === BLOCK ? block.get(end) : undefined;
    return row ? Buffer.from(String(row['root']), 'base64') : treeRoot(sha256, leaves(start, end));
  });
}

/** The complete subtrees of a tree of whole blocks, the largest first. */
function edgeOf(size: number, rangeRoot: RangeRoot): Edge {
  const subtrees: Uint8Array[] = [];
  for (let start = 0; start < size;) {
    let width = BLOCK;
    while (start + width * 2 <= size) width *= 2;
    subtrees.push(rangeRoot(start, start + width));
    start += width;
  }
  return { size, subtrees };
}

/** @throws StoreError `corrupt` where an entry is missing. */
function readLeaves(db: DatabaseSync, start: number, end: number): Uint8Array[] {
  const rows = db.prepare('SELECT bytes FROM ledger WHERE seq > ? AND seq <= ? ORDER BY seq').all(start, end);
  if (rows.length !== end - start) throw storeError('corrupt', `the ledger lacks entries between ${start + 1} and ${end}`);
  return rows.map((row) => leafHash(sha256, Buffer.from(String(row['bytes']))));
}

/** Of entries within one archive, which is held against the root that the store kept of it. */
function readArchivedLeaves(db: DatabaseSync, start: number, end: number, archives: string | undefined): Uint8Array[] {
  const first = start - (start % BLOCK);
  const entries = readArchived(db, first + 1, archives);
  if (rootOver(entries) !== db.prepare('SELECT root FROM block WHERE last = ?').get(first + BLOCK)?.['root'])
    throw storeError(
      'archive',
      `the archive of the entries from ${first + 1} to ${first + BLOCK} does not hold what was cut from the store`,
    );
  return entries.slice(start - first, end - first).map(({ bytes }) => leafHash(sha256, Buffer.from(bytes)));
}
