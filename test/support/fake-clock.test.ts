import assert from 'node:assert/strict';
import { FakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';

describe('the fake clock', () => {
  it('stands still until it is advanced, and wakes sleepers in order of time, then of falling asleep', async () => {
    const clock = new FakeClock(1000, 5000);
    const woken: string[] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name}@${clock.now().steady}`);
    };
    const all = Promise.all([sleep('late', 30), sleep('early', 10), sleep('early too', 10)]);
    await clock.advance(9);
    assert.deepEqual(woken, []);
    await clock.advance(100);
    await all;
    assert.deepEqual(woken, ['early@5010', 'early too@5010', 'late@5030']);
    assert.deepEqual(clock.now(), { wall: 1109, steady: 5109 });
  });

  it('wakes in one advance whoever sleeps again and again', async () => {
    const clock = new FakeClock(0, 0);
    const ticks: number[] = [];
    const controller = new AbortController();
    const loop = (async () => {
      for (;;) {
        await clock.sleep(10, controller.signal);
        ticks.push(clock.now().steady);
      }
    })();
    await clock.advance(35);
    assert.deepEqual(ticks, [10, 20, 30]);
    controller.abort(new Error('stop'));
    await assert.rejects(loop, /stop/);
    assert.equal(clock.sleeping, 0);
    await assert.rejects(clock.sleep(1, controller.signal), /stop/);
  });

  it('steps the wall clock without anybody sleeping longer or shorter', async () => {
    const clock = new FakeClock(1_000_000, 0);
    let woken = false;
    const asleep = clock.sleep(10).finally(() => {
      woken = true;
    });
    clock.stepWall(-500_000);
    assert.deepEqual(clock.now(), { wall: 500_000, steady: 0 });
    await clock.advance(10);
    assert.ok(woken);
    await asleep;
    assert.equal(clock.now().wall, 500_010);
  });
});

describe('the fake randomness', () => {
  it('is the same for the same seed and another for another', () => {
    const draw = (seed: number) => {
      const random = createFakeRandom(seed);
      return [random.unit(), random.unit(), ...random.bytes(4)];
    };
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
    assert.ok(draw(7).every((number) => number >= 0 && number < 256));
  });
});
