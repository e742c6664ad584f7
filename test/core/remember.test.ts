import assert from 'node:assert/strict';
import { BLANK, type Memory } from '../../src/core/memory.ts';
import { remember } from '../../src/core/remember.ts';
import type { Measure, ResourceReport } from '../../src/core/report.ts';
import { NEW, step, type ResourceState } from '../../src/core/state.ts';
import { judge } from '../../src/core/verdict.ts';
import { blindTo, exactly, makeCheck, makeResource, seen, START, unseen } from '../support/roll.ts';

const grows = makeResource({ checks: [makeCheck({ rule: { is: 'shrinks_at_most', share: 0.1, corroboration: [] } })] });

/** A memory and a state that go on from look to look. */
function watcher(resource = makeResource()) {
  let [memory, state]: [Memory, ResourceState] = [BLANK, NEW];
  return (reports: readonly ResourceReport[], depth: 'sweep' | 'inspect' = 'sweep') => {
    const judgments = judge(resource, reports, memory, { depth, path: 'usual' });
    state = step(resource, state, { type: 'looked', at: START, depth, path: 'usual', judgments }).next;
    const after = remember(resource, memory, state, reports, judgments);
    memory = after.memory;
    return after;
  };
}

const rows = (value: number, more: Partial<Measure> = {}) =>
  seen({ looked: ['content/t'], measures: { rows: { ...exactly(value), ...more } } });

describe('what is remembered', () => {
  it('an identity is adopted once, when everything expected was seen good', () => {
    const look = watcher(grows);
    assert.equal(look([seen()]).adopted, false, 'nobody has looked inside yet');
    const whole = look([rows(100)], 'inspect');
    assert.deepEqual([whole.adopted, whole.memory.pin], [true, { server: 'A', oid: '1' }]);
    assert.equal(look([rows(100)], 'inspect').adopted, false);
  });

  it('nothing is adopted while something is unseen or wrong', () => {
    const blind = watcher(grows);
    blind([seen()]);
    assert.equal(blind([blindTo(['content/t'], 'denied')], 'inspect').adopted, false);
    const empty = watcher(makeResource({ checks: [makeCheck()] }));
    empty([seen()]);
    assert.equal(empty([rows(0)], 'inspect').adopted, false);
  });

  it('a first sighting is held at once, before it is adopted', () => {
    const look = watcher(grows);
    assert.deepEqual(look([seen()]).memory.pin, { server: 'A', oid: '1' });
    assert.deepEqual(look([seen({ pin: { server: 'A', oid: '2' } })]).memory.pin, { server: 'A', oid: '1' });
  });

  it('something missing before there was an identity taints for good', () => {
    const look = watcher();
    assert.equal(look([unseen()]).memory.tainted, true);
    for (let again = 0; again < 3; again++) {
      const after = look([seen()]);
      assert.deepEqual([after.adopted, after.memory.tainted, after.memory.pin], [false, true, undefined]);
    }
  });

  it('baselines only move up, and only on healthy looks', () => {
    const look = watcher(grows);
    look([seen()]);
    const baseline = (value: number) => look([rows(value)], 'inspect').memory.baselines['rows'];
    assert.equal(baseline(100), 100);
    assert.equal(baseline(95), 100, 'a healthy shrink lowers nothing');
    assert.equal(baseline(120), 120);
    assert.equal(baseline(5), 120, 'a loss is no height');
    assert.equal(look([blindTo(['content/t'])], 'inspect').memory.baselines['rows'], 120);
    assert.equal(look([rows(Number.NaN)], 'inspect').memory.baselines['rows'], 120);
  });

  it('a counter that stepped too far waits for its confirmation, and goes on from there', () => {
    const rule = { is: 'churns_at_most', share: 0.2, of: 'rows' } as const;
    const look = watcher(makeResource({ checks: [makeCheck({ measure: 'deleted', rule })] }));
    const deleted = (value: number): ResourceReport =>
      seen({ looked: ['content/t'], measures: { rows: exactly(100), deleted: { value, unit: 'rows', how: 'counter', epoch: 'e' } } });
    const last = (value: number) => look([deleted(value)], 'inspect').memory.last['deleted']?.value;
    assert.equal(last(0), 0);
    assert.equal(last(10), 10);
    assert.equal(last(90), 10, 'suspect: the second look must see the step too');
    assert.equal(last(95), 95, 'confirmed');
    assert.equal(last(99), 99);
  });

  it('an impostor and a wrong server leave no trace', () => {
    const look = watcher(grows);
    look([seen()]);
    look([rows(100)], 'inspect');
    const other = { ...rows(9000), pin: { server: 'A', oid: '2' } };
    assert.deepEqual(look([other], 'inspect').memory.last['rows'], { value: 100 });
    const pinned = watcher(makeResource({ ...grows, identity: { server: 'A' } }));
    const wrong = pinned([{ ...rows(9000), pin: { server: 'B', oid: '1' } }], 'inspect');
    assert.deepEqual([wrong.memory.baselines, wrong.memory.last], [{}, {}]);
  });

  it('an estimate of another epoch raises no baseline, and one beside a count never does', () => {
    const estimate = (value: number, epoch: string): ResourceReport =>
      seen({ looked: ['content/t'], measures: { size: exactly(50, 'bytes'), rows: { value, unit: 'rows', how: 'estimate', epoch } } });
    const rule = { is: 'shrinks_at_most', share: 0.1, corroboration: ['rows'] } as const;
    const look = watcher(makeResource({ checks: [makeCheck({ measure: 'size', rule })] }));
    assert.equal(look([estimate(100, 'e')], 'inspect').memory.baselines['rows'], 100);
    assert.equal(look([estimate(900, 'f')], 'inspect').memory.baselines['rows'], 100);
    const counted = watcher(grows);
    counted([rows(100)], 'inspect');
    assert.equal(counted([rows(900, { how: 'estimate' })], 'inspect').memory.baselines['rows'], 100);
  });
});
