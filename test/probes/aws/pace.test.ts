import assert from 'node:assert/strict';
import { Pace } from '../../../probes/aws/pace.ts';
import { PaceBook } from '../../../probes/aws/pace-book.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const never = new AbortController().signal;

/** How many of `count` turns come within `ms`. */
async function turns(pace: Pace, clock: FakeClock, count: number, ms: number): Promise<number> {
  let came = 0;
  for (let i = 0; i < count; i++) void pace.turn(never).then(() => came++);
  await clock.advance(ms);
  return came;
}

describe('the pace of an API', () => {
  it('lets twenty through at once and then ten a second', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, () => 0.5);
    assert.equal(await turns(pace, clock, 100, 0), 20);
    await clock.advance(1000);
    assert.equal(await turns(pace, clock, 0, 2000), 0);
  });

  it('halves by each throttling, says so, and comes back by answers', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, () => 0.5);
    assert.equal(pace.slowed, undefined);
    pace.throttled();
    pace.throttled();
    assert.match(pace.slowed ?? '', /throttled 2 times of late, slowed to 2\.5 calls a second/);
    assert.equal(await turns(pace, clock, 10, 2000), 5);
    for (let i = 0; i < 80; i++) pace.answered();
    assert.equal(pace.slowed, undefined);
  });

  it('never stops for good', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, () => 0.5);
    for (let i = 0; i < 100; i++) pace.throttled();
    assert.equal(await turns(pace, clock, 1, 5000), 1);
  });

  it('waits longer or shorter by a fifth, by the dice', async () => {
    for (const [dice, before, after] of [
      [0, 80, 10],
      [0.999, 110, 10],
    ] as const) {
      const clock = new FakeClock();
      const pace = new Pace(clock, () => dice);
      await turns(pace, clock, 20, 0);
      const came = turns(pace, clock, 1, before + after);
      assert.equal(await came, 1);
    }
  });

  it('gives the turn of who left to the others', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, () => 0.5);
    await turns(pace, clock, 20, 0);
    const gone = new AbortController();
    const left = pace.turn(gone.signal);
    gone.abort(new Error('enough'));
    await assert.rejects(left, /enough/);
    assert.equal(await turns(pace, clock, 1, 100), 1);
  });

  it('is one for each API in each region', () => {
    const book = new PaceBook(new FakeClock());
    assert.equal(book.of('eu-west-1', 'rds:A'), book.of('eu-west-1', 'rds:A'));
    assert.notEqual(book.of('eu-west-1', 'rds:A'), book.of('us-east-1', 'rds:A'));
    book.of('eu-west-1', 'rds:A').throttled();
    assert.match(book.slowed('eu-west-1') ?? '', /^rds:A throttled 1 times/);
    assert.equal(book.slowed('us-east-1'), undefined);
  });
});
