import assert from 'node:assert/strict';
import { toRemembered } from '../../src/core/manifest-diff.ts';
import {
  compareManifests,
  judgeStep,
  NO_SIGNERS,
  proofsOf,
  sayChange,
  type ManifestHead,
  type Signed,
} from '../../src/core/manifest-step.ts';
import { makeResource } from '../support/roll.ts';

const NOW = Date.UTC(2026, 10, 23);
const policy = { k: 1, weakening: 2, requirePresence: false, requireVerification: false };
const orders = toRemembered(makeResource({ identity: { oid: '1' }, asked: {} }));
const head: ManifestHead = { id: 'prod', version: 7, sha256: 'a'.repeat(64), policy, resources: [orders] };
const follows: ManifestHead = { ...head, version: 8, sha256: 'b'.repeat(64), previous: head.sha256 };
const BOTH: Signed = {
  quorum: { people: ['alice', 'bob'], dropped: [] },
  files: 2,
  replayed: false,
  ready: { digest: 'sha256:new', reach: 2 },
  reach: 3,
};

describe('what a manifest changes beside the roll', () => {
  const of = (was: Partial<ManifestHead>, is: Partial<ManifestHead>) => {
    const { weakened, strengthened } = compareManifests({ ...head, ...was }, { ...follows, ...is });
    return [...weakened.map((what) => `weaker: ${what}`), ...strengthened.map((what) => `stronger: ${what}`)];
  };
  const ruled = (more: Partial<ManifestHead['policy']>): Partial<ManifestHead> => ({ policy: { ...policy, ...more } });

  it('is nothing where nothing of it changed', () => {
    const set = { signers: 'sha256:x', expires: NOW, windows: ['w'], ...ruled({ requirePresence: true, requireVerification: true }) };
    assert.deepEqual([of({}, {}), of(set, set)], [[], []]);
    assert.deepEqual(of({ signers: 'sha256:x' }, {}), [], 'a rule that is not named stays as it is');
  });

  it('is said of each rule of the policy, both ways', () => {
    assert.deepEqual(of({}, ruled({ k: 2, weakening: 3 })), ['stronger: policy.k from 1 to 2', 'stronger: policy.weakening from 2 to 3']);
    assert.deepEqual(of({}, ruled({ k: 0, weakening: 1 })), ['weaker: policy.k from 1 to 0', 'weaker: policy.weakening from 2 to 1']);
    const strict = ruled({ requirePresence: true, requireVerification: true });
    assert.deepEqual(of({}, strict), ['stronger: policy.require_presence set', 'stronger: policy.require_verification set']);
    assert.deepEqual(of(strict, {}), ['weaker: policy.require_presence taken away', 'weaker: policy.require_verification taken away']);
  });

  it('is weaker wherever other signers are bound, or none', () => {
    assert.deepEqual(of({}, { signers: 'sha256:x' }), ['weaker: other signers']);
    assert.deepEqual(of({ signers: 'sha256:x' }, { signers: 'sha256:y' }), ['weaker: other signers']);
    assert.deepEqual(of({ signers: 'sha256:x' }, { signers: NO_SIGNERS }), ['weaker: signing given up']);
    assert.equal(NO_SIGNERS, 'none', 'as the manifest spells it');
  });

  it('is an expiry that came or went, not one that moved', () => {
    assert.deepEqual([of({ expires: NOW }, {}), of({}, { expires: NOW })], [['weaker: expiry'], ['stronger: expiry']]);
    assert.deepEqual(of({ expires: NOW }, { expires: NOW + 1 }), []);
  });

  it('is a window that came, which is weaker whatever went with it, or one that only went', () => {
    assert.deepEqual(of({}, { windows: ['a'] }), ['weaker: maintenance windows']);
    assert.deepEqual(of({ windows: ['a', 'b'] }, { windows: ['b'] }), ['stronger: maintenance windows']);
    assert.deepEqual(of({ windows: ['a'] }, { windows: ['b'] }), ['weaker: maintenance windows']);
    assert.deepEqual(of({ windows: ['a', 'b'] }, { windows: ['b', 'a'] }), []);
    assert.deepEqual(of({ windows: ['a'] }, {}), ['stronger: maintenance windows']);
  });
});

