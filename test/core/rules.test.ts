import assert from 'node:assert/strict';
import { BLANK, type Memory } from '../../src/core/memory.ts';
import { applyRule, type Measures } from '../../src/core/rules.ts';
import type { Rule } from '../../src/core/expectation.ts';
import { exactly, makeCheck } from '../support/roll.ts';

function finding(rule: Rule, measures: Measures, memory: Partial<Memory> = {}, measure = 'rows') {
  return applyRule(makeCheck({ rule, measure }), measures, { ...BLANK, ...memory }, 'critical');
}
const is = (...args: Parameters<typeof finding>) => finding(...args).is;

describe('a rule', () => {
  it('compares with the bound the manifest states, both ends included', () => {
    assert.equal(is({ is: 'at_least', bound: 10 }, { rows: exactly(10) }), 'good');
    assert.equal(is({ is: 'at_least', bound: 10 }, { rows: exactly(9) }), 'broken');
    assert.equal(is({ is: 'at_most', bound: 10 }, { rows: exactly(10) }), 'good');
    assert.equal(is({ is: 'at_most', bound: 10 }, { rows: exactly(11) }), 'broken');
    assert.equal(is({ is: 'equals', value: 'a' }, { rows: exactly('b', 'text') }), 'broken');
  });

  it('says what is expected, what is there and how grave that is', () => {
    const found = finding({ is: 'at_least', bound: 10 }, { rows: exactly(0) });
    assert.deepEqual(found, {
      is: 'broken',
      breach: { kind: 'diminished', path: 'tables.t.min_rows', what: 'public.t has 0 rows', expected: 10, actual: 0, severity: 'critical' },
    });
  });

  it('lets an estimate prove no loss where only a count would do', () => {
    const low = { rows: { value: 0, unit: 'rows', how: 'estimate' } } as const;
    assert.equal(is({ is: 'at_least', bound: 10 }, low), 'doubtful');
    assert.equal(is({ is: 'never_shrinks' }, low, { baselines: { rows: 5 } }), 'doubtful');
    assert.equal(is({ is: 'shrinks_at_most', share: 0.1, corroboration: [] }, low, { baselines: { rows: 5 } }), 'doubtful');
  });

  it('measures shrinking against the highest healthy value', () => {
    const rule = { is: 'shrinks_at_most', share: 0.1, corroboration: [] } as const;
    assert.equal(is(rule, { rows: exactly(90) }, { baselines: { rows: 100 } }), 'good');
    assert.equal(is(rule, { rows: exactly(89) }, { baselines: { rows: 100 } }), 'broken');
    assert.equal(is(rule, { rows: exactly(0) }), 'good', 'nothing to compare with yet');
    assert.equal(is({ is: 'never_shrinks' }, { rows: exactly(99) }, { baselines: { rows: 100 } }), 'broken');
  });

  it('takes two signals where one number proves nothing (law 3)', () => {
    const rule = { is: 'shrinks_at_most', share: 0.3, corroboration: ['estimate', '!tables'] } as const;
    const size = { value: 10, unit: 'bytes', how: 'exact' } as const;
    const memory = { baselines: { size: 100, estimate: 50 }, last: { tables: { value: 7 }, estimate: { value: 50, epoch: 'e' } } };
    const with_ = (more: Measures) => is(rule, { size, ...more }, memory, 'size');
    assert.equal(with_({}), 'suspicious');
    assert.equal(with_({ tables: exactly(7, 'count'), estimate: { value: 49, unit: 'rows', how: 'estimate', epoch: 'e' } }), 'suspicious');
    assert.equal(with_({ tables: exactly(6, 'count') }), 'broken');
    assert.equal(with_({ estimate: { value: 5, unit: 'rows', how: 'estimate', epoch: 'e' } }), 'broken');
    assert.equal(
      with_({ estimate: { value: 0, unit: 'rows', how: 'estimate', epoch: 'other' } }),
      'suspicious',
      'estimates of another epoch do not count',
    );
  });

  it('counts churn between two looks of one epoch, against what is held', () => {
    const rule = { is: 'churns_at_most', share: 0.2, of: 'rows' } as const;
    const memory = { baselines: { rows: 100 }, last: { deleted: { value: 1000, epoch: 'e' } } };
    const at = (value: number, epoch: string) => is(rule, { deleted: { value, unit: 'rows', how: 'counter', epoch } }, memory, 'deleted');
    assert.equal(at(1020, 'e'), 'good');
    assert.equal(at(1021, 'e'), 'broken');
    assert.equal(at(5000, 'other'), 'good', 'the counter began anew');
    assert.equal(at(3, 'e'), 'good', 'a counter that fell was reset');
    const unknown = { ...memory, baselines: { rows: 0 } };
    const few = { deleted: { value: 1003, unit: 'rows', how: 'counter', epoch: 'e' } } as const;
    assert.equal(is(rule, few, unknown, 'deleted'), 'good', 'nothing is known of how many there are');
  });
});
