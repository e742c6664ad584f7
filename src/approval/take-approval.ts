import { canonicalJson } from '../core/canonical.ts';
import { proofsOf } from '../core/manifest-step.ts';
import { decisionBytes } from '../core/request.ts';
import { decide, stateOf, type RequestRecord, type Undecided } from '../core/request-state.ts';
import type { Instant } from '../core/report.ts';
import { clean } from '../values/text.ts';
import type { ApprovalFile } from './read-request.ts';
import { turnRequest, type Registry, type Turn } from './registry.ts';
import { NAMESPACE, readVotes, type Votes } from './votes.ts';
import { movedIn, type World } from './world.ts';

/** Why an approval does not count; each a word of its own. */
export type ApprovalRefusal = Undecided | 'other-audience' | 'unknown-request' | 'altered';

export type Heard =
  | { readonly ok: true; readonly people: readonly string[]; readonly record: RequestRecord }
  | { readonly ok: false; readonly kind: ApprovalRefusal; readonly why: string };

/** Takes what somebody signed, whoever brought it. What counts and what does not is an entry of the ledger, with the reason. */
export async function takeApproval(store: Registry, world: World, approval: ApprovalFile, at: Instant): Promise<Heard> {
  const seen = await highest(store, world);
  return turnRequest(store, approval.request.id, at, (record) => hear(world, approval, { record, seen, at }));
}

/** Whether a person who may sign signed this decision over what was asked; what it comes to is not asked. Pure but for the arithmetic of keys. */
export function isSigned(world: Pick<World, 'signers'>, { document }: RequestRecord, approval: ApprovalFile, at: number): boolean {
  const isWhole = canonicalJson(document) === canonicalJson(approval.request);
  return isWhole && votesOf(world, document, approval, at).votes.some(({ kind }) => kind === 'human');
}

function votesOf(
  { signers }: Pick<World, 'signers'>,
  document: RequestRecord['document'],
  { decision, signature }: ApprovalFile,
  at: number,
): Votes {
  const file = { name: 'the signature', bytes: Buffer.from(signature, 'latin1') };
  return readVotes([file], Buffer.from(decisionBytes(decision, document)), { signers, namespace: NAMESPACE.change, at });
}

interface Known {
  readonly record: RequestRecord | undefined;
  readonly seen: ReadonlyMap<string, number>;
  readonly at: Instant;
}

/** The highest number that each security key has said so far, whatever it signed. */
async function highest(store: Registry, { counters }: World): Promise<ReadonlyMap<string, number>> {
  const seen = new Map(Object.entries(counters));
  for (const { said } of await store.requests())
    for (const [key, count] of said.flatMap((one) => Object.entries(one.counters ?? {})))
      seen.set(key, Math.max(count, seen.get(key) ?? 0));
  return seen;
}

function hear(world: World, approval: ApprovalFile, { record, seen, at }: Known): Turn<Heard> {
  const { decision, request, signature } = approval;
  const { watchdog, manifest } = world.audience;
  const id = clean(request.id, 26);
  const refuse = (kind: ApprovalRefusal, why: string, next?: RequestRecord): Turn<Heard> => ({
    next,
    ledger: [{ kind: 'refusal', about: id, body: { of: decision, kind, why: clean(why, 300), ...(next && { request: stateOf(next) }) } }],
    result: { ok: false, kind, why },
  });
  if (request.audience.watchdog !== watchdog || request.audience.manifest !== manifest)
    return refuse('other-audience', `it is for ${clean(request.audience.watchdog, 80)} watching ${clean(request.audience.manifest, 80)}`);
  if (!record) return refuse('unknown-request', 'nobody asked for that here');
  if (canonicalJson(record.document) !== canonicalJson(request)) return refuse('altered', 'what was signed is not what was asked for');
  const { votes, dropped, counters } = votesOf(world, record.document, approval, at.wall);
  const said = { decision, votes, at: at.wall, signature, counters };
  const decided = decide(record, said, { at: at.wall, proofs: proofsOf(world.policy), moved: movedIn(world, record.document), dropped });
  if (!decided.ok) return refuse(decided.kind, decided.why, decided.next);
  const { people } = decided;
  // Keys that do not count say 0 for ever.
  const cloned = Object.entries(counters).flatMap(([key, count]) => (count <= (seen.get(key) ?? -1) && seen.get(key) !== 0 ? [key] : []));
  const next = cloned.length === 0 ? decided.next : { ...decided.next, cloned: [...(record.cloned ?? []), ...cloned] };
  const keys = [...new Set(votes.map(({ key }) => key))];
  const body = {
    is: decision === 'deny' ? 'denied' : 'approved',
    people,
    keys,
    signature,
    request: stateOf(next),
    need: request.need,
    ...(cloned.length > 0 && { cloned }),
  };
  return { next, ledger: [{ kind: 'approval', about: id, body }], result: { ok: true, people, record: next } };
}
