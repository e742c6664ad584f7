import { createHash } from 'node:crypto';

/** The dedup key itself, or where it is too long its beginning and a digest of the whole, so that trigger and resolve still agree. */
export function boundedKey(key: string, max: number): string {
  if (key.length <= max) return key;
  const digest = createHash('sha256').update(key).digest('hex');
  return `${key.slice(0, max - digest.length - 1).toWellFormed()}/${digest}`;
}
