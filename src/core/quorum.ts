/** Who signed something, one entry a signature that is right. Plain data: the same for a manifest and for a change. */
export interface Vote {
  /** As the signers' rule names people. */
  readonly person: string;
  readonly kind: 'human' | 'agent';
  /** The key itself in its one spelling (its fingerprint), also where a certificate vouches for it. */
  readonly key: string;
  /** What a security key said; absent for a key in a file. */
  readonly touch?: { readonly present: boolean; readonly verified: boolean };
}

/** What a signature must show to count. */
export interface Proofs {
  /** Somebody touched a security key. */
  readonly presence: boolean;
  /** Somebody proved to it, by PIN or fingerprint, to be its owner. */
  readonly verification: boolean;
}

export interface Quorum {
  /** The people who count, each once, in order of name. Names that share a key are one: `alice or bob`. */
  readonly people: readonly string[];
  /** Why others do not. */
  readonly dropped: readonly string[];
}

/**
 * Counts distinct people. One person with many keys is one, and so are many names with one key: whoever is joined by a key or by a name
 * counts once, whichever way it is joined.
 */
export function countPeople(votes: readonly Vote[], proofs: Proofs): Quorum {
  const dropped: string[] = [];
  const groups: { names: Set<string>; keys: Set<string> }[] = [];
  for (const vote of votes) {
    const why = missing(vote, proofs);
    if (why !== undefined) {
      dropped.push(`${vote.person} ${why}`);
      continue;
    }
    const joined = groups.filter(({ names, keys }) => names.has(vote.person) || keys.has(vote.key));
    const names = new Set([vote.person, ...joined.flatMap((group) => [...group.names])]);
    const keys = new Set([vote.key, ...joined.flatMap((group) => [...group.keys])]);
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push({ names, keys });
  }
  const people = groups.map(({ names }) => [...names].toSorted().join(' or ')).toSorted();
  return { people, dropped: [...new Set(dropped)].toSorted() };
}

function missing({ kind, touch }: Vote, { presence, verification }: Proofs): string | undefined {
  if (kind === 'agent') return 'is a program, which never counts';
  // ssh-keygen signs without a touch where a key was made so (no-touch-required), and verifies it; a signature nobody made is nobody's.
  if (touch && !touch.present) return 'did not touch the security key';
  if (presence && !touch) return 'signed with a key that cannot show a touch (require_presence)';
  if (verification && !touch?.verified) return 'did not show the security key a PIN or a finger (require_verification)';
  return undefined;
}
