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

  it('counts statements between two looks of one epoch, against a bound', () => {
    const rule = { is: 'rises_at_most', bound: 2 } as const;
    const memory = { last: { deleted: { value: 10, epoch: 'e' } } };
    const at = (value: number, epoch: string) => is(rule, { deleted: { value, unit: 'count', how: 'counter', epoch } }, memory, 'deleted');
    assert.equal(at(12, 'e'), 'good');
    assert.equal(at(13, 'e'), 'broken');
    assert.equal(at(99, 'other'), 'good', 'the counter began anew');
    assert.equal(at(3, 'e'), 'good', 'a counter that fell was reset');
    const told = finding(rule, { deleted: { value: 13, unit: 'count', how: 'counter', epoch: 'e' } }, memory, 'deleted');
    assert.ok(told.is === 'broken');
    assert.equal(told.breach.expected, 2);
    assert.match(told.breach.what, /^3 .* between two looks$/);
  });

  it('holds what must be equal to its very value, and takes a text only there', () => {
    assert.equal(is({ is: 'equals', value: 'a' }, { rows: exactly('a', 'text') }), 'good');
    assert.equal(is({ is: 'equals', value: 1 }, { rows: exactly('1', 'text') }), 'broken');
    assert.equal(is({ is: 'at_least', bound: 1 }, { rows: exactly('5', 'text') }), 'unmeasured');
  });

  it('has no share of what it never knew, and takes a share of what it holds', () => {
    const rule = { is: 'churns_at_most', share: 0.5, of: 'rows' } as const;
    const last = { deleted: { value: 0, epoch: 'e' } };
    const at = (value: number, baselines: Record<string, number>) =>
      is(rule, { deleted: { value, unit: 'rows', how: 'counter', epoch: 'e' } }, { baselines, last }, 'deleted');
    assert.equal(at(5000, {}), 'good', 'no baseline yet');
    assert.deepEqual([at(50, { rows: 100 }), at(51, { rows: 100 })], ['good', 'broken']);
  });

  it('lets an estimate that has others to confirm it be a suspicion, and a size without any too', () => {
    const low = { value: 0, unit: 'rows', how: 'estimate' } as const;
    const shrinks = (corroboration: readonly string[]) => ({ is: 'shrinks_at_most', share: 0.1, corroboration }) as const;
    assert.equal(is(shrinks(['other']), { rows: low }, { baselines: { rows: 5 } }), 'suspicious');
    assert.equal(is(shrinks([]), { rows: exactly(0, 'bytes') }, { baselines: { rows: 5 } }), 'suspicious');
  });

  it('takes no second signal for changed or fallen that was never seen before', () => {
    const rule = { is: 'shrinks_at_most', share: 0.1, corroboration: ['!tables', 'estimate'] } as const;
    const more = { tables: exactly(6, 'count'), estimate: { value: 0, unit: 'rows', how: 'estimate' } } as const;
    assert.equal(is(rule, { size: exactly(10, 'bytes'), ...more }, { baselines: { size: 100 } }, 'size'), 'suspicious');
    const known = { baselines: { size: 100 }, last: { estimate: { value: 9 } } };
    assert.equal(is(rule, { size: exactly(10, 'bytes'), ...more }, known, 'size'), 'suspicious', 'never healthy, so nothing to fall from');
  });
});

