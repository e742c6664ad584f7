import { canonicalJson } from './canonical.ts';
import type { ManifestChange } from './manifest-step.ts';
import type { Identity } from './report.ts';
import type { Observed } from './request-world.ts';

/** What may be asked for. All but the last are for the watcher itself; `execute` is for whoever holds a destructive credential. */
export const ACTIONS = ['retire', 'repin', 'weaken', 'window', 'change-policy', 'expect-loss', 'execute'] as const;
export type Action = (typeof ACTIONS)[number];

const MANIFEST_ACTIONS: ReadonlySet<Action> = new Set(['retire', 'repin', 'weaken', 'window', 'change-policy']);
const RESOURCE_ACTIONS: ReadonlySet<Action> = new Set(['retire', 'repin', 'weaken', 'expect-loss']);

/** Those whose plan is the next manifest. */
export const changesManifest = (action: Action): boolean => MANIFEST_ACTIONS.has(action);

/** Those whose target is a resource of the roll. */
export const namesResource = (action: Action): boolean => RESOURCE_ACTIONS.has(action);

/** Those after which one disappearance of the target is expected. */
export const expectsLoss = (action: Action): boolean => action === 'expect-loss' || action === 'retire';

/** Those for which somebody who holds a destructive credential may use a one-time token. */
export const yieldsToken = (action: Action): boolean => action === 'execute' || expectsLoss(action);

/** For whom a request is: an approval for one watcher is none for another. */
export interface Audience {
  readonly watchdog: string;
  readonly manifest: string;
}

export interface Requester {
  readonly name: string;
  readonly kind: 'human' | 'agent';
  /** How that is known: by a token of theirs, or because somebody on the watcher's host said so. */
  readonly known: 'token' | 'host';
}

/**
 * What is asked for, and everything a signature over it binds. Digests are `sha256:` and 64 hexadecimal digits; times are RFC 3339 in UTC,
 * for the people who read it.
 */
export interface RequestDocument {
  readonly schema: 'rollcall/request/v1';
  /** A ULID. */
  readonly id: string;
  readonly audience: Audience;
  /** The manifest in force when it was asked; another one voids the request. */
  readonly base: { readonly version: number; readonly digest: string };
  /** The version that would follow: what is signed for one is nothing for a later one. */
  readonly sequence: number;
  readonly action: Action;
  /** Of `execute`: what the executor does, byte for byte. */
  readonly operation?: string | undefined;
  /** A resource's id, or of `execute` what the executor does it to, byte for byte; of the other actions the manifest's id. */
  readonly target: string;
  /** The resource of the roll that it is about, where there is one. */
  readonly about: string | null;
  /** The identity that `about` is pinned to. */
  readonly identity: Identity | null;
  /** The machine's plan; its text where it is small enough to be shown. Of a change of the manifest it is the next manifest. */
  readonly plan: { readonly digest: string; readonly bytes: number; readonly text?: string | undefined } | null;
  /** What a next manifest would change on the roll, in sentences. */
  readonly change?: string | undefined;
  readonly observed: Observed | null;
  /** Digest of what of `observed` must not have moved by the time it is approved. */
  readonly observation: string | null;
  readonly requester: Requester;
  readonly reason: string;
  readonly ticket?: string | undefined;
  readonly window: { readonly from: string; readonly until: string };
  /** 32 random bytes, hexadecimal. */
  readonly nonce: string;
  /** Digest of the policy and the signers in force. */
  readonly policy: string;
  /** How many people must approve. */
  readonly need: number;
  readonly max_uses: 1;
}

export type Decision = 'approve' | 'deny';

/** The very bytes that a person signs, under `change@rollcall`: all of the request, and what they say to it. */
export function decisionBytes(decision: Decision, request: RequestDocument): string {
  return `${canonicalJson({ schema: 'rollcall/decision/v1', decision, request })}\n`;
}

/** Why a next manifest is more, or something else, than the action says; undefined where it is what it says. */
export function exceeds(action: Action, target: string, { diff, weakened }: ManifestChange): string | undefined {
  const others = (ids: readonly string[], mine: boolean): string[] => ids.filter((id) => !mine || id !== target);
  const more = [
    ...others(diff.removed, action === 'retire').map((id) => `${id} leaves the roll`),
    ...others(diff.repinned, action === 'repin').map((id) => `${id} is pinned anew`),
    ...diff.weakened.filter(({ id }) => action !== 'weaken' || id !== target).map(({ id, what }) => `${id}: ${what}`),
    ...weakened.filter((what) => (action === 'window' ? what !== 'maintenance windows' : action !== 'change-policy')),
    ...(action === 'change-policy' ? weakened.filter((what) => what === 'maintenance windows') : []),
  ];
  if (more.length > 0) return `its plan does more than ${action} ${target}: ${more.slice(0, 5).join('; ')}`;
  const done =
    (action !== 'retire' || diff.removed.includes(target)) &&
    (action !== 'repin' || diff.repinned.includes(target)) &&
    (action !== 'weaken' || diff.weakened.some(({ id }) => id === target));
  return done ? undefined : `its plan does not ${action} ${target}`;
}
