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

/** Looks that find these totals, one after the other: whether each made an inspection due. */
function jumps(totals: readonly number[], epochs: readonly string[] = []): boolean[] {
  let memory: Memory = BLANK;
  return totals.map((total, n) => {
    const reports = [seen(total, epochs[n] ?? 'e')];
    const judgments = judge(RESOURCE, reports, memory, { depth: 'sweep', path: 'usual' });
    // As a store would keep it.
    memory = JSON.parse(JSON.stringify(remember(RESOURCE, memory, NEW, reports, judgments).memory)) as Memory;
    const at = { wall: n * 1000, steady: n * 1000 };
    const { effects } = step(RESOURCE, NEW, { type: 'looked', at, depth: 'sweep', path: 'usual', judgments });
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

  it('remembers what is usual over a new beginning', () => {
    assert.deepEqual(jumps([0, 1000, 5, 905], ['a', 'a', 'b', 'b']), [false, true, true, false]);
  });
});
