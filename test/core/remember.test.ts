import assert from 'node:assert/strict';
import type { Rule } from '../../src/core/expectation.ts';
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

  for (const rule of [
    { is: 'churns_at_most', share: 0.2, of: 'rows' },
    { is: 'rises_at_most', bound: 20 },
  ] as const)
    it(`a counter that stepped too far waits for its confirmation, and goes on from there (${rule.is})`, () => {
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

  it('nothing that adds nothing is written down: the memory stays the very same', () => {
    const look = watcher(grows);
    look([seen()]);
    const before = look([rows(100)], 'inspect').memory;
    assert.equal(look([rows(100)], 'inspect').memory, before);
    assert.equal(look([seen()]).memory, before);
    assert.notEqual(look([rows(99)], 'inspect').memory, before, 'the last value is another');
    const unasked = watcher(makeResource({ checks: [makeCheck()] }));
    const known = unasked([seen()]).memory;
    assert.deepEqual(unasked([rows(100)], 'inspect').memory, { ...known, adopted: true }, 'a floor of the manifest remembers nothing');
  });

  it('an identity of more parts than the manifest names is held with the others, which stay as they are', () => {
    const look = watcher(makeResource({ identity: { server: 'A' } }));
    const { memory } = look([seen()]);
    assert.deepEqual([memory.pin, memory.matched], [{ server: 'A', oid: '1' }, true]);
    const pinned = watcher(makeResource({ identity: { server: 'A', oid: '1' } }))([seen()]).memory;
    assert.deepEqual([pinned.pin, pinned.matched, pinned.adopted], [undefined, true, false], 'the manifest holds it already');
    const later = look([seen({ pin: { server: 'A', oid: '1', path: '/a' } })]).memory;
    assert.deepEqual(later.pin, { server: 'A', oid: '1', path: '/a' });
  });

  it('a deletion that is only marked, another in its place or a look that failed taints nothing', () => {
    const tainted = (...reports: readonly ResourceReport[]) => watcher()(reports).memory.tainted;
    assert.equal(tainted(unseen()), true);
    assert.equal(tainted(seen({ doom: { what: 'being dropped' }, looked: ['presence'] })), false);
    assert.equal(tainted(blindTo(['presence', 'identity'])), false);
    const held = watcher();
    held([seen()]);
    assert.equal(held([unseen()]).memory.tainted, false, 'it had an identity before it went');
  });

  it('contents that could not be seen leave the counters of what could', () => {
    const other = makeCheck({ facet: 'content/u', path: 'u', measure: 'others' });
    const look = watcher(makeResource({ checks: [...grows.checks, other] }));
    const { memory } = look([rows(100), blindTo(['content/u'], 'denied')], 'inspect');
    assert.deepEqual([memory.last['rows'], memory.baselines['rows']], [{ value: 100 }, 100]);
  });

  it('a height is taken from a report of which nothing was wrong or unseen', () => {
    const two = makeResource({
      checks: [...grows.checks, makeCheck({ facet: 'content/u', path: 'u', measure: 'others', rule: { is: 'at_least', bound: 5 } })],
    });
    const both = (count: number, others: number): ResourceReport =>
      seen({ looked: ['content/t', 'content/u'], measures: { rows: exactly(count), others: exactly(others) } });
    const look = watcher(two);
    assert.equal(look([both(100, 9)], 'inspect').memory.baselines['rows'], 100);
    assert.equal(look([both(200, 0)], 'inspect').memory.baselines['rows'], 100, 'its other half was empty');
    assert.equal(look([both(200, 9)], 'inspect').memory.baselines['rows'], 200);
  });

  it('a counter and a text have no height, but a last value', () => {
    const rule = { is: 'shrinks_at_most', share: 0.1, corroboration: ['!version', 'deleted'] } as const;
    const look = watcher(makeResource({ checks: [makeCheck({ rule })] }));
    const report = seen({
      looked: ['content/t'],
      measures: { rows: exactly(100), version: exactly('15', 'text'), deleted: { value: 7, unit: 'rows', how: 'counter', epoch: 'e' } },
    });
    const { baselines, last } = look([report], 'inspect').memory;
    assert.deepEqual(baselines, { rows: 100 });
    assert.deepEqual(last, { rows: { value: 100 }, version: { value: '15' }, deleted: { value: 7, epoch: 'e' } });
  });

  it('the usual is remembered of what is held to jumps or falls, and of nothing else', () => {
    const of = (rule: Rule) => {
      const look = watcher(makeResource({ checks: [makeCheck({ rule, measure: 'n' })] }));
      const at = (value: number): ResourceReport =>
        seen({ looked: ['content/t'], measures: { n: { value, unit: 'rows', how: 'counter', epoch: 'e' } } });
      look([at(10)], 'inspect');
      look([at(30)], 'inspect');
      return look([at(25)], 'inspect').memory.last['n'];
    };
    assert.deepEqual(of({ is: 'jumps', least: 1, factor: 2 }), { value: 25, epoch: 'e', usual: 20 * 0.999 });
    assert.deepEqual(of({ is: 'falls', least: 1, factor: 2 }), { value: 25, epoch: 'e', usual: 5 });
    assert.deepEqual(of({ is: 'restarts' }), { value: 25, epoch: 'e' });
  });

  it('an epoch that changes while the value stands still is news', () => {
    const look = watcher(makeResource({ checks: [makeCheck({ rule: { is: 'restarts' }, measure: 'n' })] }));
    const at = (epoch: string) => seen({ looked: ['content/t'], measures: { n: { value: 5, unit: 'rows', how: 'counter', epoch } } });
    look([at('a')], 'inspect');
    assert.deepEqual(look([at('b')], 'inspect').memory.last['n'], { value: 5, epoch: 'b' });
  });

  it('only churn waits for its confirmation: what shrank is remembered as it is', () => {
    const look = watcher(grows);
    look([rows(100)], 'inspect');
    assert.deepEqual(look([rows(5)], 'inspect').memory.last['rows'], { value: 5 });
  });

  it('an estimate beside a count raises nothing, whether the count never shrinks or may by a share', () => {
    const estimate = rows(900, { how: 'estimate' });
    for (const rule of [{ is: 'never_shrinks' }, { is: 'shrinks_at_most', share: 0.1, corroboration: [] }] as const) {
      const look = watcher(makeResource({ checks: [makeCheck({ rule })] }));
      look([rows(100)], 'inspect');
      assert.equal(look([estimate], 'inspect').memory.baselines['rows'], 100, rule.is);
    }
    const corroborated = watcher(
      makeResource({ checks: [makeCheck({ rule: { is: 'shrinks_at_most', share: 0.1, corroboration: ['x'] } })] }),
    );
    corroborated([rows(100, { how: 'estimate' })], 'inspect');
    assert.equal(corroborated([estimate], 'inspect').memory.baselines['rows'], 900, 'two signals decide: the estimate is one of them');
  });
});
