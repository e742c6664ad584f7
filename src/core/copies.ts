import { copiesOf, type Atlas, type Located } from './planes.ts';
import type { Pair } from './blast-radius.ts';

/**
 * The rule 3-2-1-1-0: three copies, on two media, one of them elsewhere, one that cannot be changed or reached with the same credential, and
 * no errors when it was last restored.
 */
export type CopyRule = 'three-copies' | 'two-media' | 'one-off-site' | 'one-out-of-reach' | 'zero-errors';

export interface CopyJudgment {
  readonly rule: CopyRule;
  /** `met`: looked at. `declared`: by the word of the manifest alone. `unproven`: nobody knows. */
  readonly status: 'met' | 'declared' | 'not-met' | 'unproven';
  readonly say: string;
}

export interface CopyReport {
  readonly id: string;
  readonly copies: readonly string[];
  readonly rules: readonly CopyJudgment[];
}

type Apart =
  | { readonly is: 'apart'; readonly by: 'met' | 'declared'; readonly say: string }
  | { readonly is: 'together' | 'unknown'; readonly say: string };

/** Holds one resource against the rule. `pairs`: its own, of the blast radius. */
export function judgeCopies(resource: Located, byId: ReadonlyMap<string, Located>, atlas: Atlas, pairs: readonly Pair[]): CopyReport {
  const copies = copiesOf(resource.id, byId);
  const all = [resource.id, ...copies];
  const [first] = copies;
  if (first === undefined) {
    const none = (rule: CopyRule): CopyJudgment => ({
      rule,
      status: 'not-met',
      say: 'nothing on the roll would bring it back (protected_by)',
    });
    return { id: resource.id, copies, rules: [none('three-copies')] };
  }
  const enough = all.length >= 3;
  const three = { rule: 'three-copies', status: enough ? 'met' : 'not-met', say: `${all.length} on the roll: ${all.join(', ')}` } as const;
  const media = all.flatMap((a, nth) => all.slice(nth + 1).map((b) => medium(a, b, atlas)));
  const sites = copies.map((copy) => site(resource.id, copy, atlas));
  const reaches = copies.map((copy) => outOfReach(copy, pairs, resource.id, atlas));
  return {
    id: resource.id,
    copies,
    rules: [
      three,
      best('two-media', media),
      best('one-off-site', sites),
      best('one-out-of-reach', reaches),
      { rule: 'zero-errors', status: 'unproven', say: 'this version makes no restore drills, and so proves none' },
    ],
  };
}

/** One that is apart is enough; that none is, is only known where all are known. */
function best(rule: CopyRule, found: readonly Apart[]): CopyJudgment {
  const apart = found.find((one) => one.is === 'apart' && one.by === 'met') ?? found.find((one) => one.is === 'apart');
  if (apart?.is === 'apart') return { rule, status: apart.by, say: apart.say };
  const unknown = found.find(({ is }) => is === 'unknown');
  return unknown ? { rule, status: 'unproven', say: unknown.say } : { rule, status: 'not-met', say: found[0]?.say ?? '' };
}

function medium(a: string, b: string, atlas: Atlas): Apart {
  const disks = compare(atlas.names(a, 'filesystem'), atlas.names(b, 'filesystem'));
  if (disks === 'same') return { is: 'together', say: `${a} and ${b} lie on one file system` };
  if (disks === 'other') return { is: 'apart', by: 'met', say: `${a} and ${b} lie on two file systems` };
  const hosts = compare(atlas.names(a, 'host'), atlas.names(b, 'host'));
  if (hosts === 'other') return { is: 'apart', by: 'met', say: `${a} and ${b} are on two hosts` };
  if (compare(atlas.names(a, 'region'), atlas.names(b, 'region')) === 'other')
    return { is: 'apart', by: 'met', say: `${a} and ${b} are in two regions` };
  if (atlas.names(a, 'server').some((name) => atlas.names(b, 'server').includes(name)))
    return { is: 'together', say: `${a} and ${b} are in one server` };
  // What was seen outweighs the word of the manifest: one host is with one provider.
  if (hosts === 'unknown' && words(a, b, 'provider', atlas) === 'other')
    return { is: 'apart', by: 'declared', say: `${a} and ${b} are with two providers, as the manifest says` };
  return { is: 'unknown', say: `whether ${a} and ${b} lie on one disk cannot be told` };
}

function site(id: string, copy: string, atlas: Atlas): Apart {
  if (compare(atlas.names(id, 'host'), atlas.names(copy, 'host')) === 'same')
    return { is: 'together', say: `${id} and its copies are on one host` };
  const regions = compare(atlas.names(id, 'region'), atlas.names(copy, 'region'));
  if (regions === 'other') return { is: 'apart', by: 'met', say: `${copy} is in another region` };
  if (regions === 'same') return { is: 'together', say: `${id} and its copies are in one region` };
  for (const key of ['site', 'region', 'provider'] as const) {
    const found = words(id, copy, key, atlas);
    if (found === 'other') return { is: 'apart', by: 'declared', say: `${copy} is with another ${key}, as the manifest says` };
    if (found === 'same' && key !== 'provider')
      return { is: 'together', say: `${id} and its copies are in one ${key}, as the manifest says` };
  }
  return { is: 'unknown', say: `where ${id} and ${copy} are is not said (domain: { region: … } of both)` };
}

/** Nothing shows that it cannot be reached; that it can be shows. */
function outOfReach(copy: string, pairs: readonly Pair[], id: string, atlas: Atlas): Apart {
  const ties = pairs.find((pair) => pair.id === id && pair.copy === copy)?.ties ?? [];
  const [tie] = ties;
  if (tie) return { is: 'together', say: `${id} and ${copy} go down together with ${tie.kind} ${tie.name}` };
  const [own, other] = [atlas.seen(id, 'account'), atlas.seen(copy, 'account')];
  if (compare(own, other) === 'other')
    return { is: 'apart', by: 'met', say: `${copy} is in another account, and no agent that is named reaches both` };
  if (compare(atlas.names(id, 'account'), atlas.names(copy, 'account')) === 'other')
    return {
      is: 'apart',
      by: 'declared',
      say: `${copy} is under another account, as the manifest says, and no agent that is named reaches both`,
    };
  return { is: 'unknown', say: `whether one credential reaches both ${id} and ${copy} cannot be told (domain: { account: … } of both)` };
}

function words(a: string, b: string, key: string, atlas: Atlas): 'same' | 'other' | 'unknown' {
  const [one, other] = [atlas.word(a, key), atlas.word(b, key)];
  return compare(one === undefined ? [] : [one], other === undefined ? [] : [other]);
}

function compare(one: readonly string[], other: readonly string[]): 'same' | 'other' | 'unknown' {
  if (one.length === 0 || other.length === 0) return 'unknown';
  return one.some((name) => other.includes(name)) ? 'same' : 'other';
}
