import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readPlainFileSync, UnfitFile } from '../../plain-file.ts';
import { storeError } from './error.ts';

/** An entry as the ledger has it: its number, the bytes that were hashed, and their SHA-256 in hexadecimal. */
export interface RawEntry {
  readonly seq: number;
  readonly bytes: string;
  readonly hash: string;
}

/** A block of entries takes some hundred KiB; what unpacks to more than this was not written here. */
const LARGEST = 256 * 1024 * 1024;

/**
 * Writes entries as lines of `HASH BYTES`, packed by gzip, so that `zcat` and `sha256sum` alone can check them. The file is durable and read back before this
 * returns. One of the same content that is there (a crash came between writing and cutting) is left as it is.
 * @throws StoreError `archive` where something else lies there; an error of the file system.
 */
export function writeArchive(path: string, entries: readonly RawEntry[]): void {
  const text = entries.map(({ hash: own, bytes }) => `${own} ${bytes}\n`).join('');
  const there = readIfThere(path);
  if (there !== undefined && unpack(there, path) !== text)
    throw storeError(
      'archive',
      `${path} is there and holds something else: it is of another watcher, which needs a folder of its own, or of a state that was put back to an older one; move it away`,
    );
  if (there === undefined) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Under another name first: what bears the name is whole.
    const draft = `${path}.part`;
    rmSync(draft, { force: true });
    durably(draft, 'wx', (file) => {
      const packed = gzipSync(text);
      for (let written = 0; written < packed.length;) written += writeSync(file, packed, written);
    });
    renameSync(draft, path);
  }
  durably(dirname(path), 'r', () => {});
  const written = readIfThere(path);
  if (!written || unpack(written, path) !== text) throw storeError('archive', `${path} does not hold what was written to it`);
}

/**
 * The entries of an archive that begins after entry `start`, as they are there: whether each is what its hash was taken over is not looked at.
 * @throws StoreError `archive` where it is not there, cannot be read, or is no archive.
 */
export function readArchive(path: string, start: number): RawEntry[] {
  const packed = readIfThere(path);
  if (!packed) throw storeError('archive', `the archive ${path} is missing`);
  const lines = unpack(packed, path).split('\n');
  if (lines.pop() !== '') throw storeError('archive', `the archive ${path} ends within a line`);
  return lines.map((line, place) => ({ seq: start + place + 1, hash: line.slice(0, 64), bytes: line.slice(65) }));
}

function unpack(packed: Uint8Array, path: string): string {
  try {
    return gunzipSync(packed, { maxOutputLength: LARGEST }).toString('utf8');
  } catch (error) {
    throw storeError('archive', `the archive ${path} cannot be unpacked`, error);
  }
}

/** Its name comes from the store, which somebody may have written: what is no plain file, or too large, is not read. */
function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readPlainFileSync(path, LARGEST);
  } catch (error) {
    if (error instanceof UnfitFile) throw storeError('archive', `${path} is no archive`, error);
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

function durably(path: string, flags: 'r' | 'wx', write: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    write(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
