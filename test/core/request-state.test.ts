import assert from 'node:assert/strict';
import type { Vote } from '../../src/core/quorum.ts';
import {
  approvingVotes,
  change,
  decide,
  endOf,
  fail,
  isOpen,
  movedSince,
  printRequest,
  stateOf,
  type Decided,
  type Hearing,
  type RequestRecord,
  type Said,
} from '../../src/core/request-state.ts';
import { FROM, makeDocument, makeRecord, UNTIL } from '../support/request-document.ts';

const vote = (person: string, more: Partial<Vote> = {}): Vote => ({ person, kind: 'human', key: `key of ${person}`, ...more });
const said = (votes: readonly Vote[], decision: Said['decision'] = 'approve'): Said => ({
  decision,
  votes,
  at: FROM,
  signature: 'armored',
});
const HEARING: Hearing = { at: FROM, proofs: { presence: false, verification: false }, moved: undefined, dropped: [] };
const hear = (
  record: RequestRecord,
  votes: readonly Vote[],
  more: Partial<Hearing> = {},
  decision: Said['decision'] = 'approve',
): Decided => decide(record, said(votes, decision), { ...HEARING, ...more });
const refused = (decided: Decided) => (decided.ok ? 'ok' : `${decided.kind}: ${decided.why}`);
function next(decided: Decided): RequestRecord {
  assert.ok(decided.ok, refused(decided));
  return decided.next;
}

describe('a request that people decide', () => {
  it('waits for as many people as it needs, and is approved at that moment', () => {
    const first = next(hear(makeRecord(), [vote('alice')]));
    assert.deepEqual(
      [first.status, first.people, first.revision, first.said.length, first.execution],
      ['PENDING', ['alice'], 2, 1, undefined],
    );
    const decided = hear(first, [vote('bob')], { at: FROM + 5 });
    assert.deepEqual(decided.ok && decided.people, ['bob']);
    const second = next(decided);
    assert.deepEqual(
      [second.status, second.execution, second.people, second.approvedAt, second.revision],
      ['APPROVED', 'PENDING', ['alice', 'bob'], FROM + 5, 3],
    );
    assert.equal(next(hear(makeRecord({}, { need: 1 }), [vote('alice')])).status, 'APPROVED');
  });

  it('is ended by one who denies, who needs no touch, and may have asked', () => {
    const strict = { proofs: { presence: true, verification: true } };
    const ended = next(hear(makeRecord(), [vote('alice')], strict, 'deny'));
    assert.deepEqual(
      [ended.status, ended.code, ended.why, ended.revision, ended.said.length],
      ['FAILED', 'REJECTED', 'denied by alice', 2, 1],
    );
    const own = makeRecord({}, { requester: { name: 'alice', kind: 'human', known: 'token' } });
    assert.equal(next(hear(own, [vote('alice')], {}, 'deny')).code, 'REJECTED');
    assert.equal(refused(hear(makeRecord(), [vote('bot', { kind: 'agent' })], {}, 'deny')).split(':')[0], 'nobody');
  });

  it('takes nothing once it is decided', () => {
    assert.equal(refused(hear(makeRecord({ status: 'APPROVED' }), [vote('alice')])), 'closed: the request is APPROVED');
    assert.equal(
      refused(hear(makeRecord({ status: 'FAILED', code: 'REJECTED' }), [vote('alice')], {}, 'deny')),
      'closed: the request is FAILED (REJECTED)',
    );
  });

  it('takes nothing once its window is over, to the millisecond, and nothing once something moved', () => {
    assert.ok(hear(makeRecord(), [vote('alice')], { at: UNTIL - 1 }).ok);
    const late = hear(makeRecord(), [vote('alice')], { at: UNTIL });
    assert.equal(refused(late), 'expired: its window is over');
    assert.deepEqual(!late.ok && [late.next?.status, late.next?.code, late.next?.why], ['FAILED', 'EXPIRED', 'nobody decided in time']);
    const moved = hear(makeRecord(), [vote('alice')], { moved: 'it went' });
    assert.equal(refused(moved), 'moved: it went');
    assert.deepEqual(!moved.ok && [moved.next?.code, moved.next?.why], ['CONFIGURATION_CHANGED', 'it went']);
  });

  it('is approved neither by who asked nor by a program nor by nobody, with the reason', () => {
    const of = (name: string) => makeRecord({}, { requester: { name, kind: 'human', known: 'token' } });
    assert.equal(refused(hear(of('alice'), [vote('alice')])), 'requester: alice asked for it, and cannot approve it');
    assert.equal(refused(hear(of('ALICE'), [vote('alice')])), 'requester: ALICE asked for it, and cannot approve it');
    assert.ok(hear(of('alice'), [vote('bob')]).ok);
    const shared = [vote('alice', { key: 'K' }), vote('bob', { key: 'K' })];
    assert.equal(refused(hear(of('alice'), shared)).split(':')[0], 'requester');
    const dressed = [vote('bot', { kind: 'agent', key: 'K' }), vote('bob', { key: 'K' })];
    assert.equal(refused(hear(makeRecord(), dressed)), 'nobody: it is signed by a program, which never counts');
    assert.equal(refused(hear(makeRecord(), [], { dropped: ['the signature is none', 'more'] })), 'nobody: the signature is none; more');
    assert.equal(refused(hear(makeRecord(), [])), 'nobody: it is signed by nobody who counts');
    const strict = { proofs: { presence: true, verification: false } };
    assert.equal(
      refused(hear(makeRecord(), [vote('alice')], strict)),
      'nobody: alice signed with a key that cannot show a touch (require_presence)',
    );
  });

  it('counts a person once, with however many keys or names', () => {
    const first = next(hear(makeRecord(), [vote('alice')]));
    assert.equal(refused(hear(first, [vote('alice', { key: 'another' })])), 'repeated: alice has approved it already');
    assert.equal(refused(hear(first, [vote('alice2', { key: 'key of alice' })])), 'repeated: alice2 has approved it already');
  });
});

