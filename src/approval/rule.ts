import { canonicalJson } from '../core/canonical.ts';
import { parseAllowedSigners, type AllowedSigner, type LineFault } from '../signing/allowed-signers.ts';
import { sha256 } from '../signing/digest.ts';
import { plainNames } from '../signing/patterns.ts';
import { parseRevokedKeys } from '../signing/revoked-keys.ts';

/** Who may sign, as it is written down: plain data for the store. */
export interface Rule {
  /** Text of an `allowed_signers` file. */
  readonly allowed: string;
  /** Text of a list of revoked keys; empty where there is none. */
  readonly revoked: string;
  readonly people: Readonly<Record<string, readonly string[]>>;
  readonly agents: readonly string[];
}

/** Who may sign, understood. */
export interface Signers {
  readonly lines: readonly AllowedSigner[];
  /** Fingerprints. */
  readonly revoked: ReadonlySet<string>;
  readonly personOf: (principal: string) => { readonly person: string; readonly kind: 'human' | 'agent' };
  /** How many people there are; undefined where certificates may name any number. */
  readonly reach: number | undefined;
  /** Fingerprint of the watcher's own key, which counts for nobody, whatever the lines say. */
  readonly own?: string;
  /** Of all of it, however it is written. */
  readonly digest: string;
}

export interface RuleFault extends LineFault {
  readonly in: 'allowed' | 'revoked' | 'people' | 'own';
}

/** Understands a rule. Where there are faults, it is not to be used. `own`: fingerprint of the watcher's own key. */
export function readRule(
  { allowed, revoked, people, agents }: Rule,
  own?: string,
): { readonly signers: Signers; readonly faults: readonly RuleFault[] } {
  const [signed, gone] = [parseAllowedSigners(allowed), parseRevokedKeys(revoked)];
  const names = new Map(
    Object.entries(people).flatMap(([person, principals]) => principals.map((principal) => [principal, person] as const)),
  );
  const programs = new Set(agents);
  const personOf: Signers['personOf'] = (principal) => ({
    person: names.get(principal) ?? principal,
    kind: programs.has(principal) ? 'agent' : 'human',
  });
  const known = new Set(signed.lines.flatMap(({ principals }) => plainNames(principals)));
  const open = signed.lines.some(({ isAuthority }) => isAuthority);
  const humans = [...known].map(personOf).flatMap(({ person, kind }) => (kind === 'human' ? [person] : []));
  const list = new Set(gone.lines);
  const faults: RuleFault[] = [
    ...signed.faults.map((fault) => ({ ...fault, in: 'allowed' as const })),
    ...gone.faults.map((fault) => ({ ...fault, in: 'revoked' as const })),
    ...signed.lines.flatMap(({ line, key }): RuleFault[] =>
      key.fingerprint === own
        ? [{ in: 'own', line, message: "has the watcher's own key: what people sign is not for the watcher to sign" }]
        : [],
    ),
    ...(signed.faults.length > 0 ? [] : misnamed(people, agents, open ? undefined : known)),
  ];
  const reach = open ? undefined : new Set(humans).size;
  const digest = digestOf(signed.lines, list, people, agents);
  return { signers: { lines: signed.lines, revoked: list, personOf, reach, digest, ...(own !== undefined && { own }) }, faults };
}

/** `known` is undefined where certificates may name anybody. */
function misnamed(people: Rule['people'], agents: Rule['agents'], known: ReadonlySet<string> | undefined): RuleFault[] {
  const seen = new Set<string>();
  return [...Object.values(people).flat(), ...agents].flatMap((principal): RuleFault[] => {
    const twice = seen.has(principal);
    seen.add(principal);
    if (twice) return [{ in: 'people', line: 1, message: `${principal} stands in two places of signers.people and signers.agents` }];
    return known && !known.has(principal) ? [{ in: 'people', line: 1, message: `has no principal ${principal}, which signers names` }] : [];
  });
}

function digestOf(lines: readonly AllowedSigner[], revoked: ReadonlySet<string>, people: Rule['people'], agents: Rule['agents']): string {
  const sorted = <T>(list: Iterable<T>): string[] => [...list].map((one) => canonicalJson(one)).toSorted();
  const allowed = lines.map(({ line: _line, key, ...rest }) => ({ ...rest, key: key.fingerprint }));
  const parts = { allowed: sorted(allowed), revoked: sorted(revoked), people: sorted(Object.entries(people)), agents: sorted(agents) };
  return `sha256:${sha256(canonicalJson(parts))}`;
}
