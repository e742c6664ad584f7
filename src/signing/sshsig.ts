import { createHash } from 'node:crypto';
import { dearmor } from './armor.ts';
import { certifiedType, readCertificate, type Certificate } from './certificate.ts';
import { readKey, type SshKey } from './ssh-key.ts';
import { verifyBlob, type Touch } from './verify-blob.ts';
import { FormatError, WireReader, wireString } from './wire.ts';

/** A signature that is cryptographically right: this key signed this message under this namespace. Whether the key may is not yet asked. */
export interface Signature {
  /** The key itself, also where a certificate came with it. */
  readonly key: SshKey;
  readonly certificate?: Certificate;
  /** Of security keys only. */
  readonly touch?: Touch;
}

export type Opened = { readonly ok: true; readonly signature: Signature } | { readonly ok: false; readonly why: string };

const MAGIC = Buffer.from('SSHSIG');
const NEWEST_VERSION = 1;
const HASHES = new Set(['sha256', 'sha512']);

/**
 * Verifies an armored SSH signature (PROTOCOL.sshsig) over `message`, in this process. Takes what `ssh-keygen -Y verify` takes, but for
 * WebAuthn signatures, certificates with critical options or signed with SHA-1, and signatures over 64 KiB. Never throws; `why` is ours.
 */
export function openSignature(armored: Uint8Array, message: Uint8Array, namespace: string): Opened {
  try {
    return { ok: true, signature: open(dearmor(armored), message, namespace) };
  } catch (error) {
    if (error instanceof FormatError) return { ok: false, why: error.message };
    // OpenSSL's own refusals, of numbers that no signature has.
    return { ok: false, why: 'cannot be verified' };
  }
}

function open(blob: Uint8Array, message: Uint8Array, namespace: string): Signature {
  const reader = new WireReader(blob);
  if (!reader.take(MAGIC.length).equals(MAGIC)) throw new FormatError('is no SSH signature');
  if (reader.uint32() > NEWEST_VERSION) throw new FormatError('is of a later version of the format');
  const signer = readSigner(reader.string());
  const said = reader.text();
  reader.string(); // reserved: to be ignored, and not signed
  const hash = reader.text();
  const signature = reader.string();
  reader.end();
  if (said !== namespace) throw new FormatError('was made for another purpose (namespace)');
  if (!HASHES.has(hash)) throw new FormatError('is over a hash that is neither sha256 nor sha512');
  const digest = createHash(hash).update(message).digest();
  const signed = Buffer.concat([MAGIC, wireString(namespace), wireString(''), wireString(hash), wireString(digest)]);
  const { ok, touch } = verifyBlob(signer.key, signature, signed);
  if (!ok) throw new FormatError('is over other bytes than these, or not by the key it names');
  return { ...signer, ...(touch && { touch }) };
}

function readSigner(blob: Buffer): { readonly key: SshKey; readonly certificate?: Certificate } {
  return certifiedType(new WireReader(blob).text()) ? readCertificate(blob) : { key: readKey(blob) };
}
