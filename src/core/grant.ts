import { yieldsToken, type Audience, type RequestDocument } from './request.ts';
import { change, endOf, stateOf, type RequestRecord } from './request-state.ts';

/** Why a one-time token is not honoured; each a word of its own, so that a page and a script can tell them apart. */
export const GRANT_REFUSALS = [
  'other-audience',
  'wrong-action',
  'wrong-target',
  'already-used',
  'too-early',
  'too-late',
  /** It was approved with a plan, and this is another one or none. */
  'other-plan',
  /** Voided, or never approved. */
  'not-in-force',
  /** No token of ours, or one that was replaced. */
  'unknown-token',
] as const;
export type GrantRefusal = (typeof GRANT_REFUSALS)[number];

export interface GrantUse {
  /** Of `execute` the operation, else the action's own name. */
  readonly action: string;
  readonly target: string;
  /** Digest of the plan that is about to be carried out. */
  readonly plan?: string | undefined;
}

export type Used =
  | { readonly ok: true; readonly next: RequestRecord }
  | { readonly ok: false; readonly kind: GrantRefusal; readonly why: string };

/** What a token has to be used for. */
export const operationOf = ({ action, operation }: Pick<RequestDocument, 'action' | 'operation'>): string => operation ?? action;

/**
 * Whether a token may be used for this, at `at` (ms since 1970); if so, it is used up. `moved`: what stands otherwise than when it was
 * approved. What was approved is compared byte for byte: a letter that only looks alike is another one.
 */
export function useGrant(record: RequestRecord, use: GrantUse, at: number, moved: string | undefined): Used {
  const { document, status, burned } = record;
  const { target, window, plan } = document;
  const refuse = (kind: GrantRefusal, why: string): Used => ({ ok: false, kind, why });
  if (use.action !== operationOf(document)) return refuse('wrong-action', `it is for ${operationOf(document)}`);
  if (use.target !== target) return refuse('wrong-target', `it is for ${target}`);
  if (burned !== undefined) return refuse('already-used', 'it has been used');
  // Before what became of it: whoever comes late is told that.
  if (at >= endOf(record)) return refuse('too-late', `it held until ${window.until}`);
  if (status !== 'APPROVED' || !yieldsToken(document.action)) return refuse('not-in-force', `the request is ${stateOf(record)}`);
  if (moved !== undefined) return refuse('not-in-force', moved);
  if (at < Date.parse(window.from)) return refuse('too-early', `it holds from ${window.from} on`);
  if (plan && document.action === 'execute' && use.plan !== plan.digest) return refuse('other-plan', `it is for the plan ${plan.digest}`);
  return { ok: true, next: { ...change(record), burned: at } };
}

/** What the command ended with; what was only for it is done with that. */
export function endGrant(record: RequestRecord, exit: number): RequestRecord {
  const execution = record.document.action === 'execute' ? { execution: exit === 0 ? ('EXECUTED' as const) : ('FAILED' as const) } : {};
  return { ...change(record), exit, ...execution };
}

const PREFIX = 'rcg1';

/** What a token says of itself; only `secret` makes it one. */
export interface GrantToken {
  readonly audience: Audience;
  readonly id: string;
  readonly secret: string;
}

/** `rcg1/<watchdog>/<manifest>/<request>/<secret>`: no name has a slash. `secret`: 32 random bytes, base64url. */
export function printToken({ audience, id, secret }: GrantToken): string {
  return [PREFIX, audience.watchdog, audience.manifest, id, secret].join('/');
}

export function parseToken(text: string): GrantToken | undefined {
  const [prefix, watchdog = '', manifest = '', id = '', secret = '', ...rest] = text.slice(0, 400).split('/');
  if (prefix !== PREFIX || rest.length > 0 || !/^[0-9A-Z]{26}$/.test(id) || !/^[\w-]{43}$/.test(secret)) return undefined;
  return { audience: { watchdog, manifest }, id, secret };
}
