import assert from 'node:assert/strict';
import { diffManifests, isWeakening, toRemembered } from '../../src/core/manifest-diff.ts';
import { judgeStep, NO_SIGNERS, sayChange, type ManifestHead, type Signed } from '../../src/core/manifest-step.ts';
import { countPeople, type Vote } from '../../src/core/quorum.ts';
import { makeCheck, makeResource } from '../support/roll.ts';

const NONE = { presence: false, verification: false };
const vote = (person: string, more: Partial<Vote> = {}): Vote => ({ person, kind: 'human', key: `key of ${person}`, ...more });

describe('a count of people', () => {
  const people = (...votes: Vote[]): readonly string[] => countPeople(votes, NONE).people;

  it('takes each once, however many keys or signatures there are', () => {
    assert.deepEqual(people(vote('bob'), vote('alice'), vote('alice', { key: 'another' }), vote('bob')), ['alice', 'bob']);
  });

  it('takes two names with one key for one, also where only a third signature joins them', () => {
    assert.deepEqual(people(vote('alice', { key: 'K' }), vote('bob', { key: 'K' })), ['alice or bob']);
    const chain = [vote('alice', { key: 'A' }), vote('bob', { key: 'B' }), vote('alice', { key: 'C' }), vote('bob', { key: 'C' })];
    assert.deepEqual(people(...chain, vote('carol')), ['alice or bob', 'carol']);
  });

  it('joins by keys that only an earlier join brought together', () => {
    const [one, other] = [vote('alice', { key: 'A' }), vote('alice', { key: 'B' })];
    assert.deepEqual(people(one, other, vote('carol', { key: 'A' }), vote('dave', { key: 'B' })), ['alice or carol or dave']);
  });

  it('says of everyone who does not count why not, once and in order', () => {
    const touched = vote('carol', { touch: { present: false, verified: false } });
    const strict = { presence: true, verification: true };
    const seen = vote('dave', { touch: { present: true, verified: false } });
    assert.deepEqual(countPeople([touched, seen, vote('bob'), vote('bob')], strict).dropped, [
      'bob signed with a key that cannot show a touch (require_presence)',
      'carol did not touch the security key',
      'dave did not show the security key a PIN or a finger (require_verification)',
    ]);
  });

  it('never takes a program', () => {
    assert.deepEqual(countPeople([vote('bot', { kind: 'agent' })], NONE), {
      people: [],
      dropped: ['bot is a program, which never counts'],
    });
  });

  it('takes a security key only where it was touched, and what else the policy asks for', () => {
    const touched = (present: boolean, verified: boolean) => vote('alice', { touch: { present, verified } });
    const count = (one: Vote, presence: boolean, verification: boolean) => countPeople([one], { presence, verification }).people.length;
    assert.deepEqual([count(touched(false, true), false, false), count(touched(true, false), false, false)], [0, 1]);
    assert.deepEqual([count(vote('alice'), true, false), count(touched(true, false), true, false)], [0, 1]);
    assert.deepEqual(
      [count(vote('alice'), false, true), count(touched(true, false), true, true), count(touched(true, true), true, true)],
      [0, 0, 1],
    );
  });
});

