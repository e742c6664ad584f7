import assert from 'node:assert/strict';
import { canonicalJson } from '../../src/core/canonical.ts';
import { entryBytes, GENESIS } from '../../src/core/chain.ts';
import type { Measure } from '../../src/core/report.ts';
import { formatInstant, formatMeasure } from '../../src/core/wording.ts';

const say = (value: Measure['value'], unit: Measure['unit'], how: Measure['how'] = 'exact') => formatMeasure({ value, unit, how });

describe('a measure in words', () => {
  it('has its unit where a bare number would say nothing, and its thousands apart', () => {
    assert.deepEqual([say(1_234_567, 'rows'), say(1_234_567, 'count')], ['1,234,567', '1,234,567']);
    assert.deepEqual([say(65_000, 'ms'), say(0, 'flag'), say(1, 'flag')], ['1m 5s', 'no', 'yes']);
    assert.match(say(3 * 1024 ** 3, 'bytes'), /^3(\.0)? ?GiB$/);
  });

  it('is marked where it was only estimated; a yes or no and a text never are', () => {
    assert.deepEqual([say(1000, 'rows', 'estimate'), say(1000, 'rows', 'counter')], ['~1,000', '1,000']);
    assert.deepEqual([say(1, 'flag', 'estimate'), say('15.4', 'text', 'estimate')], ['yes', '15.4']);
  });

  it('at an instant is said in UTC', () => {
    assert.equal(formatInstant(Date.UTC(2026, 0, 2, 3, 4, 5, 6)), '2026-01-02T03:04:05.006Z');
  });
});

describe('the same data', () => {
  it('gives the same bytes, in whatever order its keys were written, at every depth', () => {
    assert.equal(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' }), '{"a":"x","b":[{"c":null,"d":1}]}');
    assert.equal(canonicalJson({ a: 'x', b: [{ c: null, d: 1 }] }), canonicalJson({ b: [{ d: 1, c: null }], a: 'x' }));
    assert.equal(canonicalJson({ c: 1, a: 2, b: 3, B: 4 }), '{"B":4,"a":2,"b":3,"c":1}');
  });

  it('keeps the order of a list, which means something', () => {
    assert.equal(canonicalJson(['b', 'a', 3, null]), '["b","a",3,null]');
  });
});

describe('the bytes that an entry of the ledger is hashed over', () => {
  const entry = { at: { wall: 5, steady: 7 }, kind: 'verdict', about: 'orders-db', body: { to: 'absent' } } as const;

  it('hold all it says and what it follows, so that nothing of it can be changed or moved', () => {
    assert.equal(entryBytes(3, 'ab', entry), '[3,"ab",5,7,"verdict","orders-db",{"to":"absent"}]');
  });

  it('begin with a predecessor that is no hash of anything', () => {
    assert.match(GENESIS, /^0{64}$/);
  });
});
