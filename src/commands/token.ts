import { createHash, randomBytes } from 'node:crypto';
import { createSystemClock } from '../adapters/clock-system.ts';
import { EXIT } from '../core/exit.ts';
import { HOLDER, tokensSchema } from '../config/tokens-schema.ts';
import type { Scope } from '../values/scopes.ts';
import { clean } from '../values/text.ts';
import type { Io } from './io.ts';

/** 256 bits: nobody guesses one, so a fast digest will do to keep it by. */
const BYTES = 32;

export interface TokenOptions {
  readonly name: string;
  readonly scope: readonly Scope[];
  /** A day. */
  readonly expires?: string;
  readonly human?: boolean;
  readonly json?: boolean;
}

/** Prints a new token, which is kept nowhere, and beside it what belongs into config.yaml. */
export function token(io: Io, { name, scope, expires, human, json }: TokenOptions): number {
  const made = `rct_${randomBytes(BYTES).toString('base64url')}`;
  const hash = `sha256:${createHash('sha256').update(made).digest('hex')}`;
  const scopes = [...new Set(scope)];
  const entry = { scopes, hash, ...(expires !== undefined && { expires }), ...(human && { kind: 'human' }) };
  // A record says of a wrong key only that it is wrong, and passes over __proto__.
  const holder = HOLDER.safeParse(name);
  const read = holder.success ? tokensSchema().safeParse({ [name]: entry }) : holder;
  if (!read.success) {
    for (const { path, message } of read.error.issues)
      io.err(`rollcall: ${clean(String(path.at(-1) ?? name), 80)} ${clean(message, 300)}\n`);
    return EXIT.usage;
  }
  const wrong = misfit(read.data[name]?.expires ?? Infinity, scopes, human);
  if (wrong !== undefined) {
    io.err(`rollcall: ${wrong}\n`);
    return EXIT.usage;
  }
  if (json) {
    io.out(`${JSON.stringify({ token: made, config: { tokens: { [name]: entry } } }, null, 2)}\n`);
    return EXIT.ok;
  }
  const parts = Object.entries(entry).map(
    ([key, value]) => `${key}: ${Array.isArray(value) ? `[${value.join(', ')}]` : key === 'hash' ? `"${value}"` : value}`,
  );
  io.out(`${made}\n`);
  io.err(
    `this is the only time that it is shown; in config.yaml, then rollcall validate and a reload:\ntokens:\n  ${name}: { ${parts.join(', ')} }\n`,
  );
  return EXIT.ok;
}

/** What config.yaml may hold, and is of no use in a new one. `until`: the last moment, ms since 1970. */
function misfit(until: number, scopes: readonly Scope[], human = false): string | undefined {
  if (until < createSystemClock(0).now().wall) return 'expires is a day that is over: the token would never count; name one to come';
  if (human && !scopes.includes('request'))
    return '--human says who asks with the scope request, and this token is not for it: add --scope request';
  return undefined;
}
