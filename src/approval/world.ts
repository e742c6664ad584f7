import type { Manifest } from '../config/types.ts';
import type { Loaded } from '../config/types.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { ManifestHead, Policy } from '../core/manifest-step.ts';
import type { PrintedResource } from '../core/page.ts';
import type { Audience, RequestDocument } from '../core/request.ts';
import { movedSince, type InForce } from '../core/request-state.ts';
import { observe, steadyPart, type Observed } from '../core/request-world.ts';
import type { Identity } from '../core/report.ts';
import { sha256 } from '../signing/digest.ts';
import type { Accepted } from './accepted.ts';
import { readRule, type Signers } from './rule.ts';
import type { Settled } from './settle.ts';

/** Who may approve, and how many of them it takes. */
export interface Rules {
  readonly policy: Policy;
  readonly signers: Signers;
}

/** What requests are made in and decided by: the manifest in force, who signs, and what is known of the roll now. */
export interface World extends Rules {
  readonly audience: Audience;
  readonly inForce: InForce;
  readonly head: ManifestHead;
  /** By fingerprint of a security key: the highest number it has said over a manifest. */
  readonly counters: Accepted['counters'];
  readonly resources: Manifest['resources'];
  readonly print: (id: string) => PrintedResource | undefined;
  /** Whether the loss that a request is about would be expected from now on; absent where no daemon can be asked. */
  readonly isArmed?: (request: string) => boolean;
  readonly compile: (bytes: Uint8Array) => Promise<Loaded<Manifest>>;
}

/** The digest that a request binds: who may sign, and how many it takes. Undefined where nobody signs. */
export function policyDigest(accepted: Accepted | undefined): string | undefined {
  return accepted?.rule
    ? `sha256:${sha256(canonicalJson({ policy: accepted.head.policy, signers: accepted.approval.signers }))}`
    : undefined;
}

/** The digests in force; another of either voids what was asked before. */
export function inForceOf({ manifest, accepted }: Pick<Settled, 'manifest' | 'accepted'>): InForce {
  return { manifest: `sha256:${manifest.sha256}`, policy: policyDigest(accepted) };
}

/** Who signs and how many of them; undefined where nobody does. */
export function rulesOf({ accepted, standing, own }: Pick<Settled, 'accepted' | 'standing' | 'own'>): Rules | undefined {
  if (!accepted?.rule || standing.state !== 'signed') return undefined;
  return { policy: accepted.head.policy, signers: readRule(accepted.rule, own).signers };
}

/** Undefined where nobody signs: then nobody can approve. */
export function worldOf(
  settled: Pick<Settled, 'config' | 'manifest' | 'accepted' | 'standing' | 'own'>,
  known: Pick<World, 'print' | 'compile' | 'isArmed'>,
): World | undefined {
  const { config, manifest, accepted } = settled;
  const rules = rulesOf(settled);
  if (!accepted || !rules) return undefined;
  return {
    audience: { watchdog: config.watchdog.name, manifest: manifest.id },
    inForce: inForceOf(settled),
    head: { ...accepted.head, signers: accepted.approval.signers },
    ...rules,
    counters: accepted.counters,
    resources: manifest.resources,
    ...known,
  };
}

/** How many people must approve: as many as must sign what weakens; two at least where nobody can tell who asked. */
export function needOf({ k, weakening }: Policy, known: 'token' | 'host'): number {
  return Math.max(k, weakening, known === 'host' ? 2 : 1);
}

export const observeIn = ({ resources, print }: World, id: string): Observed | undefined => observe(resources, id, print);

export const observationDigest = (observed: Observed): string => `sha256:${sha256(steadyPart(observed))}`;

/** The identity that is held of a resource; undefined where none is. */
export function heldIdentity({ print }: World, id: string): Identity | undefined {
  const held = print(id)?.expected['identity'] as Identity | undefined;
  return held && Object.keys(held).length > 0 ? held : undefined;
}

/** What moved since a request was made: manifest, policy, or what its approvers are shown. */
export function movedIn(world: World, document: RequestDocument): string | undefined {
  const moved = movedSince(document, world.inForce);
  if (moved !== undefined || document.about === null) return moved;
  if (canonicalJson(heldIdentity(world, document.about) ?? null) !== canonicalJson(document.identity))
    return `another identity is held of ${document.about} than when it was asked`;
  const observed = observeIn(world, document.about);
  if (observed && observationDigest(observed) === document.observation) return undefined;
  return `${document.about}, or what stands around it, is no longer as it was shown`;
}
