import assert from 'node:assert/strict';
import { matchesPart, splitPattern } from '../../../probes/file/glob.ts';

describe('a pattern of file names', () => {
  it('matches runs, single characters and sets', () => {
    const matching = [
      ['a.dump', '*.dump'],
      ['orders-2026.dump', 'orders-*.du?p'],
      ['x1', 'x[0-9]'],
      ['xa', 'x[!0-9]'],
      ['x-', 'x[a-]'],
      ['.part', '.p*'],
      ['aXbXc', '*X*c'],
      ['a', '**a'],
      ['🚀.dump', '🚀.du?p'],
      ['🚀', '?'],
      ['🚀', '[🐘-🚀]'],
    ] as const;
    for (const [name, pattern] of matching) assert.ok(matchesPart(name, pattern), `${name} ${pattern}`);
    const others = [
      ['a.dump.part', '*.dump'],
      ['.a.dump', '*.dump'],
      ['x1', 'x[!0-9]'],
      ['xa', 'x[0-9]'],
      ['', '?'],
      ['ab', 'a'],
      ['🚀', '??'],
      ['🚀', '[!🚀]'],
    ] as const;
    for (const [name, pattern] of others) assert.ok(!matchesPart(name, pattern), `${name} ${pattern}`);
  });

  it('takes names that would make a regular expression explode', () => {
    const started = performance.now();
    assert.ok(!matchesPart('a'.repeat(255), `${'*a'.repeat(20)}*b`));
    assert.ok(performance.now() - started < 60_000);
  });

  it('is split at its first wildcard', () => {
    assert.deepEqual(splitPattern('/srv/vault/orders/*.dump'), { folder: '/srv/vault/orders', parts: ['*.dump'] });
    assert.deepEqual(splitPattern('/srv/*/orders/one.dump'), { folder: '/srv', parts: ['*', 'orders', 'one.dump'] });
    assert.deepEqual(splitPattern('/one.dump'), { folder: '/', parts: ['one.dump'] });
  });
});
