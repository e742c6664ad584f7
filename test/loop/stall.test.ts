import assert from 'node:assert/strict';
import type { Journal } from '../../src/loop/journal.ts';
import { Stall } from '../../src/loop/stall.ts';
import type { Troubles } from '../../src/loop/troubles.ts';
import { START } from '../support/roll.ts';

const MINUTE = 60_000;

/** What was raised and cleared, and the gaps written down. */
function make() {
  const said: string[] = [];
  const gaps: number[] = [];
  let standing = false;
  const troubles = {
    raise: (path: string, what: string) => {
      if (path !== 'clock.stopped' || !standing) said.push(`${path}: ${what}`);
      standing ||= path === 'clock.stopped';
    },
    clear: (path: string) => {
      if (standing) said.push(`mended ${path}`);
      standing = false;
    },
  };
  const journal = { record: (_kind: string, _about: string, { ms }: { ms: number }) => void gaps.push(ms) };
  const stall = new Stall(journal as unknown as Journal, troubles as unknown as Troubles, START);
  let [steady, wall] = [START.steady, START.wall];
  /** So much time passes until the next tick; the wall clock may go its own way. */
  const pass = (ms: number, wallMs = ms): boolean => {
    steady += ms;
    wall += wallMs;
    return stall.tick({ steady, wall }, MINUTE);
  };
  return { said, gaps, pass };
}

describe('the watch over the loop itself', () => {
  it('is content with a loop that ticks', () => {
    const { said, gaps, pass } = make();
    for (let tick = 0; tick < 1000; tick++) assert.equal(pass(1000), false);
    assert.deepEqual([said, gaps], [[], []]);
  });

  it('tells at once of ten seconds without a tick: nothing was looked at meanwhile', () => {
    const { said, gaps, pass } = make();
    assert.equal(pass(10_000), true);
    assert.deepEqual([said, gaps], [['loop.stalled: the watcher itself did not run for 10s'], [10_000]]);
  });

  it('tells of a loop that is blocked for seconds three times in ten minutes, and not of one busy moment', () => {
    const { said, gaps, pass } = make();
    for (const ms of [5000, 6000]) {
      pass(ms);
      for (let minute = 0; minute < 4 * 60; minute++) pass(1000);
    }
    assert.deepEqual(said, []);
    pass(5000);
    assert.deepEqual(said, ["loop.blocked: the watcher's loop was blocked 3 times within 10m, for up to 6s"]);
    assert.deepEqual(gaps, [5000, 6000, 5000]);
  });

  it('forgets what was blocked longer ago', () => {
    const { said, pass } = make();
    for (let time = 0; time < 10; time++) {
      pass(5000);
      for (let second = 0; second < 6 * 60; second++) pass(1000);
    }
    assert.deepEqual(said, []);
  });

  it('tells once of a wall clock that stands still, and that it moves again; a step is neither', () => {
    const { said, pass } = make();
    pass(1000, -86_400_000);
    pass(1000, 86_400_000);
    for (let second = 0; second < 59; second++) pass(1000, 0);
    assert.deepEqual(said, []);
    for (let second = 0; second < 30; second++) pass(1000, 0);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^clock.stopped: .*has stood still for more than 1m/);
    pass(1000);
    assert.equal(said[1], 'mended clock.stopped');
  });
});
