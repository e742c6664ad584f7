import { array, assert as hold, integer, property, record } from 'fast-check';
import assert from 'node:assert/strict';
import { measuredOf, worthKeeping } from '../../src/core/measured.ts';
import type { Measure } from '../../src/core/report.ts';
import { addSample, packTrend, SERIES_KEPT, unpackTrend, type Trend } from '../../src/core/trend.ts';
import { makeCheck, makeResource } from '../support/roll.ts';

const MINUTE = 60_000;
const START = 29_000_000;
const sizes = (minute: number, value: number | string) => ({ at: minute * MINUTE, measures: { size: { value, unit: 'bytes' as const } } });
const exact = (value: number, unit: Measure['unit'] = 'rows'): Measure => ({ value, unit, how: 'exact' });

describe('how measures moved', () => {
  it('is one point for what stays as it is, and one for each change', () => {
    let trend: Trend = {};
    for (const [minute, value] of [
      [0, 5],
      [31, 5],
      [62, 6],
      [93, 6],
      [124, 5],
    ] as const)
      trend = addSample(trend, sizes(START + minute, value));
    assert.deepEqual(trend['size']?.points, [
      [START, 5],
      [START + 62, 6],
      [START + 124, 5],
    ]);
  });

  it('is half-hours of a day, six-hours of a week, days of two months, and the last before', () => {
    let trend: Trend = {};
    for (let minute = 0; minute <= 100 * 24 * 60; minute += 15) trend = addSample(trend, sizes(START + minute, minute));
    const now = START + 100 * 24 * 60;
    const ages = (trend['size']?.points ?? []).map(([minute]) => (now - minute) / 60);
    const younger = (hours: number) => ages.filter((age) => age < hours).length;
    assert.ok(ages.length <= 129, `${ages.length} points`);
    assert.ok(younger(24) >= 47 && younger(24) <= 49, `${younger(24)} of the last day`);
    assert.ok(younger(168) - younger(24) >= 23, `${younger(168) - younger(24)} of the rest of the week`);
    assert.ok(ages.length - younger(168) >= 52, `${ages.length - younger(168)} before`);
    assert.equal(ages.filter((age) => age >= 60 * 24).length, 1);
    assert.equal(ages.at(-1), 0);
  });

  it('stays bounded, in order and true whatever comes in, also from a clock that jumps', () => {
    const moves = array(record({ wait: integer({ min: -5000, max: 5000 }), value: integer({ min: 0, max: 3 }) }), { maxLength: 600 });
    hold(
      property(moves, (given) => {
        let [trend, minute]: [Trend, number] = [{}, START];
        for (const { wait, value } of given) {
          minute += wait;
          const before = trend['size']?.points.at(-1);
          trend = addSample(trend, sizes(minute, value));
          const points = trend['size']?.points ?? [];
          assert.ok(points.length <= 129);
          assert.ok(points.every(([at], n) => n === 0 || at >= (points[n - 1]?.[0] ?? 0)));
          if (!before || before[0] <= minute) assert.equal(points.at(-1)?.[1], value);
        }
        assert.deepEqual(unpackTrend(packTrend(trend)), trend);
      }),
    );
  });

  it('holds no more measures than a page shows, and nothing that is no number', () => {
    const measures = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`m${n}`, exact(n)]));
    const trend = addSample(
      {},
      { at: START * MINUTE, measures: { ...measures, m0: { value: 'text', unit: 'text' }, m1: exact(Number.NaN) } },
    );
    assert.equal(Object.keys(trend).length, SERIES_KEPT);
    assert.deepEqual(Object.keys(trend).slice(0, 2), ['m2', 'm3']);
  });

  it('begins anew where a measure has another unit than before', () => {
    const trend = addSample(addSample({}, sizes(START, 5)), { at: (START + 40) * MINUTE, measures: { size: exact(7) } });
    assert.deepEqual(trend, { size: { unit: 'rows', points: [[START + 40, 7]] } });
  });

  it('is of four measures that all change no more than 10 KiB, after two months and more', () => {
    let trend: Trend = {};
    for (let minute = 0; minute <= 70 * 24 * 60; minute += 15)
      trend = addSample(trend, {
        at: (START + minute) * MINUTE,
        measures: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, exact(1e9 + minute * 7919)])),
      });
    assert.ok(packTrend(trend).length < 10 * 1024, `${packTrend(trend).length} bytes`);
  });
});

describe('what is measured of a resource', () => {
  const resource = makeResource({
    checks: [
      makeCheck({ measure: 'rows', subject: 'public.t', noun: 'rows', rule: { is: 'at_least', bound: 10 } }),
      makeCheck({ measure: 'rows', rule: { is: 'shrinks_at_most', share: 0.1, corroboration: [] } }),
      makeCheck({ measure: 'age', subject: 'the newest backup', noun: '', rule: { is: 'at_most', bound: 100 } }),
    ],
  });

  it('comes with the tightest of its bounds, in the words of the check', () => {
    const [rows, age] = measuredOf(resource, { baselines: { rows: 200 } }, {}, { rows: exact(150), age: exact(50, 'ms') });
    assert.deepEqual([rows?.of, rows?.atLeast, rows?.atMost, rows?.now], ['public.t, rows', 180, null, 150]);
    assert.deepEqual([age?.of, age?.atLeast, age?.atMost], ['the newest backup', null, 100]);
  });

  it('is what the manifest asks for first, then sizes; never a counter, a flag or a text', () => {
    const measures = {
      other: exact(1),
      size: exact(2, 'bytes'),
      commits: { value: 3, unit: 'count', how: 'counter', epoch: '1' },
      allowed: exact(1, 'flag'),
      damage: { value: 'none', unit: 'text', how: 'exact' },
      rows: exact(4),
    } as const;
    assert.deepEqual(Object.keys(worthKeeping(resource, measures)), ['rows', 'size', 'other']);
  });

  it('is known from before where it cannot be measured now', () => {
    const trend: Trend = { rows: { unit: 'rows', points: [[START, 5]] } };
    assert.deepEqual(
      measuredOf(resource, { baselines: {} }, trend, {}).map(({ measure, now, points }) => [measure, now, points.length]),
      [['rows', null, 1]],
    );
  });
});
