import { Cursor, Cut } from './cursor.ts';

/** Reads up to `length` bytes from `at`; fewer at the end of the file. */
export type ReadAt = (at: number, length: number) => Buffer;

const CUSTOM = 1;
const HEADER = 11;
/** A table of contents longer than this is not read. */
const CONTENTS_LIMIT = 16 * 1024 * 1024;
/** Most pieces of data that are walked: enough for the last table of a dump, and for all of a small one. */
const WALK_LIMIT = 50_000;
const OFFSET_KNOWN = 2;

/** Thrown once more has been walked than one look may. */
class Enough extends Error {}

/**
 * What is wrong with an archive of `pg_dump -Fc`, by its header and by following its last data block to the end of the file; undefined
 * where nothing is, or where that cannot be told. The layout is that of src/bin/pg_dump/pg_backup_archiver.c and pg_backup_custom.c,
 * versions 1.14 to 1.16 (PostgreSQL 12 to 18); of others only the header is judged.
 */
export function archiveDamage(read: ReadAt, size: number): string | undefined {
  if (size <= HEADER) return 'a custom-format header and nothing else';
  const header = read(0, HEADER);
  const [major, minor, intSize, offsetSize, format] = [header[5] ?? 0, header[6] ?? 0, header[8] ?? 0, header[9] ?? 0, header[10]];
  if (major !== 1 || minor < 10) return `a custom-format header of the unknown version ${major}.${minor}`;
  if (intSize < 2 || intSize > 6 || offsetSize < 4 || offsetSize > 8) return 'a broken custom-format header';
  if (format !== CUSTOM) return 'a custom-format header of another format';
  if (minor < 14 || minor > 16) return undefined;
  const cursor = new Cursor(read, HEADER, intSize, Math.min(size, CONTENTS_LIMIT));
  try {
    const { some, last } = readContents(cursor, minor, offsetSize);
    // Without offsets (a dump written into a pipe) the data begin right behind the table of contents.
    const from = last ?? cursor.at;
    if (some && from >= size) throw new Cut();
    return walkData(new Cursor(read, from, intSize, size), size);
  } catch (error) {
    if (error instanceof Enough) return undefined;
    if (!(error instanceof Cut)) throw error;
    return cursor.at >= CONTENTS_LIMIT ? undefined : 'a custom archive that ends too early';
  }
}

/** Reads the table of contents to its end: whether there are data at all, and where the last block begins, as far as it says so. */
function readContents(cursor: Cursor, minor: number, offsetSize: number): { readonly some: boolean; readonly last: number | undefined } {
  if (minor >= 15) cursor.skip(1);
  else cursor.int();
  for (let i = 0; i < 7; i++) cursor.int();
  for (let i = 0; i < 3; i++) cursor.text();
  let some = false;
  let last: number | undefined;
  for (let entries = cursor.int(); entries > 0; entries--) {
    // Dump id, whether it has data; table oid, oid, tag, description; section; definition, drop, copy, namespace, tablespace, access method.
    cursor.int();
    if (cursor.int() !== 0) some = true;
    for (let i = 0; i < 4; i++) cursor.text();
    cursor.int();
    for (let i = 0; i < 6; i++) cursor.text();
    if (minor >= 16) cursor.int();
    // Owner, an old flag, then what it depends on, up to a text that is none.
    for (let i = 0; i < 2; i++) cursor.text();
    while (cursor.text()) continue;
    const state = cursor.byte();
    const offset = cursor.number(offsetSize);
    if (state === OFFSET_KNOWN) last = Math.max(last ?? 0, offset);
  }
  return { some, last };
}

/** Follows data blocks from one to the next; throws `Cut` where one reaches past the end of the file, `Enough` after `WALK_LIMIT` pieces. */
function walkData(cursor: Cursor, size: number): string | undefined {
  const budget = { left: WALK_LIMIT };
  while (cursor.at < size) {
    const type = cursor.byte();
    if (type !== 1 && type !== 3) return 'a broken data block';
    cursor.int();
    if (type === 1) passPieces(cursor, budget);
    // Large objects: each with its own pieces, up to an oid of zero.
    else while (cursor.int() !== 0) passPieces(cursor, budget);
  }
  return undefined;
}

/** Passes pieces of data, each with its length before it, up to one without length. */
function passPieces(cursor: Cursor, budget: { left: number }): void {
  for (let length = cursor.int(); length !== 0; length = cursor.int()) {
    cursor.skip(length);
    budget.left--;
    if (budget.left === 0) throw new Enough();
  }
}
