import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { Watch } from '../../src/loop/watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeResource } from '../support/roll.ts';
import { makePlan, RecordingPager, ScriptedLink, startWatch } from '../support/watching.ts';

const NOMINAL = { by: 'cursor', text: 'All systems nominal', about: [] };

describe('claims at the watch', function () {
  this.timeout(120_000);
  let folder: Folder;
  let store: SqliteStore;
  let clock: FakeClock;
  let link: ScriptedLink;
  let pager: RecordingPager;
  let watch: Watch;

  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
    clock = new FakeClock();
    link = new ScriptedLink();
    pager = new RecordingPager('oncall');
    watch = await begin();
  });
  afterEach(async () => {
    await end();
    await store.close();
    folder.remove();
  });

  async function begin(): Promise<Watch> {
    const started = await startWatch(makePlan([makeResource()], { link, pagers: [pager] }), clock, store);
    await clock.advance(10_000);
    return started;
  }
  async function end(): Promise<void> {
    const progress = { over: false };
    const stopping = watch.stop().finally(() => (progress.over = true));
    for (let turn = 0; !progress.over && turn < 200; turn++) await clock.advance(100);
    await stopping;
  }
  const claimed = () => pager.letters.map(({ page }) => page.claims.map(({ line }) => line));

  it('stand in the page beside what was found: before the loss in the first, after it in an update', async () => {
    await watch.claim({ by: 'cursor', text: 'deleting\u001b[2J the volume', about: ['orders-db'] });
    link.answer = 'gone';
    await clock.advance(4000);
    assert.equal(claimed().length, 1);
    assert.match(claimed()[0]?.[0] ?? '', /^cursor, .* before the loss: deleting \[2J the volume$/);
    await watch.claim(NOMINAL);
    await clock.advance(2000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost', 'update changed orders-db lost']);
    assert.match(claimed()[1]?.[1] ?? '', /^cursor, .* after the loss: All systems nominal$/);
  });

  it('are never believed: no verdict, no page and no resolve follows from one', async () => {
    await watch.claim({ by: 'cursor', text: 'orders-db was dropped', about: ['orders-db'] });
    await clock.advance(10_000);
    assert.equal(pager.letters.length, 0);
    link.answer = 'gone';
    await clock.advance(4000);
    await watch.claim({ by: 'cursor', text: 'orders-db is back', about: ['orders-db'] });
    await clock.advance(10_000);
    assert.equal(watch.status().resources[0]?.verdict, 'absent');
    assert.ok(!pager.said.some((said) => said.startsWith('resolve')));
  });

  it('are bounded: thirty a minute, a thousand a day, updates once a minute', async () => {
    link.answer = 'gone';
    await clock.advance(4000);
    const flood = async (count: number): Promise<number> => {
      let taken = 0;
      for (let n = 0; n < count; n++) if ((await watch.claim(NOMINAL)).taken) taken++;
      return taken;
    };
    assert.equal(await flood(100), 30);
    const refused = await watch.claim(NOMINAL);
    assert.ok(!refused.taken && refused.afterMs > 0 && refused.afterMs <= 2000, JSON.stringify(refused));
    await clock.advance(59_000);
    assert.ok(pager.letters.length <= 3, pager.said.join());
    let sum = 30;
    for (let minute = 0; minute < 60; minute++) {
      await clock.advance(60_000);
      sum += await flood(31);
    }
    assert.equal(sum, 1000);
    const spent = await watch.claim(NOMINAL);
    assert.ok(!spent.taken && spent.afterMs > 3_600_000);
  });

  it('are kept over a restart, and each is in the ledger', async () => {
    await watch.claim(NOMINAL);
    await store.commit({ orders: [{ id: '01J', kind: 'claim', by: 'alice', text: 'left in the store', about: ['orders-db'] }] });
    await clock.advance(2000);
    await end();
    watch = await begin();
    link.answer = 'gone';
    await clock.advance(4000);
    assert.deepEqual(
      pager.letters[0]?.page.claims.map(({ by, text }) => `${by}: ${text}`),
      ['cursor: All systems nominal', 'alice: left in the store'],
    );
    const ledger = await store.ledger(1, 10_000);
    assert.deepEqual(
      ledger.filter(({ kind }) => kind === 'claim').map(({ about }) => about),
      ['cursor', 'alice'],
    );
    assert.deepEqual(await store.orders(), []);
  });
});
