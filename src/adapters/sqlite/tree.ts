import { hash as digest } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { appendLeaf, leafHash, NO_LEAVES, rootOf, type Edge, type Hash } from '../../core/merkle.ts';

export const sha256: Hash = (bytes) => digest('sha256', bytes, 'buffer');

/** The tree with an entry more, of which these are the bytes. */
export function growTree(edge: Edge, bytes: string): Edge {
  return appendLeaf(sha256, edge, leafHash(sha256, Buffer.from(bytes)));
}

/** The root in base64, as a checkpoint has it. */
export function printRoot(edge: Edge): string {
  return Buffer.from(rootOf(sha256, edge)).toString('base64');
}

/** The tree as it was last written down. */
export function readTree(db: DatabaseSync): Edge {
  const row = db.prepare('SELECT size, subtrees FROM tree').get();
  if (!row) return NO_LEAVES;
  const subtrees = JSON.parse(String(row['subtrees'])) as string[];
  return { size: Number(row['size']), subtrees: subtrees.map((text) => Buffer.from(text, 'base64')) };
}

export function writeTree(db: DatabaseSync, { size, subtrees }: Edge): void {
  const text = JSON.stringify(subtrees.map((subtree) => Buffer.from(subtree).toString('base64')));
  db.prepare('INSERT OR REPLACE INTO tree (id, size, subtrees) VALUES (1, ?, ?)').run(size, text);
}

/** The tree over a ledger that was written before there was one. */
export function growFromLedger(db: DatabaseSync): void {
  let edge = NO_LEAVES;
  for (const row of db.prepare('SELECT bytes FROM ledger ORDER BY seq').iterate()) edge = growTree(edge, String(row['bytes']));
  writeTree(db, edge);
}
