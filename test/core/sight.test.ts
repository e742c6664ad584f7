import { array, assert as hold, boolean, integer, property, record } from 'fast-check';
import assert from 'node:assert/strict';
import { CLEAR_SIGHT, darkness, growDarkness, lookMade, resumeSight, type Sight } from '../../src/core/sight.ts';

const BLIND = { reason: 'timeout', say: 'no answer' } as const;
const DENIED = { reason: 'denied', say: 'refused' } as const;
/** Far beyond what a test lasts, where forgetting is not its subject. */
const LONG = 1_000_000;

/** Looks at these moments, blind or not, one after the other. */
function looks(all: readonly (readonly [at: number, blind: boolean])[], blindAfter = LONG): Sight {
  return all.reduce((sight, [at, blind]) => lookMade(sight, at, blind ? BLIND : null, blindAfter), CLEAR_SIGHT);
}

describe('the sight of one facet', () => {
  it('is dark from a blind look to the next look, whatever that one finds', () => {
    const sight = looks([
      [0, false],
      [10, true],
      [25, false],
      [90, false],
    ]);
    assert.deepEqual([sight.dark, sight.blindNow, darkness(sight, 100, LONG)], [[[10, 25]], false, 15]);
  });

  it('goes on being dark while nobody looks, and only where the last look was blind', () => {
    const blind = looks([[10, true]]);
    assert.deepEqual([darkness(blind, 10, LONG), darkness(blind, 70, LONG)], [0, 60]);
    assert.deepEqual(growDarkness(blind, 10, LONG).dark, [], 'no time, no darkness');
    assert.equal(darkness(looks([[10, false]]), 70, LONG), 0);
  });

  it('joins what is dark without a break, and keeps apart what is not', () => {
    const twice = looks([
      [10, true],
      [20, true],
      [30, false],
      [50, true],
      [60, false],
    ]);
    assert.deepEqual(twice.dark, [
      [10, 30],
      [50, 60],
    ]);
  });

  it('forgets what lies further back than twice the time allowed', () => {
    const sight = looks([
      [10, true],
      [20, false],
    ]);
    assert.deepEqual([darkness(sight, 115, 50), darkness(sight, 120, 50)], [5, 0]);
    assert.deepEqual([growDarkness(sight, 119, 50).dark, growDarkness(sight, 120, 50).dark], [[[10, 20]], []]);
  });

  it('remembers the last reason, and since when it has been clear', () => {
    const dark = lookMade(looks([[10, true]]), 20, DENIED, LONG);
    assert.deepEqual([dark.reason, dark.say, dark.clearSince, dark.lastLook], ['denied', 'refused', null, 20]);
    const clear = lookMade(dark, 30, null, LONG);
    assert.deepEqual([clear.reason, clear.say, clear.clearSince], ['denied', 'refused', 30]);
    assert.equal(lookMade(clear, 40, null, LONG).clearSince, 30, 'of a row of good looks, the first');
    assert.equal(looks([[5, false]]).clearSince, 5);
  });

  it('that was never dark is left as it is by a look that can see', () => {
    const seen = looks([[5, false]]);
    assert.equal(lookMade(seen, 9, null, LONG), seen);
    assert.deepEqual([CLEAR_SIGHT.blindNow, CLEAR_SIGHT.say, CLEAR_SIGHT.dark], [false, '', []]);
  });

  it('does not grow dark while the watcher is off, and is not taken for clear meanwhile', () => {
    const blind = resumeSight(looks([[10, true]]), 5000);
    assert.equal(darkness(blind, 5007, LONG), 7);
    assert.equal(blind.clearSince, null);
    const seen = resumeSight(looks([[10, false]]), 5000);
    assert.deepEqual([seen.lastLook, seen.clearSince], [5000, 5000]);
    assert.deepEqual(resumeSight(CLEAR_SIGHT, 5000), CLEAR_SIGHT, 'nobody has looked yet');
  });

  const steps = array(record({ wait: integer({ min: 0, max: 40 }), blind: boolean() }), { minLength: 1, maxLength: 60 });
  /** What a clock beside it would have counted, a millisecond at a time. */
  const counted = (all: readonly (readonly [number, boolean])[], now: number, blindAfter: number): number => {
    let dark = 0;
    for (let at = Math.max(0, now - 2 * blindAfter); at < now; at++) if (all.findLast(([look]) => look <= at)?.[1]) dark++;
    return dark;
  };
  const timed = (all: readonly { readonly wait: number; readonly blind: boolean }[]) => {
    let now = 0;
    return all.map(({ wait, blind }) => [(now += wait), blind] as const);
  };

  it('is as dark as a clock beside it would have counted, however looks follow each other', () => {
    hold(
      property(steps, integer({ min: 0, max: 100 }), integer({ min: 1, max: 300 }), (all, rest, blindAfter) => {
        const made = timed(all);
        const now = (made.at(-1)?.[0] ?? 0) + rest;
        assert.equal(darkness(looks(made, blindAfter), now, blindAfter), counted(made, now, blindAfter));
      }),
    );
  });

  it('that flickers without end stays a short record, and is taken for darker than it was, never for lighter', () => {
    const flicker = (spans: number) => looks(Array.from({ length: 2 * spans }, (_, n) => [10 * n, n % 2 === 0] as const));
    assert.deepEqual([flicker(32).dark.length, flicker(33).dark.length, flicker(200).dark.length], [32, 32, 32]);
    assert.equal(darkness(flicker(32), 640, LONG), 320);
    assert.deepEqual(flicker(33).dark.slice(0, 2), [
      [0, 30],
      [40, 50],
    ]);
    assert.equal(darkness(flicker(33), 660, LONG), 340, 'the oldest two have become one');
  });
});
