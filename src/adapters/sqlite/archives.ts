import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { GENESIS } from '../../core/chain.ts';
import { leafHash, treeRoot, type Edge } from '../../core/merkle.ts';
import type { ArchiveOrder, Archived } from '../../ports.ts';
import { readArchive, writeArchive, type RawEntry } from './archive-file.ts';
import { BLOCK } from './block-size.ts';
import { decodeEntry } from './codec.ts';
import { storeError } from './error.ts';
import { transaction } from './transaction.ts';
import { sha256 } from './tree.ts';

/** What a store keeps of the entries that lie in archives: how many, the hash of the last, the tree over them. */
export interface Frozen {
  readonly seq: number;
  readonly hash: string;
  readonly tree: Edge;
}

/** How many entries from the first on lie in archives; those after them are rows. */
export function archivedThrough(db: DatabaseSync): number {
  return Number(db.prepare('SELECT coalesce(max(last), 0) AS last FROM archive').get()?.['last']);
}

/** The hash of the last entry that lies in an archive, as the store kept it. */
export function archivedHash(db: DatabaseSync): string {
  return String(db.prepare('SELECT hash FROM archive ORDER BY last DESC LIMIT 1').get()?.['hash'] ?? GENESIS);
}

/**
 * Moves the oldest block of rows to a file, where all of it is older than `before`, and cuts the rows once the file is durable: a crash leaves both or the file
 * alone, never neither. `note` writes down that it was done, in the same transaction.
 */
export function archiveBlock(db: DatabaseSync, { folder, before, at }: ArchiveOrder, note: (done: Archived) => void): Archived | null {
  const start = archivedThrough(db);
  const last = start + BLOCK;
  // The entry after the block as well: there is always a last row, from which the ledger goes on.
  const rows = db.prepare('SELECT seq, bytes, hash FROM ledger WHERE seq > ? AND seq <= ? ORDER BY seq').all(start, last + 1);
  const entries = rows
    .slice(0, BLOCK)
    .map((row): RawEntry => ({ seq: Number(row['seq']), bytes: String(row['bytes']), hash: String(row['hash']) }));
  const newest = entries.at(-1);
  if (rows.length <= BLOCK || newest?.seq !== last || writtenAt(db, entries, at.wall) >= before) return null;
  const file = join(folder, archiveName(start + 1, last));
  const root = db.prepare('SELECT root FROM block WHERE last = ?').get(last)?.['root'];
  if (root !== rootOver(entries))
    throw storeError('corrupt', `the entries from ${start + 1} to ${last} are not as they were written (rollcall ledger verify)`);
  const done: Archived = { first: start + 1, last, file, root };
  writeArchive(file, entries);
  transaction(db, 'IMMEDIATE', () => {
    db.prepare('INSERT INTO archive (last, hash, file) VALUES (?, ?, ?)').run(last, newest.hash, file);
    db.prepare('DELETE FROM ledger WHERE seq <= ?').run(last);
    db.prepare('DELETE FROM story WHERE seq <= ?').run(last);
    note(done);
  });
  return done;
}

/** How many later entries are asked when a block was written whose own dates say nothing. */
const ASKED_MOST = 8 * BLOCK;

/**
 * When the last of a block was written, ms since 1970: what it says, unless that is yet to come. Then a clock was set wrong; its neighbours, which were written
 * before it, or the next after it, know better. One such entry would keep all that follow in the store until its day comes.
 */
function writtenAt(db: DatabaseSync, block: readonly RawEntry[], now: number): number {
  const wallOf = ({ seq, bytes, hash }: RawEntry): number => decodeEntry(seq, bytes, hash).at.wall;
  const last = block.at(-1);
  const said = last ? wallOf(last) : Number.POSITIVE_INFINITY;
  if (said <= now) return said;
  const known = block.map(wallOf).filter((wall) => wall <= now);
  if (known.length > 0) return Math.max(...known);
  const later = db.prepare('SELECT seq, bytes, hash FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?').iterate(last?.seq ?? 0, ASKED_MOST);
  for (const row of later) {
    const wall = wallOf({ seq: Number(row['seq']), bytes: String(row['bytes']), hash: String(row['hash']) });
    if (wall <= now) return wall;
  }
  return said;
}

/** The archived entries from `from` on, to the end of its block. `folder`: where archives lie now, where they were moved. */
export function readArchived(db: DatabaseSync, from: number, folder: string | undefined): RawEntry[] {
  const start = Math.floor((from - 1) / BLOCK) * BLOCK;
  const name = archiveName(start + 1, start + BLOCK);
  const written = join(dirname(String(db.prepare('SELECT file FROM archive WHERE last = ?').get(start + BLOCK)?.['file'] ?? '')), name);
  const moved = folder === undefined ? undefined : join(folder, name);
  const file = moved !== undefined && existsSync(moved) ? moved : written;
  const entries = readArchive(file, start);
  if (entries.length !== BLOCK)
    throw storeError('archive', `the archive ${file} holds ${entries.length} entries, and not those from ${start + 1} to ${start + BLOCK}`);
  return entries.slice(from - start - 1);
}

function archiveName(first: number, last: number): string {
  return `ledger-${[first, last].map((seq) => String(seq).padStart(12, '0')).join('-')}.gz`;
}

/** The Merkle root over these entries alone, base64. */
export function rootOver(entries: readonly Pick<RawEntry, 'bytes'>[]): string {
  return Buffer.from(
    treeRoot(
      sha256,
      entries.map(({ bytes }) => leafHash(sha256, Buffer.from(bytes))),
    ),
  ).toString('base64');
}
