import assert from 'node:assert/strict';
import type { Check, Resource } from '../../src/core/expectation.ts';
import { BLANK, type Memory } from '../../src/core/memory.ts';
import { remember } from '../../src/core/remember.ts';
import type { Seen } from '../../src/core/report.ts';
import { NEW, step } from '../../src/core/state.ts';
import { judge } from '../../src/core/verdict.ts';

const FACET = 'precursor/activity';
const CHECK: Check = {
  facet: FACET,
  depth: 'sweep',
  path: 'activity',
  measure: 'deleted',
  rule: { is: 'jumps', least: 10, factor: 2 },
  breach: 'precursor',
  subject: 'orders',
  noun: 'rows deleted',
};
const CONTENT: Check = { ...CHECK, facet: 'content/t', depth: 'inspect', path: 't', measure: 'rows', rule: { is: 'at_least', bound: 1 } };
const RESOURCE: Resource = {
  id: 'orders',
  kind: 'test.thing',
  connection: 'test',
  severity: 'critical',
  identity: {},
  target: null,
  checks: [CHECK, CONTENT],
  sweep: { every: 1000 },
  inspect: { every: 60_000 },
  confirm: 2,
  blindAfter: 120_000,
  protectedBy: [],
  domain: {},
  tripwire: false,
};

function seen(value: number, epoch: string): Seen {
  const evidence = { method: 'test', vantage: 'test', at: { wall: 0, steady: 0 }, excerpt: '' };
  const measures = { deleted: { value, unit: 'rows', how: 'counter', epoch } } as const;
  return { kind: 'seen', id: 'orders', pin: {}, looked: ['presence', 'identity', FACET], measures, evidence };
}

/** Looks that find these totals, one after the other, held to this rule: whether each made an inspection due. */
function jumps(totals: readonly (number | null)[], epochs: readonly string[] = [], rule: Check['rule'] = CHECK.rule): boolean[] {
  let memory: Memory = BLANK;
  const resource = { ...RESOURCE, checks: [{ ...CHECK, rule }, CONTENT] };
  return totals.map((total, n) => {
    const report = seen(total ?? 0, epochs[n] ?? 'e');
    const reports = [total === null ? { ...report, measures: {} } : report];
    const judgments = judge(resource, reports, memory, { depth: 'sweep', path: 'usual' });
    assert.ok(judgments.every(({ outcome }) => outcome.is === 'good'));
    // As a store would keep it.
    memory = JSON.parse(JSON.stringify(remember(resource, memory, NEW, reports, judgments).memory)) as Memory;
    const at = { wall: n * 1000, steady: n * 1000 };
    const { effects } = step(resource, NEW, { type: 'looked', at, depth: 'sweep', path: 'usual', judgments });
    for (const effect of effects) assert.deepEqual(effect, { do: 'recheck', depth: 'inspect', afterMs: 0, urgent: false });
    return effects.length > 0;
  });
}

/** Running totals of steps. */
const totals = (steps: readonly number[]) => steps.reduce<number[]>((all, one) => [...all, (all.at(-1) ?? 0) + one], []);

describe('a counter that is watched for jumps', () => {
  it('makes an inspection due, within the budget, when it steps far beyond what is usual, and only then', () => {
    assert.deepEqual(jumps(totals([0, 9, 0, 10, 20, 21, 100])), [false, false, false, false, false, false, true]);
    assert.deepEqual(jumps(totals([0, 0, 10, 0, 19, 41])), [false, false, true, false, false, true]);
  });

  it('takes bursts that come again and again for usual, and forgets them in the course of an hour', () => {
    const busy = Array.from({ length: 600 }, (_, n) => (n % 60 === 59 ? 5000 : 3));
    assert.equal(jumps(totals(busy)).filter(Boolean).length, 1);
    const hourly = Array.from({ length: 7201 }, (_, n) => (n % 3600 === 3599 ? 5000 : 0));
    assert.equal(jumps(totals(hourly)).filter(Boolean).length, 2);
  });

  it('makes one due when it begins anew or falls, once', () => {
    assert.deepEqual(jumps([100, 100, 100, 100], ['a', 'a', 'b', 'b']), [false, false, true, false]);
    assert.deepEqual(jumps([100, 40, 40]), [false, true, false]);
  });

  it('held to restarts: makes one due when it begins anew or falls, and never by rising', () => {
    const rule = { is: 'restarts' } as const;
    assert.deepEqual(jumps([1, 1_000_000, 1_000_000, 999, 1000], [], rule), [false, false, false, true, false]);
    assert.deepEqual(jumps([100, 200, 300], ['a', 'b', 'b'], rule), [false, true, false]);
  });

  it('remembers what is usual over a new beginning', () => {
    assert.deepEqual(jumps([0, 1000, 5, 905], ['a', 'a', 'b', 'b']), [false, true, true, false]);
  });
});

describe('a size that is watched for falls', () => {
  const rule = { is: 'falls', least: 100, factor: 2 } as const;
  const falls = (sizes: readonly (number | null)[], epochs?: readonly string[]) => jumps(sizes, epochs, rule);

  it('makes an inspection due when it falls far beyond what is usual, and never by rising', () => {
    assert.deepEqual(falls([1000, 5000, 4901, 4801, 4500, 4500]), [false, false, false, false, true, false]);
    assert.deepEqual(falls([5000, 4800, 4400, 3500]), [false, true, false, true]);
  });

  it('may be measured in turn: what was not looked at says nothing, and the next look compares with the last', () => {
    assert.deepEqual(falls([null, 5000, null, null, 4000, null]), [false, false, false, false, true, false]);
  });

  it('takes falls that come again for usual, and forgets them in the course of an hour', () => {
    assert.deepEqual(falls([9000, 8000, 6500, 3500]), [false, true, false, false]);
    const quiet = Array.from({ length: 3600 }, () => 8000);
    assert.equal(falls([9000, ...quiet, 6500]).at(-1), true);
  });

  it('is not compared with the size of another one', () => {
    assert.deepEqual(falls([5000, 100, 100], ['a', 'b', 'b']), [false, false, false]);
  });
});
