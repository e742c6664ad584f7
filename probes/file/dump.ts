import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { archiveDamage, type ReadAt } from './archive.ts';
import { errorCode } from './refusal.ts';

const HEAD = 512;
const TAIL = 4096;
const GZIP_LIMIT = 8 * 1024 * 1024;
const UNPACKED_LIMIT = 64 * 1024 * 1024;

/** What a backup file's own bytes say of it. No `damage` on an `unknown` format means only that nothing can be told. */
export interface Dump {
  readonly format: 'plain' | 'custom' | 'gzip' | 'unknown';
  readonly damage?: string;
  /** True where its size changed while it was read. */
  readonly growing: boolean;
}

/** Reads head and end of a backup file. Throws what node:fs throws. */
export function examineDump(path: string): Dump {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const before = fstatSync(fd);
    const verdict =
      before.size === 0
        ? ({ format: 'unknown', damage: 'no bytes' } as const)
        : judgeBytes((at, length) => readAt(fd, at, length), before.size);
    const after = fstatSync(fd);
    return { ...verdict, growing: after.size !== before.size || after.mtimeMs !== before.mtimeMs };
  } finally {
    closeSync(fd);
  }
}

function judgeBytes(read: ReadAt, size: number): Omit<Dump, 'growing'> {
  const head = read(0, HEAD);
  if (head.toString('latin1', 0, 5) === 'PGDMP') return found('custom', archiveDamage(read, size));
  if (head[0] === 0x1f && head[1] === 0x8b) return judgeGzip(read, size);
  return judgePlain(head, read(Math.max(0, size - TAIL), TAIL)) ?? { format: 'unknown' };
}

function judgePlain(head: Buffer, tail: Buffer): Omit<Dump, 'growing'> | undefined {
  const start = /^-- PostgreSQL database (cluster )?dump\r?$/m.exec(head.toString('latin1'));
  if (!start) return undefined;
  const scope = start[1] ?? '';
  // After the closing line come blank comments, and since the releases of August 2025 an \unrestrict line with a token.
  const end = new RegExp(String.raw`^-- PostgreSQL database ${scope}dump complete\r?\n(?:(?:--)?\r?\n|\\unrestrict \S+\r?\n)*(?![^])`, 'm');
  return found('plain', end.test(tail.toString('latin1')) ? undefined : 'no closing line of pg_dump');
}

function judgeGzip(read: ReadAt, size: number): Omit<Dump, 'growing'> {
  if (size < 20) return found('gzip', 'a gzip header and nothing else');
  // Only unpacking shows a cut; beyond these bounds that would be a load of its own.
  if (size > GZIP_LIMIT) return { format: 'unknown' };
  let inside: Buffer;
  try {
    inside = gunzipSync(read(0, size), { maxOutputLength: UNPACKED_LIMIT });
  } catch (error) {
    return errorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? { format: 'unknown' } : found('gzip', 'a broken gzip stream');
  }
  if (inside.length === 0) return found('gzip', 'no bytes when unpacked');
  const plain = judgePlain(inside.subarray(0, HEAD), inside.subarray(-TAIL));
  return found('gzip', plain?.damage);
}

function found(format: Dump['format'], damage: string | undefined): Omit<Dump, 'growing'> {
  return damage === undefined ? { format } : { format, damage };
}

function readAt(fd: number, at: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, at + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
