import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import type { TokenConfig } from '../config/types.ts';
import type { Log } from '../ports.ts';
import type { Scope } from '../values/scopes.ts';
import type { Secret } from '../values/secret.ts';
import { addressOf } from './address.ts';
import { problem, tooMany } from './problem.ts';
import { Throttle } from './throttle.ts';
import { whoseToken } from './whose-token.ts';

/** Wrong tokens that an address may try in a minute. */
const WRONG_PER_MINUTE = 10;
/** What one holder of a token may send in a minute, and what one address may without a token. */
const SENT_PER_MINUTE = 60;
const UNKNOWN_PER_MINUTE = 20;
const HOUR_MS = 3_600_000;

export interface GuardOptions {
  /** By name, as config.yaml has them now. */
  readonly tokens?: (() => ReadonlyMap<string, TokenConfig>) | undefined;
  readonly log?: Log | undefined;
  /** Whether a proxy on this machine says who asks. */
  readonly behindProxy?: boolean | undefined;
  /** Steady ms. */
  readonly steady?: (() => number) | undefined;
  /** Ms since 1970. */
  readonly wall?: (() => number) | undefined;
}

/** Either a name, or the answer to whoever has none. */
export type Admitted = Holder | { readonly refusal: Response };

/** `kind`: as whom it asks, where config.yaml has its token under `tokens`. */
export interface Holder {
  readonly name: string;
  readonly kind?: TokenConfig['kind'];
}

/**
 * Who may do what over HTTP, and how often. A token whose digest config.yaml holds was made by `rollcall token` and cannot be guessed: it is let
 * through however many wrong ones came from its address, so that nobody can lock its holder out. One that somebody thought up might be
 * guessed: where an address has tried too many it is not even compared until there is room again.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #wrong = new Throttle(WRONG_PER_MINUTE);
  readonly #sent = new Throttle(SENT_PER_MINUTE);
  readonly #unknown = new Throttle(UNKNOWN_PER_MINUTE);
  /** When a use was last told, by name and scope. */
  readonly #told = new Map<string, number>();

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** Whether some token is for one of these. */
  knows(...scopes: readonly Scope[]): boolean {
    return [...this.#tokens().values()].some((token) => scopes.some((scope) => token.scopes.has(scope)));
  }

  /** Whose token it is that comes, if it is for one of `scopes`. `own` are tokens kept as secrets that are for this too. */
  async admit(context: Context, scopes: readonly [Scope, ...Scope[]], own: () => Promise<ReadonlyMap<string, Secret>>): Promise<Admitted> {
    const header = context.req.header('authorization');
    const [, token] = /^Bearer +(.*\S) *$/i.exec(header ?? '') ?? [];
    if (token === undefined) return this.#unknownToken(context, 'a bearer token is needed');
    const held = this.#held(token);
    if (held) return this.#judge(context, held, scopes);
    const [address, now] = [this.#addressOf(context), this.#now()];
    const wait = this.#wrong.wait(address, now);
    if (wait > 0) return { refusal: tooMany(context, 'too many wrong tokens from this address', wait) };
    const name = whoseToken(`Bearer ${token}`, await own());
    if (name !== undefined) return this.#welcome(context, name, scopes[0]);
    this.#wrong.take(address, now);
    this.#options.log?.warn('a token was refused', { address, why: 'unknown', for: scopes[0] });
    return this.#unknownToken(context, 'a bearer token is needed, and this one is not known');
  }

  /** Counts what is sent; a refusal where it is too much. `name`: whose token came with it. */
  spend(context: Context, name?: string): Response | undefined {
    const wait = name === undefined ? this.#unknown.take(this.#addressOf(context), this.#now()) : this.#sent.take(name, this.#now());
    return wait > 0 ? tooMany(context, 'too many', wait) : undefined;
  }

  #judge(context: Context, [name, token]: readonly [string, TokenConfig], scopes: readonly [Scope, ...Scope[]]): Admitted {
    if (token.expires !== undefined && (this.#options.wall ?? Date.now)() > token.expires) {
      this.#tell(name, 'expired', () => this.#options.log?.warn('a token was refused', { holder: name, why: 'expired' }));
      return this.#unknownToken(context, 'the token has expired');
    }
    const scope = scopes.find((one) => token.scopes.has(one));
    if (scope !== undefined) return { ...this.#welcome(context, name, scope), kind: token.kind };
    this.#tell(name, `no ${scopes[0]}`, () =>
      this.#options.log?.warn('a token was refused', { holder: name, why: 'scope', for: scopes[0] }),
    );
    return { refusal: problem(context, 'wrong-scope', `the token is not for ${scopes[0]}`) };
  }

  #welcome(context: Context, name: string, scope: Scope): Holder {
    const { method, path } = context.req;
    const tell = (): void => this.#options.log?.info('a token was used', { holder: name, for: scope, method, path });
    // Whoever reads reads every few seconds.
    if (method === 'POST') tell();
    else this.#tell(name, scope, tell);
    return { name };
  }

  /** Once an hour, of one name and matter. */
  #tell(name: string, what: string, tell: () => void): void {
    const [key, now] = [`${what} ${name}`, this.#now()];
    if (now - (this.#told.get(key) ?? -HOUR_MS) < HOUR_MS) return;
    this.#told.set(key, now);
    tell();
  }

  /** All are compared, in constant time. */
  #held(token: string): readonly [string, TokenConfig] | undefined {
    const given = createHash('sha256').update(token).digest();
    let found: readonly [string, TokenConfig] | undefined;
    for (const one of this.#tokens()) if (timingSafeEqual(given, Buffer.from(one[1].digest, 'hex'))) found = one;
    return found;
  }

  #unknownToken(context: Context, error: string): Admitted {
    context.header('www-authenticate', 'Bearer');
    return { refusal: problem(context, 'no-token', error) };
  }

  #addressOf(context: Context): string {
    return addressOf(context, this.#options.behindProxy);
  }

  #tokens(): ReadonlyMap<string, TokenConfig> {
    return this.#options.tokens?.() ?? NONE;
  }

  #now(): number {
    return (this.#options.steady ?? (() => performance.now()))();
  }
}

const NONE: ReadonlyMap<string, TokenConfig> = new Map();
