import { isPrintable } from './patterns.ts';
import { keyTypeOf, readKey, readKeyBody, type KeyType, type SshKey } from './ssh-key.ts';
import { verifyBlob } from './verify-blob.ts';
import { FormatError, WireReader } from './wire.ts';

/** A user certificate of OpenSSH (PROTOCOL.certkeys) whose authority's signature has been verified. */
export interface Certificate {
  readonly authority: SshKey;
  readonly isUser: boolean;
  readonly principals: readonly string[];
  /** Seconds since 1970, the first included, the second not. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
}

const USER = 1;
/** SSHKEY_CERT_MAX_PRINCIPALS. */
const MOST_PRINCIPALS = 256;
const SUFFIX = '-cert-v01@openssh.com';

/** The type of key that a certificate of this name is about; undefined for what is no certificate. */
export function certifiedType(name: string): KeyType | undefined {
  if (!name.endsWith(SUFFIX)) return undefined;
  const base = name.slice(0, -SUFFIX.length);
  return keyTypeOf(base.startsWith('sk-') ? `${base}@openssh.com` : base);
}

/** Reads a certificate whole and verifies its authority's signature; throws `FormatError` where either fails. */
export function readCertificate(blob: Uint8Array): { readonly key: SshKey; readonly certificate: Certificate } {
  const reader = new WireReader(blob);
  const type = certifiedType(reader.text());
  if (!type) throw new FormatError('has a certificate of a type that is not known here');
  reader.string(); // the nonce
  const key = readKeyBody(type, reader);
  reader.uint64(); // the serial number: only lists we do not read would name it
  const isUser = reader.uint32() === USER;
  reader.text(); // the authority's name for it
  const principals = readPrincipals(reader.string());
  const [validAfter, validBefore] = [reader.uint64(), reader.uint64()];
  // An option that must be obeyed (a forced command, a source address) has no meaning for a signature over a file: not ours to wave through.
  if (reader.string().length > 0) throw new FormatError('has a certificate with critical options');
  readPairs(reader.string());
  reader.string(); // reserved
  const authority = readKey(reader.string());
  const signed = blob.subarray(0, reader.position);
  const signature = reader.string();
  reader.end();
  if (!verifyBlob(authority, signature, signed).ok) throw new FormatError('has a certificate that its authority did not sign');
  return { key, certificate: { authority, isUser, principals, validAfter, validBefore } };
}

function readPrincipals(bytes: Buffer): string[] {
  const reader = new WireReader(bytes);
  const principals: string[] = [];
  while (!reader.isAtEnd) {
    if (principals.length === MOST_PRINCIPALS) throw new FormatError(`has a certificate of more than ${MOST_PRINCIPALS} principals`);
    const principal = reader.text();
    if (!isPrintable(principal)) throw new FormatError('has a principal that is not plain ASCII');
    principals.push(principal);
  }
  return principals;
}

/** Extensions say nothing to us; they must be well-formed all the same. */
function readPairs(bytes: Buffer): void {
  const reader = new WireReader(bytes);
  while (!reader.isAtEnd) {
    reader.text();
    reader.string();
  }
}
