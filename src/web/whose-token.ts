import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../values/secret.ts';

/** Whose bearer token it is; undefined where it is nobody's. Every token is compared, in constant time, by digests of one length. */
export function whoseToken(header: string | undefined, tokens: ReadonlyMap<string, Secret>): string | undefined {
  const given = digest(header ?? '');
  let found: string | undefined;
  for (const [name, token] of tokens) if (timingSafeEqual(given, digest(`Bearer ${token.reveal()}`))) found = name;
  return found;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
