import assert from 'node:assert/strict';
import { createSystemClock } from '../../src/adapters/clock-system.ts';

describe('the system clock', () => {
  it('tells the wall time, and goes on in steady time where the last run left it', () => {
    const later = Date.now() + 86_400_000;
    const before = Date.now();
    const { wall, steady } = createSystemClock(later).now();
    assert.ok(wall >= before && wall <= Date.now());
    assert.ok(steady >= later && steady < later + 60_000);
  });

  it('starts at the wall time where nothing later is known', () => {
    const before = Date.now();
    const { steady } = createSystemClock(0).now();
    assert.ok(steady >= before && steady < before + 60_000);
  });

  it('sleeps at least as long as it was asked to, and moves on steadily meanwhile', async () => {
    const clock = createSystemClock(0);
    const started = performance.now();
    let last = clock.now().steady;
    for (let i = 0; i < 10; i++) {
      await clock.sleep(2);
      const { steady } = clock.now();
      assert.ok(Number.isInteger(steady) && steady > last);
      last = steady;
    }
    assert.ok(performance.now() - started >= 20);
  });

  it('wakes with the reason of the signal, also where it was aborted before', async () => {
    const clock = createSystemClock(0);
    const reason = new Error('reload');
    const controller = new AbortController();
    const asleep = clock.sleep(3_600_000, controller.signal);
    controller.abort(reason);
    await assert.rejects(asleep, (error) => error === reason);
    await assert.rejects(clock.sleep(0, controller.signal), (error) => error === reason);
    await assert.rejects(clock.sleep(1, controller.signal), (error) => error === reason);
  });

  it('sleeps longer than the longest timer of Node without waking at once', async () => {
    const controller = new AbortController();
    const warnings: string[] = [];
    const listen = (warning: Error) => void warnings.push(warning.name);
    process.on('warning', listen);
    let woke = false;
    const asleep = createSystemClock(0)
      .sleep(2 ** 33, controller.signal)
      .finally(() => {
        woke = true;
      });
    try {
      await createSystemClock(0).sleep(20);
      assert.deepEqual([woke, warnings], [false, []]);
    } finally {
      process.off('warning', listen);
      // Else a sleeper that fails this test would keep the run alive for months.
      controller.abort(new Error('enough'));
    }
    await assert.rejects(asleep, /enough/);
  });
});