describe('a manifest that wants to follow another', () => {
  const NOW = Date.UTC(2026, 10, 23);
  const [orders, users] = [makeResource({ id: 'orders-db' }), makeResource({ id: 'users-db' })].map(toRemembered) as [never, never];
  const policy = { k: 1, weakening: 2, requirePresence: false, requireVerification: false };
  const head: ManifestHead = { id: 'prod', version: 7, sha256: 'a'.repeat(64), policy, resources: [orders, users] };
  const next: ManifestHead = { ...head, version: 8, sha256: 'b'.repeat(64), previous: head.sha256 };
  const signed = (people: readonly string[], more: Partial<Signed> = {}): Signed => ({
    quorum: { people, dropped: [] },
    files: people.length,
    replayed: false,
    ready: { digest: 'sha256:new', reach: 2 },
    reach: 3,
    ...more,
  });
  const judge = (more: Partial<ManifestHead>, by: readonly string[], beside: Partial<Signed> = {}): string => {
    const step = judgeStep(head, { ...next, ...more }, signed(by, beside), NOW);
    return step.ok ? step.sense : step.kind;
  };

  it('counts a thing that need not be watched from now on as weakening, by its name, and one that must be again as none', () => {
    const rule = 'scratch_* (of any kind) on pg: made anew';
    assert.equal(judge({ leftOut: [rule] }, ['alice']), 'under-signed');
    assert.equal(judge({ leftOut: [rule] }, ['alice', 'bob']), 'weakening');
    const step = judgeStep({ ...head, leftOut: [rule] }, { ...next, leftOut: [] }, signed(['alice']), NOW);
    assert.ok(step.ok && step.sense === 'harmless' && step.change);
    assert.match(sayChange(step.change), /is to be watched or told of: scratch_\* \(of any kind\) on pg: made anew/);
  });

  it('weakens by declaring a maintenance window or moving one, not by letting one go', () => {
    assert.equal(judge({ windows: ['upgrade until noon'] }, ['alice']), 'under-signed');
    assert.equal(judge({ windows: ['upgrade until noon'] }, ['alice', 'bob']), 'weakening');
    const declared = { ...head, windows: ['upgrade until noon'] };
    const after = (windows: readonly string[]) => judgeStep(declared, { ...next, windows }, signed(['alice']), NOW);
    assert.equal(after([]).ok, true);
    assert.equal(after(['upgrade until evening']).ok, false);
  });

  it('is refused in a word of its own for each way in which it does not follow', () => {
    assert.equal(judge({ id: 'other' }, ['a', 'b']), 'other-manifest');
    assert.equal(judge({ version: 6 }, ['a', 'b']), 'rollback');
    assert.equal(judge({ version: 7 }, ['a', 'b']), 'fork');
    assert.equal(judge({ version: 9 }, ['a', 'b']), 'gap');
    assert.equal(judge({ previous: 'c'.repeat(64) }, ['a', 'b']), 'fork');
    assert.equal(judge({ expires: NOW - 1 }, ['a', 'b']), 'frozen');
    assert.equal(judge({}, [], { files: 0 }), 'unsigned');
    assert.equal(judge({}, [], { files: 1 }), 'under-signed');
    assert.equal(judge({}, [], { files: 2, replayed: true }), 'replay');
    assert.equal(judge({ policy: { ...policy, k: 4 } }, ['a', 'b']), 'out-of-reach');
    assert.equal(judge({ signers: 'sha256:lost' }, ['a', 'b']), 'other-signers');
    assert.equal(judge({ signers: 'sha256:new', policy: { ...policy, k: 3 } }, ['a', 'b']), 'out-of-reach');
    const unnamed = judgeStep(head, { ...head, version: 8, sha256: 'd' }, signed(['a', 'b']), NOW);
    assert.equal(!unnamed.ok && unnamed.kind, 'fork');
  });

  it('needs one signature to strengthen, and as many as the policy says to weaken', () => {
    const more = makeResource({ id: 'new-db' });
    assert.equal(judge({}, ['a']), 'harmless');
    assert.equal(judge({ resources: [orders, users, toRemembered(more)] }, ['a']), 'harmless');
    assert.equal(judge({ resources: [orders] }, ['a']), 'under-signed');
    assert.equal(judge({ resources: [orders] }, ['a', 'b']), 'weakening');
    for (const weaker of [
      { policy: { ...policy, weakening: 1 } },
      { signers: 'sha256:new' },
      { signers: NO_SIGNERS },
      { resources: [orders, { ...toRemembered(makeResource({ id: 'users-db' })), confirm: 9 }] },
    ]) {
      assert.equal(judge(weaker, ['a']), 'under-signed', JSON.stringify(weaker));
      assert.equal(judge(weaker, ['a', 'b']), 'weakening', JSON.stringify(weaker));
    }
    assert.equal(judge({ policy: { ...policy, k: 2, requirePresence: true } }, ['a']), 'harmless');
  });

  it('is judged by the policy in force, not by its own', () => {
    const lax = { ...policy, k: 0, weakening: 0 };
    assert.equal(judge({ policy: lax, resources: [] }, ['a']), 'under-signed');
    const odd = { ...head, policy: { ...policy, k: 2, weakening: 1 } };
    assert.equal(judgeStep(odd, { ...next, resources: [orders] }, signed(['a']), NOW).ok, false, 'weakening never takes fewer');
    const strict: ManifestHead = { ...head, policy: { ...policy, weakening: 3 } };
    const step = judgeStep(strict, { ...next, resources: [orders] }, signed(['a', 'b']), NOW);
    assert.equal(step.ok, false);
  });

  it('losing its expiry is weaker; a later one is not', () => {
    const dated = { ...head, expires: NOW + 1000 };
    const judged = (expires: number | undefined) => judgeStep(dated, { ...next, ...(expires && { expires }) }, signed(['a']), NOW).ok;
    assert.deepEqual([judged(undefined), judged(NOW + 9000)], [false, true]);
  });

  it('as the first needs the larger of both numbers', () => {
    const first = (people: readonly string[], more: Partial<ManifestHead['policy']>) => {
      const step = judgeStep(undefined, { ...head, policy: { ...policy, ...more } }, signed(people), NOW);
      return step.ok ? step.need : step.kind;
    };
    assert.deepEqual(
      [first(['a'], {}), first(['a', 'b'], {}), first(['a', 'b'], { k: 3, weakening: 1 })],
      ['under-signed', 2, 'under-signed'],
    );
    assert.equal(first(['a', 'b', 'c'], { k: 3, weakening: 1 }), 3);
  });

  it('is said in sentences, what weakens first', () => {
    const step = judgeStep(
      head,
      { ...next, resources: [users, toRemembered(makeResource({ id: 'new' }))], signers: NO_SIGNERS },
      signed(['a']),
      NOW,
    );
    assert.ok(step.change);
    assert.equal(sayChange(step.change), 'orders-db leaves the roll; signing given up; new joins the roll');
    assert.equal(sayChange(step.change, 1), 'orders-db leaves the roll; and 2 more');
  });
});

