import { randomBytes, timingSafeEqual } from 'node:crypto';
import { endGrant, parseToken, printToken, useGrant, type GrantRefusal, type GrantToken, type GrantUse } from '../core/grant.ts';
import { expectsLoss, yieldsToken } from '../core/request.ts';
import { change, endOf, stateOf, type RequestRecord } from '../core/request-state.ts';
import type { Instant } from '../core/report.ts';
import { sha256 } from '../signing/digest.ts';
import { clean } from '../values/text.ts';
import { isProven } from './prove-record.ts';
import { turnRequest, type Registry, type Turn } from './registry.ts';
import { movedIn, type World } from './world.ts';

export type Issued =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly kind: 'unknown-request' | 'not-approved'; readonly why: string };

/** Hands out the token of an approved request; one handed out before counts no more. `by`: whose request it must be, where that is known. */
export function issueGrant(store: Registry, world: World, id: string, by: string | undefined, at: Instant): Promise<Issued> {
  const secret = randomBytes(32).toString('base64url');
  return turnRequest<Issued>(store, id, at, (record) => {
    if (!record || (by !== undefined && record.document.requester.name !== by))
      return { ledger: [], result: { ok: false, kind: 'unknown-request', why: 'no such request of yours' } };
    const { document, status, burned } = record;
    const why = !yieldsToken(document.action)
      ? `${document.action} is the watcher's own to do, and needs no token`
      : status !== 'APPROVED' || burned !== undefined || at.wall >= endOf(record)
        ? `the request is ${stateOf(record)}${burned === undefined ? '' : ', and its token was used'}`
        : undefined;
    if (why !== undefined) return { ledger: [], result: { ok: false, kind: 'not-approved', why } };
    const token = printToken({ audience: world.audience, id, secret });
    const next = { ...change(record), token: sha256(secret) };
    return { next, ledger: [{ kind: 'grant', about: id, body: { is: 'issued', token: next.token } }], result: { ok: true, token } };
  });
}

export type Consumed =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly kind: GrantRefusal; readonly why: string };

/** Burns a token for one use, or says why not. From the moment this resolves the token is worth nothing, whatever becomes of the command. */
export async function consumeGrant(store: Registry, world: World, token: string, use: GrantUse, at: Instant): Promise<Consumed> {
  const parsed = parseToken(token.trim());
  const refuse = (kind: GrantRefusal, why: string, about = '@watchdog', next?: RequestRecord): Turn<Consumed> => ({
    next,
    ledger: [
      {
        kind: 'refusal',
        about,
        body: { of: 'grant', kind, why: clean(why, 300), action: clean(use.action, 80), target: clean(use.target, 80) },
      },
    ],
    result: { ok: false, kind, why: clean(why, 400) },
  });
  if (!parsed) return commitTurn(store, refuse('unknown-token', 'it is no token of a grant'), at);
  const { watchdog, manifest } = parsed.audience;
  if (watchdog !== world.audience.watchdog || manifest !== world.audience.manifest)
    return commitTurn(store, refuse('other-audience', `it is for ${clean(watchdog, 80)} watching ${clean(manifest, 80)}`), at);
  return turnRequest<Consumed>(store, parsed.id, at, (record) => {
    if (!record || !isTokenOf(record, parsed))
      return refuse('unknown-token', 'it is no token of ours, or another was handed out since', parsed.id);
    const ready = !expectsLoss(record.document.action) || (world.isArmed?.(record.id) ?? true);
    // Before anything is destroyed on its word, the store is asked for the signatures themselves.
    const moved = movedIn(world, record.document) ?? (isProven(world, record) ? undefined : 'its approvals are not what people signed');
    const may = useGrant(record, use, at.wall, moved);
    // What went before it was looked at once more would be paged: the answer is to ask again in a moment.
    const used =
      may.ok && !ready
        ? ({ ok: false, kind: 'too-early', why: `${record.document.target} is yet to be seen since the approval` } as const)
        : may;
    if (!used.ok) return refuse(used.kind, used.why, parsed.id, { ...change(record), refused: record.refused + 1 });
    const body = { is: 'used', action: use.action, target: use.target, ...(use.plan !== undefined && { plan: use.plan }) };
    return { next: used.next, ledger: [{ kind: 'grant', about: parsed.id, body }], result: { ok: true, id: parsed.id } };
  });
}

/** What the command ended with that a token was used for; false where there is none to be told of. */
export function finishGrant(store: Registry, token: string, exit: number, at: Instant): Promise<boolean> {
  const parsed = parseToken(token.trim());
  if (!parsed) return Promise.resolve(false);
  return turnRequest(store, parsed.id, at, (record) => {
    if (!record || !isTokenOf(record, parsed) || record.burned === undefined || record.exit !== undefined)
      return { ledger: [], result: false };
    return { next: endGrant(record, exit), ledger: [{ kind: 'grant', about: parsed.id, body: { is: 'ended', exit } }], result: true };
  });
}

function isTokenOf({ token }: RequestRecord, { secret }: GrantToken): boolean {
  return token !== undefined && timingSafeEqual(Buffer.from(sha256(secret)), Buffer.from(token));
}

async function commitTurn<T>(store: Registry, { ledger, result }: Turn<T>, at: Instant): Promise<T> {
  await store.commit({ ledger: ledger.map((entry) => ({ at, ...entry })) });
  return result;
}
