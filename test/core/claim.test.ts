import assert from 'node:assert/strict';
import { printClaims, type Claim } from '../../src/core/claim.ts';
import { after } from '../support/roll.ts';

const claim = (ms: number, text: string, about: readonly string[] = []): Claim => ({ id: text, by: 'cursor', at: after(ms), text, about });
const loss = { class: 'lost', members: new Set(['orders-db']), since: after(0) } as const;
const lines = (claims: readonly Claim[]) => printClaims(claims, loss).map(({ line }) => line);

describe('the claims beside a loss', () => {
  it('say who said what, and when against the loss', () => {
    assert.deepEqual(lines([claim(-2000, 'deleting a volume'), claim(0, 'done'), claim(4000, 'All systems nominal')]), [
      'cursor, 2s before the loss: deleting a volume',
      'cursor, at the loss: done',
      'cursor, 4s after the loss: All systems nominal',
    ]);
  });

  it('are those of the last ten minutes before it and later, about its members or about nothing in particular', () => {
    const claims = [
      claim(-10 * 60_000 - 1, 'long ago'),
      claim(1, 'of another', ['other-db']),
      claim(2, 'of it', ['orders-db']),
      claim(3, 'of all'),
    ];
    assert.deepEqual(
      printClaims(claims, loss).map(({ text, after_ms: ms }) => [text, ms]),
      [
        ['of it', 2],
        ['of all', 3],
      ],
    );
  });

  it('from ten minutes before it are still of it, and one of several names is enough', () => {
    assert.deepEqual(lines([claim(-10 * 60_000, 'just in time', ['other-db', 'orders-db'])]), [
      'cursor, 10m before the loss: just in time',
    ]);
  });

  it('say against which kind of harm they are timed', () => {
    const about = (kind: 'degraded' | 'blind') => printClaims([claim(4000, 'done')], { ...loss, class: kind })[0]?.line;
    assert.deepEqual(
      [about('degraded'), about('blind')],
      ['cursor, 4s after the damage: done', 'cursor, 4s after the last sight of it: done'],
    );
  });

  it('that name a member in many words go before no other that names one', () => {
    const wordy = claim(1, 'many', ['orders-db', 'a', 'b']);
    const claims = [wordy, ...Array.from({ length: 5 }, (_, n) => claim(10 + n, `one ${n}`, ['orders-db']))];
    assert.deepEqual(
      printClaims(claims, loss).map(({ text }) => text),
      ['one 0', 'one 1', 'one 2', 'one 3', 'one 4'],
    );
  });

  it('are few: a flood of idle talk hides none that names a member', () => {
    const talk = Array.from({ length: 50 }, (_, n) => claim(1000 + n, `talk ${n}`));
    const shown = printClaims([claim(10, 'I dropped it', ['orders-db']), ...talk], loss).map(({ text }) => text);
    assert.deepEqual(shown, ['I dropped it', 'talk 46', 'talk 47', 'talk 48', 'talk 49']);
  });
});
