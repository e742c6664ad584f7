import { createHash, verify } from 'node:crypto';
import { curveOf, type SshKey } from './ssh-key.ts';
import { FormatError, WireReader } from './wire.ts';

/** What a security key said of the moment of signing (PROTOCOL.u2f). */
export interface Touch {
  /** Somebody touched it. */
  readonly present: boolean;
  /** Somebody proved by PIN or fingerprint to be its owner. */
  readonly verified: boolean;
  /** Counts up with every signature of the key, where it counts at all. */
  readonly counter: number;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ED25519_SIGNATURE_BYTES = 64;
/** SHA-1 (`ssh-rsa`) is not among them: PROTOCOL.sshsig forbids it. */
const RSA_HASHES: ReadonlyMap<string, string> = new Map([
  ['rsa-sha2-256', 'sha256'],
  ['rsa-sha2-512', 'sha512'],
]);

/**
 * Whether a signature blob is the key's signature over `data`. Throws `FormatError` where the blob is malformed or of an algorithm that
 * is not the key's. The security key's flags come back as they are: what they must say is the caller's to demand.
 */
export function verifyBlob(key: SshKey, blob: Uint8Array, data: Uint8Array): { readonly ok: boolean; readonly touch?: Touch } {
  const reader = new WireReader(blob);
  const algorithm = reader.text();
  const signature = reader.string();
  if (key.application !== undefined) return verifyTouched(key, key.application, { algorithm, signature, reader, data });
  reader.end();
  if (key.type === 'ssh-rsa') return { ok: verifyRsa(key, algorithm, signature, data) };
  checkAlgorithm(algorithm, key.type);
  return { ok: verifyPlain(key, signature, data) };
}

interface Parts {
  readonly algorithm: string;
  readonly signature: Buffer;
  readonly reader: WireReader;
  readonly data: Uint8Array;
}

/** A security key signs SHA256(application), flags, counter, SHA256(data). */
function verifyTouched(key: SshKey, application: string, { algorithm, signature, reader, data }: Parts): ReturnType<typeof verifyBlob> {
  checkAlgorithm(algorithm, key.type);
  const said = reader.take(5);
  reader.end();
  const flags = said.readUInt8();
  const touch = { present: (flags & USER_PRESENT) !== 0, verified: (flags & USER_VERIFIED) !== 0, counter: said.readUInt32BE(1) };
  const signed = Buffer.concat([sha256(Buffer.from(application, 'latin1')), said, sha256(data)]);
  return { ok: verifyPlain(key, signature, signed), touch };
}

function verifyPlain(key: SshKey, signature: Buffer, data: Uint8Array): boolean {
  const curve = curveOf(key.type);
  if (!curve) return signature.length === ED25519_SIGNATURE_BYTES && verify(null, data, key.material, signature);
  const reader = new WireReader(signature);
  const [r, s] = [reader.number(), reader.number()];
  reader.end();
  if (r.length > curve.size || s.length > curve.size) return false;
  const fixed = Buffer.alloc(2 * curve.size);
  r.copy(fixed, curve.size - r.length);
  s.copy(fixed, 2 * curve.size - s.length);
  return verify(curve.hash, data, { key: key.material, dsaEncoding: 'ieee-p1363' }, fixed);
}

function verifyRsa(key: SshKey, algorithm: string, signature: Buffer, data: Uint8Array): boolean {
  const hash = RSA_HASHES.get(algorithm);
  if (hash === undefined) throw new FormatError('is an RSA signature that is neither rsa-sha2-256 nor rsa-sha2-512');
  const size = (key.material.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  const whole = Math.ceil(size);
  if (signature.length > whole) return false;
  // Some agents leave leading zeros away (RFC 8332 §3 lets a verifier put them back; OpenSSH does).
  return verify(hash, data, key.material, Buffer.concat([Buffer.alloc(whole - signature.length), signature]));
}

function checkAlgorithm(algorithm: string, type: string): void {
  if (algorithm !== type) throw new FormatError("has a signature of an algorithm that is not its key's");
}

const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();