describe('a request as it stands', () => {
  it('is named by its state, ends with its window, and counts up', () => {
    assert.deepEqual([stateOf({ status: 'PENDING' }), stateOf({ status: 'FAILED', code: 'EXPIRED' })], ['PENDING', 'FAILED (EXPIRED)']);
    assert.equal(endOf(makeRecord()), UNTIL);
    assert.deepEqual(change(makeRecord()), makeRecord({ revision: 2 }));
    assert.deepEqual(fail(makeRecord({ status: 'APPROVED', execution: 'PENDING' }), 'EXPIRED', 'late'), {
      ...makeRecord({ revision: 2 }),
      status: 'FAILED',
      code: 'EXPIRED',
      why: 'late',
    });
  });

  it('is open while it is to be decided or used', () => {
    const open = [makeRecord(), makeRecord({ status: 'APPROVED', execution: 'PENDING' })];
    const closed = [makeRecord({ status: 'FAILED', code: 'REJECTED' }), makeRecord({ status: 'APPROVED', execution: 'EXECUTED' })];
    assert.deepEqual([...open, ...closed].map(isOpen), [true, true, false, false]);
  });

  it('is void under another manifest or other people', () => {
    const now = { manifest: 'sha256:base', policy: 'sha256:policy' };
    assert.equal(movedSince(makeDocument(), now), undefined);
    assert.equal(
      movedSince(makeDocument(), { ...now, manifest: 'sha256:next' }),
      'another manifest is in force than the one it was asked under',
    );
    for (const policy of [undefined, 'sha256:other'])
      assert.equal(
        movedSince(makeDocument(), { ...now, policy }),
        'other people may sign, or another number of them, than when it was asked',
      );
  });

  it('is read without its token and its signatures', () => {
    const { document, ...rest } = makeRecord({ token: 'digest', said: [said([vote('alice')])], exit: 0 });
    const printed = printRequest({ document, ...rest });
    assert.deepEqual(printed, { id: document.id, revision: 1, status: 'PENDING', people: [], refused: 0, exit: 0, request: document });
  });

  it('has the votes that count: of people, and none of a signature that is also who asked', () => {
    const votes = [vote('alice'), vote('bot', { kind: 'agent' })];
    assert.deepEqual(approvingVotes(makeDocument(), votes), [vote('alice')]);
    assert.deepEqual(approvingVotes({ requester: { name: 'Alice', kind: 'human', known: 'token' } }, votes), []);
  });
});
