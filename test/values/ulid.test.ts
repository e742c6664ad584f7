import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ulid } from '../../src/values/ulid.ts';

const ZEROS = new Uint8Array(10);
const ONES = new Uint8Array(10).fill(255);

describe('ulid', () => {
  it('writes time and randomness in Crockford base 32', () => {
    // The time part of the specification's own example, 01ARYZ6S41, is this millisecond.
    assert.equal(ulid(1_469_918_176_385, ZEROS), '01ARYZ6S410000000000000000');
    assert.equal(ulid(1_469_918_176_385, ONES), '01ARYZ6S41ZZZZZZZZZZZZZZZZ');
    assert.equal(ulid(0, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 31)), '0000000000000000000000000Z');
  });

  it('counts up from the last one within a millisecond, and when the clock was set back', () => {
    const last = ulid(1000, ZEROS);
    assert.equal(ulid(1000, ONES, last), `${last.slice(0, -1)}1`);
    assert.equal(ulid(5, ONES, last), `${last.slice(0, -1)}1`);
    assert.equal(ulid(1000, ZEROS, '00000000Z8ZZZZZZZZZZZZZZZZ'), '00000000Z90000000000000000');
    assert.equal(ulid(1001, ONES, last), ulid(1001, ONES));
  });

  it('sorts as text in the order of making, whatever the clock does', () => {
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 41 }), bytes), { minLength: 2 }), (makings) => {
        let last: string | undefined;
        for (const [wall, random] of makings) {
          const made = ulid(wall, random, last);
          assert.match(made, /^[0-9A-HJKMNP-TV-Z]{26}$/);
          assert.ok(last === undefined || made > last);
          last = made;
        }
      }),
    );
  });

  it('refuses too little randomness', () => {
    assert.throws(() => ulid(0, new Uint8Array(9)), RangeError);
  });
});
