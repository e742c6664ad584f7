import type { Secret } from '../values/secret.ts';

/** A secret, or how to read it anew for each attempt, so that a rotated one is picked up without a restart. */
export type SecretSource = Secret | (() => Promise<Secret>);

/** The secret in clear, without the line end that editors leave in files. Rejects where it cannot be read. */
export async function readSecret(source: SecretSource): Promise<string> {
  const secret = typeof source === 'function' ? await source() : source;
  return secret.reveal().trim();
}
