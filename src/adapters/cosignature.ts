import { sign, verify, type KeyObject } from 'node:crypto';
import type { SignedCheckpoint } from './checkpoint.ts';
import { COSIGNATURE, keyId, parseKey } from './note-key.ts';

const TIME_BYTES = 8;

/**
 * A witness's line under a checkpoint (c2sp.org/tlog-cosignature, Ed25519): as of `seconds` since 1970 this is the largest head of that log
 * it has seen, and it has grown from all those before.
 */
export function cosign({ text }: Pick<SignedCheckpoint, 'text'>, name: string, key: KeyObject, seconds: number): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = sign(null, message(text, BigInt(seconds)), key);
  return `\u2014 ${name} ${Buffer.concat([keyId(name, key, COSIGNATURE), time, signature]).toString('base64')}`;
}

/** When the witness of this key line cosigned the checkpoint, seconds since 1970; undefined where it did not. */
export function cosignedAt(checkpoint: Pick<SignedCheckpoint, 'text' | 'signatures'>, line: string): number | undefined {
  const key = parseKey(line, COSIGNATURE);
  if (!key) return undefined;
  for (const { name, id, bytes } of checkpoint.signatures) {
    if (name !== key.name || id !== key.id || bytes.length <= TIME_BYTES) continue;
    const time = Buffer.from(bytes).readBigUInt64BE();
    if (verify(null, message(checkpoint.text, time), key.public, bytes.subarray(TIME_BYTES))) return Number(time);
  }
  return undefined;
}

function message(text: string, time: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
}