describe('the difference between two entries', () => {
  const of = (expect: Record<string, unknown>, bound: number, name = 'orders') =>
    toRemembered(
      makeResource({ asked: { name, expect }, checks: [makeCheck({ path: 'tables.t.min_rows', rule: { is: 'at_least', bound } })] }),
    );
  const sense = (after: ReturnType<typeof of>, before = of({ tables: { t: { min_rows: 5 } }, owners: ['a'] }, 5)): string => {
    const diff = diffManifests([before], [after]);
    return isWeakening(diff) ? 'weaker' : diff.strengthened.length > 0 ? 'stronger' : diff.neutral.length > 0 ? 'neutral' : 'same';
  };

  it('counts as weaker wherever no check answers for it', () => {
    assert.equal(sense(of({ tables: { t: { min_rows: 5 } }, owners: ['a'] }, 5)), 'same');
    assert.equal(sense(of({ tables: { t: { min_rows: 9 } }, owners: ['a'] }, 9)), 'stronger');
    assert.equal(sense(of({ tables: { t: { min_rows: 1 } }, owners: ['a'] }, 1)), 'weaker');
    assert.equal(
      sense(of({ tables: { t: { min_rows: 9 } }, owners: ['a', 'mallory'] }, 9)),
      'weaker',
      'one more owner beside a tighter floor',
    );
    assert.equal(sense(of({ tables: { t: { min_rows: 5 } }, owners: ['a'] }, 5, 'another')), 'weaker');
  });

  it('of fewer protections, or another domain, is weaker; of another owner it is neutral', () => {
    const base = { asked: {}, protectedBy: ['dumps'], domain: { provider: 'x' }, owner: 'payments' };
    const to = (more: object): string => sense(toRemembered(makeResource({ ...base, ...more })), toRemembered(makeResource(base)));
    assert.deepEqual(
      [to({ protectedBy: [] }), to({ domain: { provider: 'y' } }), to({ owner: 'sales' }), to({ protectedBy: ['dumps', 'b'] })],
      ['weaker', 'weaker', 'neutral', 'stronger'],
    );
  });
});