describe('the words of a finding', () => {
  const counter = (value: number) => ({ value, unit: 'rows', how: 'counter', epoch: 'e' }) as const;
  const words = (...args: Parameters<typeof finding>): string => {
    const found = finding(...args);
    return found.is === 'broken' ? found.breach.what : 'say' in found ? found.say : found.is;
  };

  it('say what shrank, from what and to what, with its noun where it has one', () => {
    const never = { is: 'never_shrinks' } as const;
    const baselines = { rows: 1200 };
    assert.equal(words(never, { rows: exactly(1000) }, { baselines }), 'public.t shrank from 1,200 to 1,000 rows');
    const size = { ...makeCheck({ rule: never, noun: '', subject: 'the database' }) };
    const found = applyRule(size, { rows: exactly(1024, 'bytes') }, { ...BLANK, baselines: { rows: 2048 } }, 'critical');
    assert.equal(found.is === 'broken' && found.breach.what, 'the database shrank from 2 KiB to 1 KiB');
    const bare = applyRule({ ...size, rule: { is: 'at_least', bound: 9 } }, { rows: exactly(1) }, BLANK, 'critical');
    assert.equal(bare.is === 'broken' && bare.breach.what, 'the database has 1');
  });

  it('say of an estimate that it is one', () => {
    const low = { rows: { value: 3, unit: 'rows', how: 'estimate' } } as const;
    assert.equal(words({ is: 'at_least', bound: 10 }, low), 'only an estimate could be had: public.t has ~3 rows');
  });

  it('say what a counter or a size did between two looks', () => {
    const last = { deleted: { value: 1000, epoch: 'e' } };
    const memory = { baselines: { rows: 100 }, last };
    const churn = { is: 'churns_at_most', share: 0.2, of: 'rows' } as const;
    assert.equal(words(churn, { deleted: counter(1090) }, memory, 'deleted'), '90 rows of public.t between two looks, of 100 held');
    const jumps = { is: 'jumps', least: 10, factor: 2 } as const;
    assert.equal(words(jumps, { deleted: counter(1090) }, memory, 'deleted'), '90 rows of public.t since the last look');
    for (const rule of [jumps, { is: 'restarts' } as const])
      assert.equal(words(rule, { deleted: counter(5) }, memory, 'deleted'), 'rows of public.t are counted anew');
    const falls = { is: 'falls', least: 10, factor: 2 } as const;
    assert.equal(
      words(falls, { size: exactly(1024, 'bytes') }, { last: { size: { value: 3072 } } }, 'size'),
      'public.t fell by 2 KiB since the last look',
    );
    assert.equal(words(falls, { size: exactly(3062, 'bytes') }, { last: { size: { value: 3072 } } }, 'size').includes('10'), true);
  });

  it("are the check's own where it brings a sentence", () => {
    const check = makeCheck({ rule: { is: 'never_shrinks' }, sentence: 'rows are gone' });
    const found = applyRule(check, { rows: exactly(1) }, { ...BLANK, baselines: { rows: 5 } }, 'critical');
    assert.equal(found.is === 'broken' && found.breach.what, 'rows are gone');
  });

  it('come with the bound it fell under and, where a bare number would say nothing, its unit', () => {
    const broken = (...args: Parameters<typeof finding>) => {
      const found = finding(...args);
      return found.is === 'broken' ? [found.breach.expected, found.breach.actual, found.breach.unit] : found.is;
    };
    const most = { is: 'at_most', bound: 1 } as const;
    for (const unit of ['bytes', 'ms', 'flag'] as const) assert.deepEqual(broken(most, { rows: exactly(5, unit) }), [1, 5, unit]);
    for (const unit of ['rows', 'count'] as const) assert.deepEqual(broken(most, { rows: exactly(5, unit) }), [1, 5, undefined]);
    const held = { baselines: { rows: 100 } };
    assert.deepEqual(broken({ is: 'never_shrinks' }, { rows: exactly(5) }, held), [100, 5, undefined]);
    assert.deepEqual(broken({ is: 'shrinks_at_most', share: 0.25, corroboration: [] }, { rows: exactly(5) }, held), [75, 5, undefined]);
    const memory = { baselines: { rows: 101 }, last: { deleted: { value: 0, epoch: 'e' } } };
    const churned = broken({ is: 'churns_at_most', share: 0.5, of: 'rows' }, { deleted: counter(90) }, memory, 'deleted');
    assert.deepEqual(churned, [50, 90, undefined]);
  });
});
