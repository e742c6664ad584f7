import assert from 'node:assert/strict';
import { systemRandom } from '../../src/adapters/random-system.ts';

describe('the system randomness', () => {
  it('gives numbers from 0 to below 1, spread over it', () => {
    const numbers = Array.from({ length: 2000 }, () => systemRandom.unit());
    assert.ok(numbers.every((number) => number >= 0 && number < 1));
    assert.ok(numbers.some((number) => number < 0.05) && numbers.some((number) => number > 0.95));
  });

  it('gives as many bytes as asked for, others each time', () => {
    assert.equal(systemRandom.bytes(10).length, 10);
    assert.notDeepEqual(systemRandom.bytes(16), systemRandom.bytes(16));
  });
});
