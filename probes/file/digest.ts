import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode } from './refusal.ts';

const LIMIT = 64 * 1024 * 1024;

/** `sha256:…` of a file's bytes, or in words why it has none. Throws what node:fs throws where it may not be read. */
export function digestOf(path: string): string {
  let fd: number;
  try {
    // Without blocking: a FIFO put in the sentinel's place must not hold the look.
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    if (code === 'ELOOP') return 'a symbolic link';
    throw error;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return 'not a regular file';
    if (stat.size > LIMIT) return 'larger than 64 MiB';
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(256 * 1024);
    for (let position = 0, count = 1; count > 0 && position <= LIMIT; position += count) {
      count = readSync(fd, buffer, 0, buffer.length, position);
      hash.update(buffer.subarray(0, count));
    }
    return `sha256:${hash.digest('hex')}`;
  } finally {
    closeSync(fd);
  }
}
