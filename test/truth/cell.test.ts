import assert from 'node:assert/strict';
import type { VerdictKind } from '../../src/core/outcome.ts';
import { makePage, makePrintedResource } from '../support/page.ts';
import { judgeCell, type Heard } from './cell.ts';
import { missingCells } from './play-table.ts';
import { printTable } from './print-table.ts';
import type { Paged, Row } from './row.ts';

const row = (paged: Row['paged']): Row => ({ name: 'a row', expect: {}, paged, play: () => async () => undefined });
const breach = (path: string) => ({ kind: 'diminished', path, what: 'fewer', expected: 2, actual: 1, severity: 'critical' }) as const;
const page = (at: number, verdict: VerdictKind, kind = 'lost', ...breaches: readonly string[]) => ({
  at,
  page: makePage({
    dedup_key: `rollcall/m/w/db/${kind}/1`,
    resources: [makePrintedResource({ verdict, breaches: breaches.map(breach) })],
  }),
});
const heard = (...pages: Heard['pages']): Heard => ({
  pages,
  began: 1000,
  returned: 2000,
  resource: makePrintedResource({ verdict: 'present' }),
});
const ABSENT: Paged = { verdict: 'absent', within: 2, meanwhile: ['doomed'] };

describe('a cell of the truth table', () => {
  const wrong = (paged: Row['paged'], ...pages: Heard['pages']) => judgeCell(row(paged), 18, heard(...pages)).wrong;

  it('is right where the page came in time, and counts from when the operation returned', () => {
    const cell = judgeCell(row(ABSENT), 18, heard(page(3500, 'absent')));
    assert.deepEqual([cell.wrong, cell.observed, cell.allowed], [undefined, 1.5, 2]);
    assert.equal(judgeCell(row(ABSENT), 18, heard(page(1500, 'absent'))).observed, 0, 'while it still ran');
  });

  it('is wrong where the page is late, early, missing or another one', () => {
    assert.equal(wrong(ABSENT, page(4001, 'absent')), 'too late');
    assert.match(wrong(ABSENT, page(999, 'absent')) ?? '', /^paged before/);
    assert.match(wrong(ABSENT) ?? '', /^not paged as absent; at the end it is present: /);
    assert.match(wrong(ABSENT, page(2500, 'impostor')) ?? '', /^not paged as absent/);
    assert.match(wrong(ABSENT, page(2500, 'absent', 'blind')) ?? '', /^not paged as absent/);
  });

  it('is wrong where another page came besides, unless it was true in its moment', () => {
    assert.equal(wrong(ABSENT, page(2100, 'doomed'), page(2500, 'absent')), undefined);
    assert.match(wrong(ABSENT, page(2500, 'absent'), page(2600, 'absent', 'blind')) ?? '', /^paged besides: blind/);
  });

  it('asks for exactly the breaches that were expected', () => {
    const paged: Paged = { verdict: 'degraded', breaches: ['diminished a', 'diminished b'], within: 2 };
    assert.equal(wrong(paged, page(2500, 'degraded', 'degraded', 'b', 'a')), undefined);
    for (const breaches of [['a'], ['a', 'b', 'c']])
      assert.match(
        wrong(paged, page(2500, 'degraded', 'degraded', ...breaches)) ?? '',
        /^not paged as degraded diminished a diminished b;/,
      );
  });

  it('of an announcement is right where nothing else is told and the resource is whole at the end', () => {
    const paged: Paged = { verdict: 'watchdog', within: 2 };
    const announced = { at: 1500, page: makePage({ resources: [makePrintedResource({ id: '@watchdog', verdict: 'degraded' })] }) };
    assert.equal(wrong(paged, announced), undefined);
    assert.match(wrong(paged, announced, page(2500, 'impostor')) ?? '', /^paged besides: impostor/);
    const absent = { ...heard(announced), resource: makePrintedResource({ verdict: 'absent' }) };
    assert.match(judgeCell(row(paged), 15, absent).wrong ?? '', /^told of as announced, but at the end it is absent/);
  });

  it('is wrong after any page at all where nobody may be woken, and where the end is not all right', () => {
    assert.equal(wrong('nothing'), undefined);
    assert.match(wrong('nothing', page(900, 'absent')) ?? '', /^paged: /);
    const blind = { ...heard(), resource: makePrintedResource({ verdict: 'blind' }) };
    assert.match(judgeCell(row('nothing'), 18, blind).wrong ?? '', /^nothing paged, but at the end it is blind/);
  });

  it('is missed where it is missing, and printed with its seconds beside those allowed', () => {
    const cell = judgeCell(row(ABSENT), 18, heard(page(4100, 'absent')));
    assert.deepEqual(missingCells([row(ABSENT)], [17, 18], [cell]), ['a row on 17']);
    const old: Row = { ...row(ABSENT), only: { versions: [15], why: 'its tools are' } };
    assert.deepEqual(missingCells([old], [15, 17], []), ['a row on 15']);
    const lines = printTable(['a row'], [cell]).split('\n');
    assert.match(lines[1] ?? '', /^a row +18 +absent +2\.10 +2\.00 +WRONG$/);
    assert.equal(lines[2], '    too late');
  });
});
