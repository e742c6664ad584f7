import { createHash, createPublicKey, type KeyObject, type webcrypto } from 'node:crypto';
import { FormatError, WireReader, wireNumber, wireString } from './wire.ts';

export type KeyType =
  | 'ssh-ed25519'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'ssh-rsa'
  | 'sk-ssh-ed25519@openssh.com'
  | 'sk-ecdsa-sha2-nistp256@openssh.com';

/** A public key of SSH. */
export interface SshKey {
  readonly type: KeyType;
  /** The one spelling of the key: two keys are one where their blobs are equal. */
  readonly blob: Buffer;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly material: KeyObject;
  /** Of a security key: the relying party it signs for. */
  readonly application?: string;
}

export interface Curve {
  readonly type: KeyType;
  readonly name: string;
  readonly jwk: string;
  readonly hash: string;
  /** Bytes of one coordinate. */
  readonly size: number;
}

const CURVES: readonly Curve[] = [
  { type: 'ecdsa-sha2-nistp256', name: 'nistp256', jwk: 'P-256', hash: 'sha256', size: 32 },
  { type: 'ecdsa-sha2-nistp384', name: 'nistp384', jwk: 'P-384', hash: 'sha384', size: 48 },
  { type: 'ecdsa-sha2-nistp521', name: 'nistp521', jwk: 'P-521', hash: 'sha512', size: 66 },
  { type: 'sk-ecdsa-sha2-nistp256@openssh.com', name: 'nistp256', jwk: 'P-256', hash: 'sha256', size: 32 },
];
const KEY_TYPES: readonly KeyType[] = ['ssh-ed25519', 'sk-ssh-ed25519@openssh.com', 'ssh-rsa', ...CURVES.map(({ type }) => type)];
/** OpenSSH refuses shorter ones (SSH_RSA_MINIMUM_MODULUS_SIZE). */
const SHORTEST_RSA_BITS = 1024;
const ED25519_BYTES = 32;
const UNCOMPRESSED = 4;

/** The curve of an ECDSA key; undefined for other keys. */
export const curveOf = (type: KeyType): Curve | undefined => CURVES.find((curve) => curve.type === type);

/** A key's type by its full name; undefined for what this watcher does not know. */
export const keyTypeOf = (name: string): KeyType | undefined => KEY_TYPES.find((type) => type === name);

/** A public key blob (RFC 4253 §6.6, RFC 5656, RFC 8709, PROTOCOL.u2f), whole; throws `FormatError`. */
export function readKey(blob: Uint8Array): SshKey {
  const reader = new WireReader(blob);
  const type = keyTypeOf(reader.text());
  if (!type) throw new FormatError('has a key of a type that is not known here');
  const key = readKeyBody(type, reader);
  reader.end();
  return key;
}

/** What stands in a key's blob after its type, and after the nonce of a certificate. */
export function readKeyBody(type: KeyType, reader: WireReader): SshKey {
  const { parts, jwk } = readMaterial(type, reader);
  const sk = type.startsWith('sk-') ? { application: reader.text() } : {};
  const blob = Buffer.concat([wireString(type), ...parts, ...(sk.application === undefined ? [] : [wireString(sk.application)])]);
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  return { type, blob, fingerprint, material: importKey(jwk), ...sk };
}

/** The fingerprint of an Ed25519 key by its 32 bytes. */
export function fingerprintOf(ed25519: Uint8Array): string {
  return readKey(Buffer.concat([wireString('ssh-ed25519'), wireString(Buffer.from(ed25519))])).fingerprint;
}

function readMaterial(type: KeyType, reader: WireReader): { readonly parts: readonly Buffer[]; readonly jwk: webcrypto.JsonWebKey } {
  const curve = curveOf(type);
  if (curve) {
    if (reader.text() !== curve.name) throw new FormatError('has a key whose curve is not the one its type names');
    const point = reader.string();
    if (point[0] !== UNCOMPRESSED || point.length !== 1 + 2 * curve.size) throw new FormatError('has a key that is no point of its curve');
    const [x, y] = [point.subarray(1, 1 + curve.size), point.subarray(1 + curve.size)];
    return { parts: [wireString(curve.name), wireString(point)], jwk: { kty: 'EC', crv: curve.jwk, x: url(x), y: url(y) } };
  }
  if (type === 'ssh-rsa') {
    const [e, n] = [reader.number(), reader.number()];
    if (bitsOf(n) < SHORTEST_RSA_BITS) throw new FormatError(`has an RSA key of less than ${SHORTEST_RSA_BITS} bits`);
    return { parts: [wireNumber(e), wireNumber(n)], jwk: { kty: 'RSA', e: url(e), n: url(n) } };
  }
  const x = reader.string();
  if (x.length !== ED25519_BYTES) throw new FormatError('has an Ed25519 key of a wrong length');
  return { parts: [wireString(x)], jwk: { kty: 'OKP', crv: 'Ed25519', x: url(x) } };
}

/** Node checks that a point lies on its curve; what it refuses is no key. */
function importKey(jwk: webcrypto.JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new FormatError('has a key that is none');
  }
}

function bitsOf(number: Buffer): number {
  const [first = 0] = number;
  return number.length === 0 ? 0 : 8 * number.length - (Math.clz32(first) - 24);
}

const url = (bytes: Buffer): string => bytes.toString('base64url');
