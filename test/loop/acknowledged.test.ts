import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { Resource } from '../../src/core/expectation.ts';
import type { Watch } from '../../src/loop/watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { exactly, makeCheck, makeResource, seen } from '../support/roll.ts';
import { makePlan, RecordingPager, ScriptedLink, startWatch, type Answer } from '../support/watching.ts';

const MINUTE = 60_000;
const CHECKS = [
  makeCheck({ measure: 't' }),
  makeCheck({ measure: 'u', facet: 'content/u', path: 'tables.u.min_rows', subject: 'public.u' }),
];
/** Two tables, as an inspection counts them. */
const rows = (t: number, u: number): Answer => [
  seen({ looked: ['presence', 'identity', 'content/t', 'content/u'], measures: { t: exactly(t), u: exactly(u) } }),
];
const DOOMED: Answer = [seen({ doom: { what: 'marked for deletion' } })];

describe('what is acknowledged', function () {
  this.timeout(120_000);
  let folder: Folder;
  let store: SqliteStore;
  let clock: FakeClock;
  let link: ScriptedLink;
  let pager: RecordingPager;
  let running: Watch | undefined;

  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
    clock = new FakeClock();
    link = new ScriptedLink();
    pager = new RecordingPager('oncall');
  });
  afterEach(async () => {
    const progress = { over: false };
    const stopping = (running?.stop() ?? Promise.resolve()).finally(() => (progress.over = true));
    for (let turn = 0; !progress.over && turn < 200; turn++) await clock.advance(100);
    await stopping;
    await store.close();
    folder.remove();
  });

  const see = async (answer: Answer): Promise<void> => {
    link.answer = answer;
    await clock.advance(3 * MINUTE);
  };
  async function start(resource: Resource, answer: Answer): Promise<void> {
    running = await startWatch(makePlan([resource], { link, pagers: [pager] }), clock, store);
    await see(answer);
  }
  async function acknowledge(): Promise<void> {
    const incident = running?.status().incidents.at(-1);
    assert.ok(incident);
    const id = `O${clock.now().steady}`;
    await store.commit({ orders: [{ id, kind: 'acknowledge', incident: incident.id, by: 'alice', forMs: 8 * 60 * MINUTE }] });
    await clock.advance(3000);
  }
  const triggers = () => pager.letters.flatMap(({ page }) => (page.event === 'trigger' ? [`${page.reason} ${page.dedup_key}`] : []));

  for (const [what, before, then] of [
    ['another table that is struck', rows(5, 100), rows(5, 5)],
    ['the same table emptied', rows(5, 100), rows(0, 100)],
  ] as const)
    it(`mutes no further harm of the same weight: ${what} is paged under a key of its own`, async () => {
      await start(makeResource({ checks: CHECKS }), rows(100, 100));
      await see(before);
      await acknowledge();
      await see(then);
      const key = 'rollcall/prod/vault/orders-db/degraded';
      assert.deepEqual(triggers(), [`first ${key}/1`, `worsened ${key}/2`]);
      assert.equal(pager.letters.at(-1)?.page.reason, 'superseded');
      await see(then);
      assert.equal(triggers().length, 2, 'and once');
    });

  it('mutes no deletion that is done, when only its announcement was acknowledged', async () => {
    await start(makeResource(), 'good');
    await see(DOOMED);
    await acknowledge();
    await see('gone');
    assert.deepEqual(triggers(), ['first rollcall/prod/vault/orders-db/lost/1', 'worsened rollcall/prod/vault/orders-db/lost/2']);
  });

  it('is not said anew for another face of the same loss, nor for what is milder', async () => {
    await start(makeResource({ checks: CHECKS }), rows(100, 100));
    await see('gone');
    await acknowledge();
    await see('impostor');
    await see(rows(5, 100));
    assert.deepEqual(triggers(), ['first rollcall/prod/vault/orders-db/lost/1']);
  });

  it('and what nobody has acknowledged is told as news under the key that stands', async () => {
    await start(makeResource({ checks: CHECKS }), rows(100, 100));
    await see(rows(5, 100));
    await see(rows(0, 100));
    assert.deepEqual(pager.said, ['trigger first orders-db degraded', 'update changed orders-db degraded']);
  });
});
