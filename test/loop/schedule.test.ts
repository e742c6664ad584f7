import assert from 'node:assert/strict';
import { Schedule, type Due, type Planned } from '../../src/loop/schedule.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { after, makeCheck, makeResource, START } from '../support/roll.ts';
import type { Resource } from '../../src/core/expectation.ts';
import type { Cron } from '../../src/ports.ts';

const none = (): boolean => false;

function planned(id: string, more: Partial<Resource> = {}, group = 'g', inspectionsPerMinute?: number): Planned {
  return { resource: makeResource({ id, ...more }), group, inspectionsPerMinute };
}
const deep = { checks: [makeCheck()] };

function make(all: readonly Planned[], cron: Cron = { next: () => undefined }): Schedule {
  return new Schedule(all, { cron, random: createFakeRandom() }, START);
}
const words = (due: readonly Due[]): string[] => due.map(({ group, depth, path, ids }) => `${group} ${depth} ${path} ${ids.join(' ')}`);

describe('the schedule', () => {
  it('sweeps everything of one group in one call, in phase with its cadence', () => {
    const schedule = make([planned('a'), planned('b'), planned('c', {}, 'h')]);
    const due = schedule.take(START, none);
    assert.deepEqual(words(due), ['g sweep usual a b', 'h sweep usual c']);
    for (const one of due) schedule.ended(one, after(150));
    assert.deepEqual(schedule.take(after(1999), none), []);
    assert.equal(schedule.wait(after(1500)), 500);
    assert.equal(schedule.take(after(2000), none).length, 2);
  });

  it('keeps resources of different cadences apart in time, together in a call', () => {
    const schedule = make([planned('a'), planned('b', { sweep: { every: 4000 } })]);
    for (const one of schedule.take(START, none)) schedule.ended(one, START);
    const [second] = schedule.take(after(2000), none);
    assert.deepEqual(second?.ids, ['a']);
    schedule.ended(second, after(2000));
    assert.deepEqual(words(schedule.take(after(4000), none)), ['g sweep usual a b']);
  });

  it('never has two looks of one depth and path under way, and does not make up for missed beats', () => {
    const schedule = make([planned('a')]);
    const [first] = schedule.take(START, none);
    assert.ok(first);
    assert.deepEqual(schedule.take(after(20_000), none), []);
    schedule.ended(first, after(21_000));
    assert.equal(schedule.take(after(21_000), none).length, 1);
    assert.deepEqual(schedule.take(after(21_500), none), []);
  });

  it('inspects in rotation under the budget: whoever waited longest first, nobody twice before all', () => {
    const schedule = make(Array.from({ length: 10 }, (_, index) => planned(`db${index}`, { ...deep, inspect: { every: 1000 } }, 'g', 4)));
    const order: string[] = [];
    for (let minute = 0; minute < 5; minute++)
      for (let second = 0; second < 60; second++) {
        const now = after(minute * 60_000 + second * 1000);
        for (const due of schedule.take(now, none)) {
          if (due.depth === 'inspect') order.push(...due.ids);
          schedule.ended(due, now);
        }
      }
    assert.equal(new Set(order.slice(0, 10)).size, 10);
    assert.ok(order.length <= 4 * 6, `${order.length} inspections in five minutes`);
    assert.deepEqual([...schedule.stretch()], [['g', { wantedMs: 1000, actualMs: 150_000 }]]);
  });

  it('puts a suspicion before everything, past the budget', () => {
    const schedule = make([planned('a', deep, 'g', 1), planned('b', deep, 'g', 1)]);
    for (const due of schedule.take(START, none)) schedule.ended(due, START);
    schedule.soon('b', 'g', 'inspect', 0, true, after(10));
    schedule.soon('a', 'g', 'sweep', 50, true, after(10));
    assert.deepEqual(words(schedule.take(after(10), none)), ['g inspect fresh b']);
    assert.equal(schedule.wait(after(10)), 50);
    assert.deepEqual(words(schedule.take(after(60), none)), ['g sweep fresh a']);
  });

  it('passes over what an inspection would not find, and asks again in a moment', () => {
    const schedule = make([planned('a', deep)]);
    const sweeps = schedule.take(START, () => true);
    assert.deepEqual(words(sweeps), ['g sweep usual a']);
    assert.equal(schedule.wait(START), 1000);
    assert.deepEqual(words(schedule.take(after(1000), none)), ['g inspect usual a']);
  });

  it('never says "now" for what is running, skipped or out of budget', () => {
    const schedule = make([
      planned('a', { ...deep, inspect: { every: 1000 } }, 'g', 1),
      planned('b', { ...deep, inspect: { every: 1000 } }, 'g', 1),
    ]);
    const running = schedule.take(START, none);
    schedule.soon('a', 'g', 'sweep', 0, true, START);
    for (const due of schedule.take(START, none)) running.push(due);
    schedule.soon('a', 'g', 'sweep', 0, true, START);
    for (const ms of [0, 500, 3000, 60_000, 120_000]) assert.ok(schedule.wait(after(ms)) > 0, `busy at ${ms}`);
    for (const due of running) schedule.ended(due, after(120_000));
    let turns = 0;
    for (let now = 120_000; now < 180_000; turns++) {
      for (const due of schedule.take(after(now), () => true)) schedule.ended(due, after(now));
      now += schedule.wait(after(now));
      assert.ok(turns < 1000, 'a busy loop');
    }
  });

  it('follows cron expressions, whatever the wall clock is set to', () => {
    const nightly: Cron = { next: (_, from) => from + 3_600_000 };
    const schedule = make([planned('a', { sweep: { cron: '0 * * * *' } })], nightly);
    const [first] = schedule.take(START, none);
    assert.ok(first);
    schedule.ended(first, START);
    const stepped = { wall: START.wall - 86_400_000, steady: START.steady + 3_600_000 };
    assert.deepEqual(schedule.take({ ...stepped, steady: stepped.steady - 1 }, none), []);
    assert.equal(schedule.take(stepped, none).length, 1);
  });

  it('says which sweeps have not ended in time', () => {
    const schedule = make([planned('a')]);
    const [first] = schedule.take(START, none);
    assert.deepEqual(schedule.overdue(after(21_000)), []);
    assert.deepEqual(schedule.overdue(after(21_001)), ['g']);
    assert.ok(first);
    schedule.ended(first, after(22_000));
    assert.deepEqual(schedule.overdue(after(22_000)), []);
  });
});
