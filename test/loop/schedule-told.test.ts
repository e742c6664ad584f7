import assert from 'node:assert/strict';
import { Schedule, type Due } from '../../src/loop/schedule.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { after, makeCheck, makeResource, START } from '../support/roll.ts';
import { NO_CRON } from '../support/watching.ts';

const SWEEP_MS = 10_000;
const IDS = Array.from({ length: 100 }, (_, n) => `r${n}`);

/** A hundred behind one listing, looked into once in ten minutes, sixty a minute at most. */
function make(ids: readonly string[] = IDS): Schedule {
  const planned = ids.map((id) => ({
    resource: makeResource({ id, sweep: { every: SWEEP_MS }, inspect: { every: 600_000 }, checks: [makeCheck()] }),
    group: 'g',
    inspectionsPerMinute: 60,
  }));
  return new Schedule(planned, { cron: NO_CRON, random: createFakeRandom(1) }, START);
}

describe('the schedule, of what somebody says happened', () => {
  const take = (schedule: Schedule, ms: number): Due[] => schedule.take(after(ms), () => false);
  const end = (schedule: Schedule, due: readonly Due[], ms: number): void => due.forEach((one) => schedule.ended(one, after(ms)));
  const tell = (schedule: Schedule, ids: readonly string[], ms: number): void =>
    schedule.nudged({ ids, why: 'a message', told: true }, () => 'g', after(ms));
  const sweeps = (due: readonly Due[]): Due[] => due.filter(({ depth }) => depth === 'sweep');

  it('looks at once, at nothing else, and once however often it was said', () => {
    const schedule = make();
    end(schedule, take(schedule, 0), 100);
    for (let i = 0; i < 1000; i++) tell(schedule, ['r7', 'r8'], 200);
    assert.equal(schedule.wait(after(200)), 0);
    const due = take(schedule, 200);
    assert.deepEqual(sweeps(due), [{ group: 'g', depth: 'sweep', path: 'usual', ids: ['r7', 'r8'] }]);
    end(schedule, due, 300);
    assert.deepEqual(sweeps(take(schedule, 400)), []);
  });

  it('waits for what is under way, which may have begun before it happened, and looks then', () => {
    const schedule = make();
    const first = take(schedule, 0);
    tell(schedule, ['r7'], 50);
    assert.deepEqual(sweeps(take(schedule, 60)), []);
    end(schedule, first, 100);
    assert.deepEqual(sweeps(take(schedule, 100))[0]?.ids, ['r7']);
  });

  it('joins a beat that is due, and asks for nothing twice', () => {
    const schedule = make();
    end(schedule, take(schedule, 0), 100);
    tell(schedule, ['r7'], SWEEP_MS);
    const due = sweeps(take(schedule, SWEEP_MS));
    assert.deepEqual(
      due.map(({ ids }) => ids),
      [IDS],
    );
  });

  it('neither stops the beats nor passes for one: a flood makes no roll that nobody looks at seem looked at', () => {
    const schedule = make();
    end(schedule, sweeps(take(schedule, 0)), 0);
    const whole: number[] = [];
    for (let now = 100; now <= 10 * SWEEP_MS; now += 100) {
      tell(schedule, ['r7'], now);
      const due = take(schedule, now);
      if (due.some(({ depth, ids }) => depth === 'sweep' && ids.length === IDS.length)) whole.push(now);
      end(schedule, due, now);
      assert.equal(schedule.roundAge(after(now)), now % SWEEP_MS, 'the age of the last whole round');
    }
    assert.equal(whole.length, 10);
  });

  it('takes at most half of the inspections: the rotation goes on whatever is said how often', () => {
    const schedule = make();
    const looked = new Map<string, number>();
    for (let now = 0; now <= 5 * 60_000; now += 1000) {
      tell(schedule, ['r0', 'r1', 'r2', 'r3', 'r4'], now);
      const due = take(schedule, now);
      for (const id of due.flatMap(({ depth, ids }) => (depth === 'inspect' ? ids : []))) looked.set(id, (looked.get(id) ?? 0) + 1);
      end(schedule, due, now);
    }
    assert.equal(looked.size, IDS.length, 'each has had its turn');
    const told = [...looked].filter(([id]) => /^r[0-4]$/.test(id)).reduce((sum, [, count]) => sum + count, 0);
    assert.ok(told > 5, 'and what was named more than one');
  });

  it('owes a look on a fresh path to what the probe noticed itself', () => {
    const schedule = make();
    end(schedule, take(schedule, 0), 100);
    schedule.nudged({ ids: ['r7', 'nobody'], why: 'the session ended' }, (id) => (id === 'r7' ? 'g' : undefined), after(200));
    assert.deepEqual(sweeps(take(schedule, 200)), [{ group: 'g', depth: 'sweep', path: 'fresh', ids: ['r7'] }]);
  });
});
