import assert from 'node:assert/strict';
import { FakeClock } from '../support/fake-clock.ts';
import { makeResource } from '../support/roll.ts';
import { FlakyStore, makePlan, startWatch } from '../support/watching.ts';

describe('the flusher', () => {
  it('writes a quiet roll down a tenth at a time, and nothing between', async () => {
    const clock = new FakeClock();
    const store = new FlakyStore();
    const resources = Array.from({ length: 20 }, (_, n) => makeResource({ id: `db-${n}`, sweep: { every: 1000 } }));
    const watch = await startWatch(makePlan(resources), clock, store);
    const rowsOf = async (ms: number): Promise<string[]> => {
      store.changes.length = 0;
      await clock.advance(ms);
      return store.changes.flatMap(({ resources: rows }) => [...(rows?.keys() ?? [])]);
    };
    await clock.advance(45_000);
    assert.deepEqual(await rowsOf(10_000), []);
    assert.equal((await rowsOf(30_000)).length, 2);
    assert.deepEqual((await rowsOf(300_000)).toSorted(), resources.map(({ id }) => id).toSorted());
    await watch.stop();
  });
});
