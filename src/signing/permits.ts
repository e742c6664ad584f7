import type { AllowedSigner } from './allowed-signers.ts';
import { matchesList } from './patterns.ts';
import type { Signature } from './sshsig.ts';

/** For whom, for what and when a signature is to count. */
export interface Claim {
  readonly principal: string;
  readonly namespace: string;
  /** When it was received, ms since 1970: never a time that the signer names. */
  readonly at: number;
}

/**
 * Whether a line of `allowed_signers` lets this signature count as this principal's, by the rules of `ssh-keygen -Y verify`: null where
 * it does; why not where the line is about this key; undefined where it is about another key or principal.
 */
export function permits(line: AllowedSigner, signature: Signature, { principal, namespace, at }: Claim): string | null | undefined {
  if (!matchesList(principal, line.principals) || !isAbout(line, signature)) return undefined;
  const refusal = line.isAuthority ? refusedCertificate(signature, principal, at) : undefined;
  if (refusal !== undefined) return refusal;
  if (line.namespaces !== undefined && !matchesList(namespace, line.namespaces))
    return 'its key may not sign for this purpose (namespaces=)';
  const second = Math.floor(at / 1000) * 1000;
  if (line.validAfter !== undefined && second < line.validAfter) return 'its key is not valid yet (valid-after=)';
  if (line.validBefore !== undefined && second > line.validBefore) return 'its key is no longer valid (valid-before=)';
  return null;
}

function isAbout({ isAuthority, key }: AllowedSigner, signature: Signature): boolean {
  const signer = isAuthority ? signature.certificate?.authority : signature.certificate ? undefined : signature.key;
  return signer?.fingerprint === key.fingerprint;
}

function refusedCertificate({ certificate }: Signature, principal: string, at: number): string | undefined {
  if (!certificate) return undefined;
  const second = BigInt(Math.floor(at / 1000));
  if (!certificate.isUser) return 'its certificate is not for a user';
  if (second < certificate.validAfter) return 'its certificate is not valid yet';
  if (second >= certificate.validBefore) return 'its certificate has expired';
  return certificate.principals.includes(principal) ? undefined : 'its certificate is for somebody else';
}
