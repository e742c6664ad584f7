import assert from 'node:assert/strict';
import { parseRetryAfter } from '../../src/adapters/retry-after.ts';

const NOW = Date.UTC(2026, 10, 22, 10);

describe('Retry-After', () => {
  const cases: readonly (readonly [string | null, number | undefined])[] = [
    [null, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['2026', 15 * 60_000],
    ['0', 0],
    [' 30 ', 30_000],
    ['1.5', 1500],
    ['999999999999', 15 * 60_000],
    ['Sun, 22 Nov 2026 10:01:00 GMT', 60_000],
    ['Sunday, 22-Nov-26 10:01:00 GMT', 60_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['Fri, 22 Nov 2126 10:00:00 GMT', 15 * 60_000],
  ];
  for (const [header, wait] of cases)
    it(`${JSON.stringify(header)} asks for ${wait} ms`, () => assert.equal(parseRetryAfter(header, NOW), wait));
});
