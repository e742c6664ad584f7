import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { Watch } from '../../src/loop/watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeCheck, makeResource } from '../support/roll.ts';
import { makePlan, RecordingPager, ScriptedLink, startWatch, type Answer } from '../support/watching.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

describe('the watch in adversity', function () {
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
    await end();
    await store.close();
    folder.remove();
  });

  async function start(resource = makeResource()): Promise<void> {
    running = await startWatch(makePlan([resource], { link, pagers: [pager] }), clock, store);
    await clock.advance(10);
  }
  async function end(): Promise<void> {
    if (!running) return;
    const progress = { over: false };
    const stopping = running.stop().finally(() => (progress.over = true));
    for (let turn = 0; !progress.over && turn < 200; turn++) await clock.advance(100);
    await stopping;
    running = undefined;
  }
  async function acknowledge(): Promise<void> {
    const incident = running?.status().incidents.at(-1);
    assert.ok(incident);
    const id = `O${clock.now().steady}`;
    await store.commit({ orders: [{ id, kind: 'acknowledge', incident: incident.id, by: 'alice', forMs: 8 * 60 * MINUTE }] });
    await clock.advance(3000);
  }
  /** Answers by turns, one look each. */
  function inTurns(answers: readonly Answer[]): void {
    const collect = link.collect.bind(link);
    let turn = 0;
    link.collect = (wanted, look) => {
      link.answer = answers[turn++ % answers.length] ?? 'good';
      return collect(wanted, look);
    };
  }
  const triggers = () => pager.said.filter((said) => said.startsWith('trigger') && !said.includes('@watchdog'));

  it('a clock stepped a day back and forth during a loss loses no repeat and makes none', async () => {
    await start();
    link.answer = 'gone';
    await clock.advance(3000);
    for (const step of [-DAY, DAY, DAY, -DAY]) {
      clock.stepWall(step);
      await clock.advance(15 * MINUTE);
    }
    assert.deepEqual(triggers(), ['trigger first orders-db lost', ...Array.from({ length: 4 }, () => 'trigger repeat orders-db lost')]);
    assert.deepEqual(pager.said, triggers());
  });

  it('a clock a day behind or ahead at a restart loses no repeat', async () => {
    await start();
    link.answer = 'gone';
    await clock.advance(3000);
    for (const step of [-DAY, DAY]) {
      await end();
      clock.stepWall(step);
      await start();
      await clock.advance(16 * MINUTE);
    }
    assert.deepEqual(triggers(), ['trigger first orders-db lost', 'trigger repeat orders-db lost', 'trigger repeat orders-db lost']);
  });

  it('two servers behind one name, one of which has lost it: pages', async () => {
    await start();
    await clock.advance(10_000);
    inTurns(['gone', 'good']);
    await clock.advance(MINUTE);
    assert.deepEqual(triggers(), ['trigger first orders-db lost']);
  });

  it('nineteen looks of twenty blind: pages', async () => {
    await start();
    await clock.advance(10_000);
    inTurns([...Array.from({ length: 19 }, () => 'denied' as const), 'good']);
    await clock.advance(4 * MINUTE);
    assert.deepEqual(triggers(), ['trigger first orders-db blind']);
  });

  for (const [answer, what] of [
    ['gone', 'lost'],
    ['denied', 'blind'],
  ] as const)
    it(`a restart every minute: still pages what is ${what}`, async () => {
      link.answer = 'good';
      await start();
      await clock.advance(10_000);
      link.answer = answer;
      for (let minute = 0; minute < 6; minute++) {
        await end();
        await start();
        await clock.advance(MINUTE);
      }
      assert.equal(triggers()[0], `trigger first orders-db ${what}`);
      assert.equal(triggers().length, 1, triggers().join('; '));
    });

  it('a stale that is acknowledged, then the rights taken, then the drop: each pages, under a key of its own', async () => {
    const check = makeCheck({ breach: 'stale', rule: { is: 'at_least', bound: 1000 } });
    await start(makeResource({ checks: [check], severity: 'critical' }));
    await clock.advance(5 * MINUTE);
    assert.deepEqual(triggers(), ['trigger first orders-db degraded']);
    await acknowledge();
    link.answer = 'denied';
    await clock.advance(5 * MINUTE);
    await acknowledge();
    link.answer = 'gone';
    await clock.advance(5000);
    assert.deepEqual(triggers(), ['trigger first orders-db degraded', 'trigger first orders-db blind', 'trigger worsened orders-db lost']);
    assert.equal(new Set(pager.letters.filter(({ page }) => page.event === 'trigger').map(({ page }) => page.dedup_key)).size, 3);
  });

  it('a resolve that arrives late ends its own episode and never the next', async () => {
    await start();
    link.answer = 'gone';
    await clock.advance(3000);
    pager.answer = async ({ page }) =>
      page.event === 'resolve' ? { kind: 'retryable', why: 'HTTP 503', afterMs: 1 } : { kind: 'delivered', ref: null };
    link.answer = 'good';
    await clock.advance(2 * MINUTE);
    link.answer = 'gone';
    await clock.advance(2 * MINUTE);
    pager.answer = { kind: 'delivered', ref: null };
    await clock.advance(5 * MINUTE);
    const [first, next] = pager.letters.filter(({ page }) => page.event === 'trigger').map(({ page }) => page.dedup_key);
    assert.match(`${first} ${next}`, /lost\/1 .*lost\/2$/);
    assert.deepEqual(
      new Set(pager.letters.filter(({ page }) => page.event === 'resolve').map(({ page }) => page.dedup_key)),
      new Set([first]),
    );
    assert.deepEqual(
      running?.status().incidents.map(({ key, phase }) => [key, phase]),
      [[next, 'paged']],
    );
  });
});
