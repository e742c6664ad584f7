import assert from 'node:assert/strict';
import type { Resource } from '../../src/core/expectation.ts';
import type { Instant } from '../../src/core/report.ts';
import { Schedule, type Due } from '../../src/loop/schedule.ts';

const at = (steady: number): Instant => ({ wall: steady, steady });

function resource(id: string): Resource {
  return {
    id,
    kind: 'test.thing',
    connection: 'test',
    severity: 'critical',
    identity: {},
    target: null,
    checks: [
      {
        facet: 'content/t',
        depth: 'inspect',
        path: 't',
        measure: 't',
        rule: { is: 'at_least', bound: 1 },
        breach: 'diminished',
        subject: id,
        noun: '',
      },
    ],
    sweep: { every: 1000 },
    inspect: { every: 60_000 },
    confirm: 2,
    blindAfter: 120_000,
    protectedBy: [],
    domain: {},
    tripwire: false,
  };
}

describe('an inspection that a sweep has made due', () => {
  const IDS = Array.from({ length: 200 }, (_, n) => `r${n}`);
  const schedule = () => {
    const planned = IDS.map((id) => ({ resource: resource(id), group: 'g', inspectionsPerMinute: 60 }));
    const ports = { cron: { next: () => undefined, problem: () => undefined }, random: { unit: () => 0.5, token: () => '' } };
    return new Schedule(planned, ports as unknown as ConstructorParameters<typeof Schedule>[1], at(0));
  };
  const inspect = (made: Schedule, now: number): Due[] => {
    const due = made.take(at(now), () => false);
    for (const one of due) made.ended(one, at(now));
    return due.filter(({ depth }) => depth === 'inspect');
  };

  it('is next, on a fresh path, before a rotation that is far behind', () => {
    const made = schedule();
    assert.equal(inspect(made, 0)[0]?.ids.length, 60, 'a minute of the budget');
    made.soon('r199', 'g', 'inspect', 0, false, at(100));
    assert.deepEqual(inspect(made, 100), [], 'there is nothing left to spend');
    assert.equal(made.wait(at(100)) <= 1000, true);
    assert.deepEqual(inspect(made, 1100), [{ group: 'g', depth: 'inspect', path: 'fresh', ids: ['r199'] }]);
    assert.deepEqual(inspect(made, 2200)[0]?.ids, ['r60'], 'and then the rotation goes on');
  });

  it('never takes more than the budget, however many jump at once', () => {
    const made = schedule();
    let count = 0;
    for (let now = 0; now <= 60_000; now += 1000) {
      for (const id of IDS) made.soon(id, 'g', 'inspect', 0, false, at(now));
      count += inspect(made, now).reduce((sum, { ids }) => sum + ids.length, 0);
    }
    assert.ok(count >= 100 && count <= 120, `${count} inspections`);
  });
});
