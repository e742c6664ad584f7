import { readLines, type Lines } from './allowed-signers.ts';
import { readKeyText } from './key-line.ts';
import type { Signature } from './sshsig.ts';

/** How a binary Key Revocation List begins (PROTOCOL.krl). */
const KRL_MAGIC = 'SSHKRL\n\0';

/** Fingerprints of keys that count no more: a public key a line. A KRL is refused in words: it says what this watcher does not read. */
export function parseRevokedKeys(text: string): Lines<string> {
  if (text.startsWith(KRL_MAGIC))
    return { lines: [], faults: [{ line: 1, message: 'is a binary Key Revocation List; write a plain list, a public key a line' }] };
  return readLines(text, (content) => readKeyText(content).fingerprint);
}

/** Whether a signature's key, or the authority that vouches for it, has been revoked. */
export function isRevoked({ key, certificate }: Pick<Signature, 'key' | 'certificate'>, revoked: ReadonlySet<string>): boolean {
  return revoked.has(key.fingerprint) || (certificate !== undefined && revoked.has(certificate.authority.fingerprint));
}
