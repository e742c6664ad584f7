import assert from 'node:assert/strict';
import type { Store } from '../../src/ports.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder } from '../support/folder.ts';
import { makeResource } from '../support/roll.ts';
import { FlakyStore, makePlan, RecordingPager, ScriptedLink, startWatch } from '../support/watching.ts';
import { openStore } from '../../src/adapters/store-sqlite.ts';

const DAY_MS = 86_400_000;

describe('a watch whose store has forgotten everything', function () {
  this.timeout(120_000);

  /** Runs until the loss of its one resource is paged, and gives the keys it paged under. */
  async function keysOf(clock: FakeClock, store: Store, version: number): Promise<string[]> {
    const [link, pager] = [new ScriptedLink(), new RecordingPager('oncall')];
    const watch = await startWatch(makePlan([makeResource({ id: 'a' })], { link, pagers: [pager], version }), clock, store);
    await clock.advance(3000);
    link.answer = 'gone';
    await clock.advance(10_000);
    const stopping = watch.stop();
    await clock.advance(3000);
    await stopping;
    return [...new Set(pager.letters.map(({ page }) => page.dedup_key.replace('rollcall/prod/vault/', '')))].sort();
  }

  it('pages under keys that it has not used before, the same all day: a receiver may hold the old ones, acknowledged', async () => {
    const clock = new FakeClock();
    assert.deepEqual(await keysOf(clock, new FlakyStore(), 1), ['a/lost/1'], 'a first start');
    const day = Math.floor(clock.now().wall / DAY_MS);
    const today = ['@watchdog/degraded/DAY', 'a/lost/DAY'].map((key) => key.replace('DAY', String(day + 1)));
    assert.deepEqual(await keysOf(clock, new FlakyStore(), 2), today, 'a store that was deleted');
    assert.deepEqual(await keysOf(clock, new FlakyStore(), 2), today, 'and again on the same day');
  });

  it('counts on from there after the next start', async () => {
    const folder = makeFolder();
    const clock = new FakeClock();
    const first = Math.floor(clock.now().wall / DAY_MS) + 1;
    const store = await openStore(folder.path);
    try {
      const idle = await startWatch(makePlan([makeResource({ id: 'a' })], { version: 2 }), clock, store);
      await clock.advance(3000);
      const stopping = idle.stop();
      await clock.advance(3000);
      await stopping;
      clock.stepWall(-400 * DAY_MS);
      assert.deepEqual(await keysOf(clock, store, 2), [`a/lost/${first}`]);
    } finally {
      await store.close();
      folder.remove();
    }
  });
});
