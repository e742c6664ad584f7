import assert from 'node:assert/strict';
import { ACTIONS } from '../../src/core/request.ts';
import { sayRequest, sayState } from '../../src/core/request-words.ts';
import { makeDocument, makeRecord } from '../support/request-document.ts';

const observed = makeDocument().observed;
assert.ok(observed);

describe('a request in plain words', () => {
  it('is all that a signature binds, a line each', () => {
    assert.deepEqual(sayRequest(makeDocument()), [
      'request      01KAAAAAAAAAAAAAAAAAAAAAAA to vault, watching prod version 7 (sha256:base)',
      'wants to     do "drop-database" to "db1/orders", once',
      'asked by     cursor, A PROGRAM',
      'because      "migrated" (OPS-7)',
      'between      2026-11-23T12:00:00.000Z and 2026-11-23T13:00:00.000Z, once',
      'identity     oid 16401, server 7301',
      'it is about  orders-db (present), postgres.database on pg, last seen healthy 2026-11-23T11:59:59.000Z',
      'depending    nothing on the roll has it as its backup',
      'protected by NOTHING on the roll would bring it back',
      'within reach nothing else on the roll lies in its domain',
      'plan         sha256:plan, 13 bytes',
      '  | DROP DATABASE',
      'it takes     2 people, other than who asked, by the rule sha256:policy; one who denies ends it',
      'nonce        ' + 'ab'.repeat(32),
    ]);
  });

  it('says what stands around its target', () => {
    const lines = sayRequest(
      makeDocument({
        action: 'expect-loss',
        operation: undefined,
        target: 'dumps',
        about: 'dumps',
        plan: null,
        ticket: undefined,
        need: 1,
        requester: { name: 'dave', kind: 'human', known: 'host' },
        observed: {
          ...observed,
          target: { id: 'dumps', verdict: 'degraded', breaches: ['newest_within', 'min_count'] },
          protects: [{ id: 'orders-db', verdict: 'present', breaches: [] }],
          protected_by: [
            { id: 'offsite', verdict: 'blind', breaches: [], shares_domain: true },
            { id: 'tape', verdict: 'present', breaches: [], shares_domain: false },
          ],
          same_domain: ['orders-db', 'users-db'],
          last_seen_healthy: null,
        },
      }),
    );
    assert.deepEqual(lines.slice(1, -1), [
      'wants to     let dumps disappear once, without a page',
      'asked by     dave, a person, as somebody on the watcher said',
      'because      "migrated"',
      'between      2026-11-23T12:00:00.000Z and 2026-11-23T13:00:00.000Z, once',
      'identity     oid 16401, server 7301',
      'it is        dumps (degraded: newest_within, min_count), postgres.database on pg, last seen healthy never',
      'depending    it is the backup of orders-db (present)',
      'protected by offsite (blind), WHICH LIES IN THE SAME DOMAIN AND MAY GO WITH IT, tape (present)',
      'within reach in the same domain lie orders-db, users-db',
      'it takes     1 person, other than who asked, by the rule sha256:policy; one who denies ends it',
    ]);
  });

  it('says of each action what it wants', () => {
    const wants = ACTIONS.map((action) => sayRequest(makeDocument({ action, target: 'x' }))[1]?.slice(13));
    assert.deepEqual(wants, [
      'take x off the roll, and let it disappear once without a page',
      'take another identity for x',
      'ask less of x',
      'declare or change maintenance windows of x',
      'change who signs for x, or how many',
      'let x disappear once, without a page',
      'do "drop-database" to "x", once',
    ]);
  });

  it('says what a next manifest changes, and shows no text of it; of a plan that is not shown it says so', () => {
    const lines = sayRequest(makeDocument({ action: 'retire', change: 'orders-db leaves the roll' }));
    assert.deepEqual(
      lines.filter((line) => /^(it changes|becomes|plan| {2}\|)/.test(line)),
      ['it changes   orders-db leaves the roll', 'becomes      version 8', 'plan         sha256:plan, 13 bytes'],
    );
    const large = sayRequest(makeDocument({ plan: { digest: 'sha256:big', bytes: 99_999 } }));
    assert.ok(large.includes('plan         sha256:big, 99999 bytes, too large to be shown'));
  });

  it('says of what is not on the roll that nothing is known of it, where that matters', () => {
    const none = { observed: null, about: null, identity: null };
    const known = (lines: readonly string[]) => lines.filter((line) => /^(known of it|identity|it is)/.test(line));
    for (const action of ['execute', 'expect-loss'] as const)
      assert.deepEqual(known(sayRequest(makeDocument({ ...none, action }))), ['known of it  nothing: it is not on the roll']);
    for (const action of ['window', 'change-policy'] as const) assert.deepEqual(known(sayRequest(makeDocument({ ...none, action }))), []);
  });

  it('shows every letter that could pass for another, and all of a long plan', () => {
    const lines = sayRequest(
      makeDocument({
        target: 'оrders\\',
        identity: { oid: '1\u00a0' },
        plan: { digest: 'd', bytes: 1, text: `${'x'.repeat(250)}\n\né\t` },
      }),
    );
    assert.ok(lines.includes('wants to     do "drop-database" to "\\u{43e}rders\\u{5c}", once'));
    assert.ok(
      lines.includes(
        'BEWARE       its words hold characters that are not plain ASCII, shown by their numbers, as \\u{43e}; they may look like others',
      ),
    );
    assert.ok(lines.includes('identity     oid 1\\u{a0}'));
    const shown = lines.filter((line) => line.startsWith('  | '));
    assert.deepEqual(shown, [`  | ${'x'.repeat(200)}`, `  | ${'x'.repeat(50)}`, '  | ', '  | \\u{e9}\\u{9}']);
    assert.equal(
      sayRequest(makeDocument()).some((line) => line.startsWith('BEWARE')),
      false,
    );
    assert.equal(
      sayRequest(makeDocument({ operation: 'dröp' })).some((line) => line.startsWith('BEWARE')),
      true,
    );
  });
});

describe('how a request stands', () => {
  const line = (...given: Parameters<typeof makeRecord>) =>
    sayState(makeRecord(...given)).replace(/^01KAAAAAAAAAAAAAAAAAAAAAAA {2}drop-database db1\/orders {2}/, '');
  const END = '  (asked by cursor, until 2026-11-23T13:00:00.000Z)';

  it('is one line', () => {
    assert.equal(line(), `PENDING, 0 of 2 approved${END}`);
    assert.equal(line({ people: ['alice'] }), `PENDING, 1 of 2 approved (alice)${END}`);
    assert.equal(line({ status: 'FAILED', code: 'EXPIRED', why: 'late' }), `FAILED (EXPIRED): late${END}`);
    const done = { status: 'APPROVED', people: ['alice', 'bob'] } as const;
    assert.equal(line({ ...done, execution: 'PENDING' }), `APPROVED by alice, bob, PENDING${END}`);
    assert.equal(line({ ...done, execution: 'FAILED', why: 'not used' }), `APPROVED by alice, bob, FAILED: not used${END}`);
    assert.equal(
      line({ ...done, execution: 'PENDING', burned: 1 }),
      `APPROVED by alice, bob, PENDING; its token was used, and nobody said how it ended${END}`,
    );
    assert.equal(
      line({ ...done, execution: 'EXECUTED', burned: 1, exit: 0, lost: 2 }),
      `APPROVED by alice, bob, EXECUTED; it ended with 0; the loss came as approved${END}`,
    );
  });
});
