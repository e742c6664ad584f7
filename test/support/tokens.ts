import { createHash } from 'node:crypto';
import type { TokenConfig } from '../../src/config/types.ts';
import type { Scope } from '../../src/values/scopes.ts';

/** A token as `rollcall token` would have made it, and the entry that config.yaml has of it. */
export function makeToken(
  scopes: readonly Scope[],
  more: Partial<TokenConfig> = {},
): { readonly token: string; readonly entry: TokenConfig } {
  const token = `rct_${scopes.join('-')}-${'x'.repeat(40)}`;
  return { token, entry: { scopes: new Set(scopes), digest: createHash('sha256').update(token).digest('hex'), kind: 'agent', ...more } };
}

export const bearer = (token: string): { headers: { authorization: string } } => ({ headers: { authorization: `Bearer ${token}` } });
