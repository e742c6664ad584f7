import assert from 'node:assert/strict';
import { FakeClock } from '../support/fake-clock.ts';
import { makeResource } from '../support/roll.ts';
import { FlakyStore, makePlan, startWatch } from '../support/watching.ts';

describe('the flusher', () => {
  it('writes a quiet roll down a hundredth at a time, each of it once in five minutes', async () => {
    const clock = new FakeClock();
    const store = new FlakyStore();
    const resources = Array.from({ length: 300 }, (_, n) => makeResource({ id: `db-${n}`, sweep: { every: 1000 } }));
    const watch = await startWatch(makePlan(resources), clock, store);
    const rowsOf = async (ms: number): Promise<string[][]> => {
      store.changes.length = 0;
      await clock.advance(ms);
      return store.changes.map(({ resources: rows }) => [...(rows?.keys() ?? [])]).filter(({ length }) => length > 0);
    };
    await clock.advance(45_000);
    assert.equal((await rowsOf(30_000)).flat().length, 30);
    const rows = await rowsOf(300_000);
    assert.deepEqual(new Set(rows.map(({ length }) => length)), new Set([3]));
    assert.deepEqual(rows.flat().toSorted(), resources.map(({ id }) => id).toSorted());
    await watch.stop();
  });

  it('makes of the rounds in which nothing happened one entry in five minutes, and one at the end', async () => {
    const clock = new FakeClock();
    const store = new FlakyStore();
    const watch = await startWatch(makePlan([makeResource({ sweep: { every: 1000 } })]), clock, store);
    await clock.advance(11 * 60_000);
    const told = () => store.changes.flatMap(({ ledger }) => ledger ?? []).filter(({ kind }) => kind === 'rounds');
    assert.equal(told().length, 2);
    for (const { body } of told()) {
      assert.ok(Number(body['rounds']) >= 290, JSON.stringify(body));
      assert.equal(body['resources'], 1);
    }
    const stopping = watch.stop();
    await clock.advance(3000);
    await stopping;
    assert.equal(told().length, 3);
  });
});
