import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { Watch } from '../../src/loop/watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeResource } from '../support/roll.ts';
import { makePlan, RecordingPager, ScriptedLink, startWatch, type PlanParts } from '../support/watching.ts';

const MINUTE = 60_000;

describe('a pager that is not configured any more', function () {
  this.timeout(120_000);
  let [folder, store]: [Folder, SqliteStore] = [undefined as never, undefined as never];
  let [clock, link, pager] = [new FakeClock(), new ScriptedLink(), new RecordingPager('oncall')];
  let running: Watch | undefined;

  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
    [clock, link, pager] = [new FakeClock(), new ScriptedLink(), new RecordingPager('oncall')];
  });

  afterEach(async () => {
    await end();
    await store.close();
    folder.remove();
  });

  async function end(): Promise<void> {
    const progress = { over: false };
    const stopping = (running?.stop() ?? Promise.resolve()).finally(() => (progress.over = true));
    while (!progress.over) await clock.advance(100);
    await stopping;
    running = undefined;
  }

  const plan = (parts: PlanParts): ReturnType<typeof makePlan> => makePlan([makeResource({ id: 'a' })], { link, ...parts });

  async function lose(parts: PlanParts): Promise<Watch> {
    running = await startWatch(plan(parts), clock, store);
    await clock.advance(3000);
    link.answer = 'gone';
    await clock.advance(10_000);
    return running;
  }

  for (const [title, kind, patience] of [
    ['that refuses is asked once more and then let go', 'refused', 10 * MINUTE],
    ['that does not answer is let go after a quarter of an hour', 'retryable', 60 * MINUTE],
  ] as const)
    it(`${title}, after a reload that named another: nothing waits for it for ever`, async () => {
      const old = new RecordingPager('old');
      old.answer = { kind, why: 'HTTP 404' };
      const watch = await lose({ pagers: [old, pager] });
      const phone = new RecordingPager('phone');
      await watch.reload(plan({ pagers: [phone, pager], digests: { pagers: 'other' } }));
      await clock.advance(10_000);
      assert.ok(phone.said.includes('trigger escalated a lost'), 'the new one knows of what is open');
      link.answer = 'good';
      await clock.advance(patience);
      const open = watch.status().incidents.flatMap(({ members }) => Object.keys(members));
      assert.ok(!open.includes('a'), open.join());
      assert.deepEqual(watch.status().why, []);
      assert.ok(phone.said.includes('resolve resolved a lost'));
    });

  it('after a restart leaves its place to the route of today beside those who stay', async () => {
    const chat = new RecordingPager('chat');
    await lose({ pagers: [pager, chat] });
    await end();
    const phone = new RecordingPager('phone');
    running = await startWatch(plan({ pagers: [phone, chat] }), clock, store);
    await clock.advance(MINUTE);
    assert.deepEqual(phone.said, ['trigger escalated a lost']);
  });

  it('after a restart is not fallen back upon', async () => {
    const later = { fallback: { afterMs: 20_000, pagers: ['spare'] }, ladder: [{ afterMs: 30_000, pagers: ['boss'] }] };
    pager.answer = { kind: 'retryable', why: 'HTTP 503' };
    const first = plan({ pagers: [pager, new RecordingPager('spare'), new RecordingPager('boss')], pagersFor: () => ['oncall'] });
    running = await startWatch({ ...first, laterFor: () => later }, clock, store);
    await clock.advance(3000);
    link.answer = 'gone';
    await clock.advance(5000);
    await end();
    const night = new RecordingPager('night');
    const today = plan({ pagers: [pager, night], pagersFor: () => ['oncall'] });
    running = await startWatch(
      { ...today, laterFor: () => ({ fallback: { afterMs: 20_000, pagers: ['night'] }, ladder: [] }) },
      clock,
      store,
    );
    await clock.advance(MINUTE);
    assert.ok(night.said.includes('trigger first a lost') || night.said.includes('trigger escalated a lost'), night.said.join());
    pager.answer = { kind: 'delivered', ref: null };
    link.answer = 'good';
    await clock.advance(10 * MINUTE);
    assert.deepEqual(
      running.status().incidents.filter(({ class: kind }) => kind === 'lost'),
      [],
    );
    assert.deepEqual(running.status().why, []);
  });
});
