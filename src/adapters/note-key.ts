import { createPublicKey, hash, type KeyObject } from 'node:crypto';

/** Kinds of signature, as c2sp.org/signed-note numbers them: over the note itself, and over note and time by a witness (c2sp.org/tlog-cosignature). */
export const ED25519 = 1;
export const COSIGNATURE = 4;
export type KeyKind = typeof ED25519 | typeof COSIGNATURE;

/** Of a SHA-256 hash, and of a public key. */
export const ROOT_BYTES = 32;
export const ID_BYTES = 4;

export interface NoteKey {
  readonly name: string;
  /** Hexadecimal. */
  readonly id: string;
  readonly public: KeyObject;
}

/** The public half of a key in a line, to be given to those who verify: `name+id+base64` (c2sp.org/signed-note, verifier keys). */
export function printKey(name: string, key: KeyObject, kind: KeyKind): string {
  const encoded = Buffer.concat([Buffer.from([kind]), rawPublic(key)]).toString('base64');
  return `${name}+${keyId(name, key, kind).toString('hex')}+${encoded}`;
}

/** Undefined for what is no such line, or one of another kind. */
export function parseKey(line: string, kind: KeyKind): NoteKey | undefined {
  const [, name = '', id = '', base64 = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(line.trim()) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== ROOT_BYTES + 1 || bytes[0] !== kind) return undefined;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url', 1) }, format: 'jwk' });
  // The id is derived from name and key: one that is not was changed by somebody.
  return keyId(name, key, kind).toString('hex') === id ? { name, id, public: key } : undefined;
}

/** The name in a key line: of a log it is its origin. */
export function nameInKey(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf('+')));
}

/** The first four bytes of SHA-256 over name, newline, kind and key. */
export function keyId(name: string, key: KeyObject, kind: KeyKind): Buffer {
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([kind]), rawPublic(key)]);
  return hash('sha256', named, 'buffer').subarray(0, ID_BYTES);
}

/** The 32 bytes of an Ed25519 key's public half. */
export function rawPublic(key: KeyObject): Buffer {
  const { x = '' } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url');
}
