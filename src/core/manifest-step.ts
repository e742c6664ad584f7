import { diffManifests, isWeakening, type ManifestDiff, type Remembered } from './manifest-diff.ts';
import type { Proofs, Quorum } from './quorum.ts';

/** How many people must sign a change, and what their signatures must show. */
export interface Policy {
  readonly k: number;
  readonly weakening: number;
  readonly requirePresence: boolean;
  readonly requireVerification: boolean;
}

/** What is compared of a manifest when another wants to follow it. */
export interface ManifestHead {
  readonly id: string;
  readonly version: number;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
  /** Of the manifest it follows; undefined where it names none. */
  readonly previous?: string;
  /** Ms since 1970. */
  readonly expires?: number;
  readonly policy: Policy;
  /** Digest of the signers' rule it binds, or that none is to hold any more; undefined where it leaves the rule as it is. */
  readonly signers?: string;
  readonly resources: readonly Remembered[];
  /** Maintenance windows, each as the text of all it says; undefined in what an older version wrote down. */
  readonly windows?: readonly string[];
  /** What is there on purpose without being on the roll, each in words; undefined in what an older version wrote down. */
  readonly leftOut?: readonly string[];
}

/** Why a manifest is not taken; each a word of its own, so that a page and a script can tell them apart. */
export type RefusalKind =
  | 'other-manifest'
  | 'rollback'
  | 'fork'
  | 'gap'
  | 'frozen'
  | 'unsigned'
  | 'replay'
  | 'under-signed'
  | 'out-of-reach'
  | 'other-signers';

export interface ManifestChange {
  readonly diff: ManifestDiff;
  /** What changes beside the roll: policy, signers, expiry. */
  readonly weakened: readonly string[];
  readonly strengthened: readonly string[];
}

export type Step =
  | {
      readonly ok: true;
      readonly sense: 'first' | 'weakening' | 'harmless';
      readonly need: number;
      readonly change: ManifestChange | undefined;
    }
  | { readonly ok: false; readonly kind: RefusalKind; readonly why: string; readonly change: ManifestChange | undefined };

/** What is known of the signatures beside a manifest. */
export interface Signed {
  readonly quorum: Quorum;
  /** How many signature files there are. */
  readonly files: number;
  /** True where one of them is over the manifest in force instead. */
  readonly replayed: boolean;
  /** The signers that lie ready: their digest, and how many people they are (undefined where certificates may name any number). */
  readonly ready: { readonly digest: string; readonly reach: number | undefined } | undefined;
  /** How many people the signers in force are. */
  readonly reach: number | undefined;
}

export const proofsOf = ({ requirePresence, requireVerification }: Policy): Proofs => ({
  presence: requirePresence,
  verification: requireVerification,
});

/**
 * Whether a manifest may follow the one in force: of the same name, exactly the next version, naming its predecessor, not expired at
 * `at` (ms since 1970, when it was received), and signed by as many people as the policy *in force* asks for. A first one has no
 * predecessor to ask: the larger number of its own policy holds. `current.signers` is the rule in force.
 */
export function judgeStep(current: ManifestHead | undefined, next: ManifestHead, signed: Signed, at: number): Step {
  const change = current && compareManifests(current, next);
  const refuse = (kind: RefusalKind, why: string): Step => ({ ok: false, kind, why, change });
  if (current) {
    const order = outOfOrder(current, next);
    if (order) return refuse(...order);
  }
  if (next.expires !== undefined && next.expires < at) return refuse('frozen', 'it had expired before it came');
  const weakening = change !== undefined && weakens(change);
  const { k, weakening: more } = (current ?? next).policy;
  // What weakens never takes fewer than what does not, whatever the policy says.
  const need = current && !weakening ? k : Math.max(k, more);
  const { people, dropped } = signed.quorum;
  if (people.length < need) {
    const have = `${people.length} of ${need} people signed${people.length > 0 ? ` (${people.join(', ')})` : ''}`;
    const others = dropped.length > 0 ? `; ${dropped.join('; ')}` : '';
    if (current && signed.replayed && people.length === 0) return refuse('replay', `its signatures are over version ${current.version}`);
    return refuse(signed.files === 0 ? 'unsigned' : 'under-signed', signed.files === 0 ? 'nobody signed it' : have + others);
  }
  const bound = next.signers === undefined || next.signers === current?.signers ? signed.reach : reachOf(next.signers, signed);
  if (bound === 'unknown') return refuse('other-signers', `it binds signers (${next.signers}) that do not lie here`);
  const most = Math.max(next.policy.k, next.policy.weakening);
  if (bound !== undefined && bound < most)
    return refuse('out-of-reach', `its policy asks for ${most} people, and there are ${bound}: nothing could ever follow it`);
  return { ok: true, sense: current ? (weakening ? 'weakening' : 'harmless') : 'first', need, change };
}