describe('a change in sentences', () => {
  it('tells what weakens before what does not, the roll before its rules', () => {
    const was = {
      ...head,
      policy: { ...policy, requirePresence: true },
      resources: [orders, toRemembered(makeResource({ id: 'gone' })), toRemembered(makeResource({ id: 'moved', identity: { oid: '2' } }))],
    };
    const is = {
      ...follows,
      policy: { ...policy, k: 2 },
      resources: [
        { ...orders, confirm: 3, blindAfter: 1, owner: 'sales' },
        toRemembered(makeResource({ id: 'moved', identity: { oid: '3' } })),
        toRemembered(makeResource({ id: 'new' })),
      ],
    };
    assert.deepEqual(sayChange(compareManifests(was, is)).split('; '), [
      'gone leaves the roll',
      'moved is pinned to another identity',
      'orders-db: confirm raised from 2 to 3',
      'policy.require_presence taken away',
      'new joins the roll',
      'orders-db: blind_after shortened',
      'policy.k from 1 to 2',
      'orders-db: belongs to somebody else',
    ]);
  });

  it('says of a change of nothing that it is one, and of a long one how much more there is', () => {
    assert.equal(sayChange(compareManifests(head, follows)), 'nothing that is watched');
    const roll = (count: number) => Array.from({ length: count }, (_, n) => toRemembered(makeResource({ id: `db-${n}` })));
    const joined = (count: number) => sayChange(compareManifests({ ...head, resources: [] }, { ...follows, resources: roll(count) }));
    assert.match(joined(20), /db-19 joins the roll$/);
    assert.match(joined(23), /db-19 joins the roll; and 3 more$/);
  });
});

describe('the words of a refusal', () => {
  const why = (is: Partial<ManifestHead>, beside: Partial<Signed> = {}, current: ManifestHead | undefined = head) => {
    const step = judgeStep(current, { ...follows, ...is }, { ...BOTH, ...beside }, NOW);
    return step.ok ? step.sense : step.why;
  };
  const by = (people: readonly string[], dropped: readonly string[] = []): Partial<Signed> => ({ quorum: { people, dropped }, files: 1 });
  const weaker = { resources: [] };

  it('say how it does not follow the one in force', () => {
    assert.equal(why({ id: 'other' }), 'it is of other, and prod is in force');
    assert.equal(why({ version: 6 }), 'it is version 6, and 7 is in force');
    assert.equal(why({ version: 7 }), 'it is another version 7 than the one in force');
    assert.equal(why({ version: 9 }), 'it is version 9, and 8 must come before it');
    const lost = `it follows another version 7 than the one in force (previous: sha256:${'a'.repeat(64)})`;
    assert.equal(why({ previous: 'c'.repeat(64) }), lost);
    assert.equal(why({ expires: NOW - 1 }), 'it had expired before it came');
    assert.equal(why({ expires: NOW }), 'harmless', 'its last moment is one of its own');
  });

  it('say how many signed, who, and why the others do not count', () => {
    assert.equal(why(weaker, { ...by([]), files: 0 }), 'nobody signed it');
    assert.equal(why(weaker, by([])), '0 of 2 people signed');
    assert.equal(why(weaker, by(['alice'])), '1 of 2 people signed (alice)');
    const strict = { ...head, policy: { ...policy, weakening: 3 } };
    assert.equal(
      why(weaker, by(['alice', 'bob'], ['bot is a program', 'eve is a program']), strict),
      '2 of 3 people signed (alice, bob); bot is a program; eve is a program',
    );
  });

  it('call it a replay only where nobody signed this one', () => {
    assert.equal(why(weaker, { ...by([]), replayed: true }), 'its signatures are over version 7');
    assert.equal(why(weaker, { ...by(['alice']), replayed: true }), '1 of 2 people signed (alice)');
    const first = judgeStep(undefined, head, { ...BOTH, ...by([]), replayed: true }, NOW);
    assert.equal(!first.ok && first.kind, 'under-signed', 'a first one replays nothing');
  });

  it('say that nothing could follow it, or that nobody knows its signers', () => {
    const many = { policy: { ...policy, k: 4 } };
    assert.equal(why(many), 'its policy asks for 4 people, and there are 3: nothing could ever follow it');
    assert.equal(why({ signers: 'sha256:lost' }), 'it binds signers (sha256:lost) that do not lie here');
    assert.equal(why({ signers: 'sha256:new' }, { ready: undefined }), 'it binds signers (sha256:new) that do not lie here');
  });

  it('are none where as many could sign as it takes', () => {
    const three = { policy: { ...policy, k: 3 } };
    assert.equal(why(three), 'harmless', 'exactly as many as there are');
    assert.equal(why({ policy: { ...policy, k: 9 } }, { reach: undefined }), 'harmless', 'certificates may name any number');
    assert.equal(why({ policy: { ...policy, k: 9 }, signers: NO_SIGNERS }), 'weakening', 'nobody has to sign any more');
    const bound = { ...head, signers: 'sha256:now' };
    assert.equal(why({ ...three, signers: 'sha256:now' }, {}, bound), 'harmless', 'the signers in force are known');
    assert.equal(judgeStep(undefined, { ...head, signers: 'sha256:new' }, BOTH, NOW).ok, true);
    const first = judgeStep(undefined, head, BOTH, NOW);
    assert.deepEqual([first.ok && first.sense, first.change], ['first', undefined]);
  });
});

describe('what a policy wants to be shown', () => {
  it('is a touch, a PIN, or neither', () => {
    assert.deepEqual(proofsOf({ ...policy, requirePresence: true }), { presence: true, verification: false });
    assert.deepEqual(proofsOf({ ...policy, requireVerification: true }), { presence: false, verification: true });
  });
});
