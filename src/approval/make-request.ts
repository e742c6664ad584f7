import { randomBytes } from 'node:crypto';
import { compareManifests, sayChange } from '../core/manifest-step.ts';
import {
  changesManifest,
  exceeds,
  expectsLoss,
  namesResource,
  type Action,
  type RequestDocument,
  type Requester,
} from '../core/request.ts';
import type { RequestRecord } from '../core/request-state.ts';
import { formatInstant } from '../core/wording.ts';
import { sha256 } from '../signing/digest.ts';
import { clean } from '../values/text.ts';
import { headOf } from './judge-manifest.ts';
import { heldIdentity, needOf, observationDigest, observeIn, type World } from './world.ts';

/** What somebody asks for. */
export interface Asked {
  readonly action: Action;
  readonly operation?: string | undefined;
  readonly target: string;
  readonly about?: string | undefined;
  readonly plan?: Uint8Array | undefined;
  readonly reason: string;
  readonly ticket?: string | undefined;
  /** Ms since 1970; `from` is now where absent. */
  readonly from?: number | undefined;
  readonly until: number;
  readonly requester: Requester;
}

export type Made = { readonly ok: true; readonly record: RequestRecord } | { readonly ok: false; readonly why: string };

const MINUTE = 60_000;
const LONGEST_MS = 30 * 24 * 60 * MINUTE;
const PLAN_SHOWN = 16 * 1024;
const LARGEST_PLAN = 1024 * 1024;

/** Makes a request of what is asked, with everything that the people who decide it must see; `why` where it cannot be one. */
export async function makeRequest(world: World, asked: Asked, id: string, at: number): Promise<Made> {
  const { action, requester, plan } = asked;
  const from = Math.max(asked.from ?? at, at);
  const target = namesResource(action) || action === 'execute' ? asked.target : world.audience.manifest;
  const onRoll = world.resources.some(({ id: one }) => one === target) ? target : null;
  const about = namesResource(action) ? target : (asked.about ?? onRoll);
  const observed = about === null ? undefined : observeIn(world, about);
  const identity = about === null ? undefined : heldIdentity(world, about);
  const wrong =
    faultOf(asked, from, at) ??
    (target === asked.target ? undefined : `the target of ${action} is the manifest, ${world.audience.manifest}`) ??
    (about !== null && !observed ? `${clean(about, 80)} is not on the roll` : undefined) ??
    (expectsLoss(action) && !identity
      ? `no identity is held of ${about}: nothing would tell it from another (rollcall validate)`
      : undefined) ??
    (expectsLoss(action) && observed?.target.verdict !== 'present' ? `${about} is ${observed?.target.verdict}, not present` : undefined);
  if (wrong !== undefined) return { ok: false, why: wrong };
  const next = changesManifest(action) && plan ? await nextManifest(world, action, target, plan) : NOTHING;
  if (next.why !== undefined) return { ok: false, why: next.why };
  const need = needOf(world.policy, requester.known);
  if (world.signers.reach !== undefined && world.signers.reach < need)
    return { ok: false, why: `it takes ${need} people, and ${world.signers.reach} may sign` };
  const document: RequestDocument = {
    schema: 'rollcall/request/v1',
    id,
    audience: world.audience,
    base: { version: world.head.version, digest: world.inForce.manifest },
    sequence: world.head.version + 1,
    action,
    ...(action === 'execute' && { operation: asked.operation }),
    target,
    about,
    identity: identity ?? null,
    plan: plan ? printPlan(plan) : null,
    ...(next.change !== undefined && { change: next.change }),
    observed: observed ?? null,
    observation: observed ? observationDigest(observed) : null,
    requester,
    reason: clean(asked.reason, 300),
    ...(asked.ticket !== undefined && { ticket: clean(asked.ticket, 80) }),
    window: { from: formatInstant(from), until: formatInstant(asked.until) },
    nonce: randomBytes(32).toString('hex'),
    policy: world.inForce.policy ?? '',
    need,
    max_uses: 1,
  };
  return { ok: true, record: { id, revision: 1, document, status: 'PENDING', said: [], people: [], refused: 0 } };
}

function faultOf({ action, operation, target, about, plan, reason, until }: Asked, from: number, at: number): string | undefined {
  if (target === '' || target.length > 300) return 'a target has 1 to 300 characters';
  if (reason.trim() === '') return 'a request needs a reason';
  if (until <= from) return 'its window ends before it begins';
  if (until > at + LONGEST_MS) return 'its window ends more than 30 days from now';
  if (plan && plan.length > LARGEST_PLAN) return 'a plan has at most 1 MiB';
  if (changesManifest(action) && !plan) return `${action} needs a plan: the next manifest`;
  if (action !== 'execute') return operation === undefined && about === undefined ? undefined : 'operation and about are for execute';
  return operation === undefined || operation === '' || operation.length > 200
    ? 'execute needs an operation of 1 to 200 characters'
    : undefined;
}

interface Next {
  readonly change?: string;
  readonly why?: string;
}
const NOTHING: Next = {};

async function nextManifest({ head, compile }: World, action: Action, target: string, plan: Uint8Array): Promise<Next> {
  const loaded = await compile(plan);
  if (!loaded.ok) {
    const [first] = loaded.complaints;
    return { why: `its plan is no manifest that could be loaded: ${first ? `line ${first.line}: ${first.path} ${first.message}` : ''}` };
  }
  const next = headOf(loaded.value);
  if (next.id !== head.id || next.version !== head.version + 1 || next.previous !== head.sha256)
    return { why: `its plan must be version ${head.version + 1} of ${head.id}, with previous: sha256:${head.sha256}` };
  const change = compareManifests(head, next);
  const more = exceeds(action, target, change);
  return more === undefined ? { change: sayChange(change) } : { why: more };
}

/** What binds a plan. */
export const planDigest = (plan: Uint8Array): string => `sha256:${sha256(plan)}`;

/** A plan in UTF-8 that is small enough is part of what people read; of another its digest is. */
function printPlan(plan: Uint8Array): NonNullable<RequestDocument['plan']> {
  const text = Buffer.from(plan).toString('utf8');
  // Control characters are no text that anybody wants to read, and would multiply in JSON.
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const shown = plan.length <= PLAN_SHOWN && Buffer.from(text).equals(plan) && !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text);
  return { digest: planDigest(plan), bytes: plan.length, ...(shown && { text }) };
}
