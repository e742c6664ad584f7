import assert from 'node:assert/strict';
import type { HarmClass } from '../../src/core/outcome.ts';
import { addMark, confirmedHarm, WINDOW_MS, type Mark } from '../../src/core/window.ts';
import { after } from '../support/roll.ts';

const mark = (harm: HarmClass | null, ms = 0, fresh = false): Mark => ({ at: after(ms), harm, fresh });
const harms = (marks: readonly Mark[]) => marks.map(({ harm }) => harm);

describe('the window of looks', () => {
  it('holds one look more than it takes to confirm, the last ones', () => {
    const all = (['lost', null, 'warning', 'critical'] as const).reduce<readonly Mark[]>(
      (marks, harm, n) => addMark(marks, mark(harm, n), 2),
      [],
    );
    assert.deepEqual(harms(all), [null, 'warning', 'critical']);
  });

  it('forgets what is more than an hour old, and nothing younger', () => {
    const marks = addMark([], mark('lost'), 2);
    assert.deepEqual(harms(addMark(marks, mark('lost', WINDOW_MS), 2)), ['lost', 'lost']);
    assert.deepEqual(harms(addMark(marks, mark('critical', WINDOW_MS + 1), 2)), ['critical']);
  });

  it('is left as it is by a good look among as many good ones, and by no other', () => {
    const good = [mark(null, 1), mark(null, 2), mark(null, 3)];
    assert.equal(addMark(good, mark(null, 4), 2), good);
    assert.notEqual(addMark(good.slice(1), mark(null, 4), 2), good);
    assert.equal(addMark(good.slice(1), mark(null, 4), 2).length, 3, 'there was a place to fill');
    const struck = [mark('lost', 1), mark(null, 2), mark(null, 3)];
    assert.deepEqual(harms(addMark(struck, mark(null, 4), 2)), [null, null, null], 'a bad look leaves in its turn');
  });
});

describe('what a window confirms', () => {
  it('is the gravest class that enough of its looks reached, in whatever order they came', () => {
    const of = (...classes: readonly (HarmClass | null)[]) =>
      confirmedHarm(
        classes.map((one, n) => mark(one, n)),
        2,
        false,
      );
    assert.equal(of('warning', 'critical', 'lost'), 'critical', 'two of three were as grave as that');
    assert.equal(of('lost', 'warning', 'warning'), 'warning');
    assert.equal(of('critical', null, 'lost'), 'critical');
    assert.equal(of('lost', null, 'lost'), 'lost');
    assert.deepEqual([of('lost', null, null), of()], [undefined, undefined]);
  });

  it('is an absence only by two looks, one of them on a fresh path', () => {
    const fresh = mark('lost', 1, true);
    assert.equal(confirmedHarm([mark('lost'), fresh], 1, true), 'lost');
    assert.equal(confirmedHarm([fresh], 1, true), undefined);
    assert.equal(confirmedHarm([mark('lost'), mark('lost')], 2, true), undefined);
    assert.equal(confirmedHarm([mark('lost'), mark('lost')], 2, false), 'lost');
    assert.equal(confirmedHarm([mark('lost'), mark('lost'), mark(null, 2, true)], 2, true), undefined, 'a fresh look that found it good');
    assert.equal(confirmedHarm([mark('lost'), fresh], 3, true), undefined, 'and as many as it takes');
  });
});