/** How many people the signers are whom a manifest binds; `unknown` where nobody knows them. */
function reachOf(digest: string, { ready }: Signed): number | undefined | 'unknown' {
  if (digest === NO_SIGNERS) return undefined;
  return ready?.digest === digest ? ready.reach : 'unknown';
}

/** What `policy.signers` says to give signing up. */
export const NO_SIGNERS = 'none';

function outOfOrder(current: ManifestHead, next: ManifestHead): [RefusalKind, string] | undefined {
  if (next.id !== current.id) return ['other-manifest', `it is of ${next.id}, and ${current.id} is in force`];
  const [is, was] = [next.version, current.version];
  if (is < was) return ['rollback', `it is version ${is}, and ${was} is in force`];
  if (is === was) return ['fork', `it is another version ${is} than the one in force`];
  if (is > was + 1) return ['gap', `it is version ${is}, and ${was + 1} must come before it`];
  if (next.previous === current.sha256) return undefined;
  return ['fork', `it follows another version ${was} than the one in force (previous: sha256:${current.sha256})`];
}

/** Everything that changes between two manifests, the roll and its rules. */
export function compareManifests(was: ManifestHead, is: ManifestHead): ManifestChange {
  const weakened: string[] = [];
  const strengthened: string[] = [];
  const say = (weaker: boolean, stronger: boolean, what: string): void => {
    if (weaker) weakened.push(what);
    else if (stronger) strengthened.push(what);
  };
  for (const key of ['k', 'weakening'] as const)
    say(is.policy[key] < was.policy[key], is.policy[key] > was.policy[key], `policy.${key} from ${was.policy[key]} to ${is.policy[key]}`);
  for (const [key, name] of [
    ['requirePresence', 'require_presence'],
    ['requireVerification', 'require_verification'],
  ] as const)
    say(was.policy[key] && !is.policy[key], !was.policy[key] && is.policy[key], `policy.${name} ${is.policy[key] ? 'set' : 'taken away'}`);
  say(is.signers !== undefined && is.signers !== was.signers, false, is.signers === NO_SIGNERS ? 'signing given up' : 'other signers');
  say(was.expires !== undefined && is.expires === undefined, was.expires === undefined && is.expires !== undefined, 'expiry');
  const [before, after] = [was.windows ?? [], is.windows ?? []];
  say(
    after.some((window) => !before.includes(window)),
    before.some((window) => !after.includes(window)),
    'maintenance windows',
  );
  const [counted, spared] = [was.leftOut ?? [], is.leftOut ?? []];
  weakened.push(...spared.filter((rule) => !counted.includes(rule)).map((rule) => `need not be watched: ${rule}`));
  strengthened.push(...counted.filter((rule) => !spared.includes(rule)).map((rule) => `is to be watched or told of: ${rule}`));
  return { diff: diffManifests(was.resources, is.resources), weakened, strengthened };
}

function weakens({ diff, weakened }: ManifestChange): boolean {
  return isWeakening(diff) || weakened.length > 0;
}

/** A change in sentences, the weakening ones first; at most `most` of them. */
export function sayChange({ diff, weakened, strengthened }: ManifestChange, most = 20): string {
  const of = (list: ManifestDiff['weakened']): string[] => list.map(({ id, what }) => `${id}: ${what}`);
  const parts = [
    ...diff.removed.map((id) => `${id} leaves the roll`),
    ...diff.repinned.map((id) => `${id} is pinned to another identity`),
    ...of(diff.weakened),
    ...weakened,
    ...diff.added.map((id) => `${id} joins the roll`),
    ...of(diff.strengthened),
    ...strengthened,
    ...of(diff.neutral),
  ];
  const rest = parts.length > most ? `; and ${parts.length - most} more` : '';
  return parts.length === 0 ? 'nothing that is watched' : parts.slice(0, most).join('; ') + rest;
}
