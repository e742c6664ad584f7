import assert from 'node:assert/strict';
import { endGrant, GRANT_REFUSALS, operationOf, parseToken, printToken, useGrant, type GrantUse } from '../../src/core/grant.ts';
import type { RequestRecord } from '../../src/core/request-state.ts';
import { FROM, makeDocument, makeRecord, UNTIL } from '../support/request-document.ts';

const APPROVED: Partial<RequestRecord> = { status: 'APPROVED', execution: 'PENDING', people: ['alice', 'bob'] };
const USE: GrantUse = { action: 'drop-database', target: 'db1/orders', plan: 'sha256:plan' };

describe('a grant', () => {
  const use = (more: Partial<GrantUse> = {}, at = FROM, record = makeRecord(APPROVED), moved?: string): string => {
    const used = useGrant(record, { ...USE, ...more }, at, moved);
    return used.ok ? 'ok' : `${used.kind}: ${used.why}`;
  };

  it('is used up by the use it is for, from the first millisecond of its window to the last', () => {
    const used = useGrant(makeRecord(APPROVED), USE, FROM, undefined);
    assert.deepEqual(used.ok && [used.next.burned, used.next.revision, used.next.execution], [FROM, 2, 'PENDING']);
    assert.deepEqual(
      [use({}, UNTIL - 1), use({}, FROM - 1), use({}, UNTIL)],
      ['ok', `too-early: it holds from ${makeDocument().window.from} on`, `too-late: it held until ${makeDocument().window.until}`],
    );
  });

  it('is refused for anything else, each in a word of its own', () => {
    assert.equal(use({ action: 'drop' }), 'wrong-action: it is for drop-database');
    assert.equal(use({ target: 'db1/Orders' }), 'wrong-target: it is for db1/orders');
    assert.equal(use({ plan: undefined }), 'other-plan: it is for the plan sha256:plan');
    assert.equal(use({ plan: 'sha256:x' }), 'other-plan: it is for the plan sha256:plan');
    assert.equal(use({}, FROM, makeRecord({ ...APPROVED, burned: FROM })), 'already-used: it has been used');
    assert.equal(use({}, FROM, makeRecord(APPROVED), 'it moved'), 'not-in-force: it moved');
    assert.equal(use({}, FROM, makeRecord()), 'not-in-force: the request is PENDING');
    assert.equal(use({}, FROM, makeRecord({ status: 'FAILED', code: 'REJECTED' })), 'not-in-force: the request is FAILED (REJECTED)');
    assert.equal(
      use({ action: 'repin' }, FROM, makeRecord(APPROVED, { action: 'repin', operation: undefined })),
      'not-in-force: the request is APPROVED',
    );
    assert.equal(new Set(GRANT_REFUSALS).size, 9);
  });

  it('needs no plan where it was approved with none, or where the plan is a manifest', () => {
    assert.equal(use({ plan: undefined }, FROM, makeRecord(APPROVED, { plan: null })), 'ok');
    const retire = makeRecord(APPROVED, { action: 'retire', operation: undefined });
    assert.equal(use({ action: 'retire', plan: undefined }, FROM, retire), 'ok');
    assert.deepEqual([operationOf(makeDocument()), operationOf(retire.document)], ['drop-database', 'retire']);
  });

  it('ends as its command did; an expected loss is still to come', () => {
    const ended = (exit: number, action: 'execute' | 'expect-loss') => endGrant(makeRecord(APPROVED, { action }), exit);
    assert.deepEqual(
      [ended(0, 'execute').execution, ended(3, 'execute').execution, ended(0, 'expect-loss').execution],
      ['EXECUTED', 'FAILED', 'PENDING'],
    );
    assert.deepEqual([ended(3, 'execute').exit, ended(3, 'execute').revision], [3, 2]);
  });
});

describe('a token', () => {
  const TOKEN = { audience: { watchdog: 'vault', manifest: 'prod' }, id: '01KAAAAAAAAAAAAAAAAAAAAAAA', secret: 'aB-_'.repeat(10) + 'xyz' };

  it('says for whom and of which request it is', () => {
    const text = printToken(TOKEN);
    assert.equal(text, `rcg1/vault/prod/01KAAAAAAAAAAAAAAAAAAAAAAA/${TOKEN.secret}`);
    assert.deepEqual(parseToken(text), TOKEN);
  });

  it('is none where anything is missing, too much or of other letters', () => {
    const text = printToken(TOKEN);
    const bad = [
      '',
      'rcg1',
      text.slice(0, -1),
      `${text}a`,
      `${text}/`,
      `x${text}`,
      text.replace('rcg1', 'rcg2'),
      text.replace('01K', '01k'),
      text.replace('01K', '1K'),
      text.replace('01K', '001K'),
      text.replace('01K', 'x01K'),
      text.replace('AAAA/', 'AAAAx/'),
      'rcg1/vault/prod',
      `rcg1/vault/prod/${TOKEN.id}`,
      text.replace('xyz', 'xy+'),
      text.replace('AAAA/', 'AAAA//'),
      text.replace('vault', 'v'.repeat(400)),
    ];
    for (const one of bad) assert.equal(parseToken(one), undefined, one);
  });
});
