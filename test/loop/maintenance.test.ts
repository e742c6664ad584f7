import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { MaintenanceWindow } from '../../src/core/maintenance.ts';
import type { Watch } from '../../src/loop/watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { blindTo, makeCheck, makeResource, seen } from '../support/roll.ts';
import { makePlan, RecordingPager, ScriptedLink, startWatch } from '../support/watching.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1);

/** Backups whose newest is `age` hours old; more than 24 is stale. */
const aged = (age: number) => [
  seen({ id: 'dumps', looked: ['presence', 'identity', 'freshness/newest'], measures: { age: { value: age, unit: 'ms', how: 'exact' } } }),
];
const dumps = makeResource({
  id: 'dumps',
  checks: [
    makeCheck({
      facet: 'freshness/newest',
      depth: 'sweep',
      path: 'newest_within',
      measure: 'age',
      rule: { is: 'at_most', bound: 24 },
      breach: 'stale',
    }),
  ],
});
const MOVE: MaintenanceWindow = {
  name: 'vault-move',
  author: 'alice',
  reason: 'new disks',
  resources: ['dumps'],
  connections: [],
  from: START + 10 * MINUTE,
  until: START + 70 * MINUTE,
};

describe('a maintenance window', function () {
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
    clock = new FakeClock(START);
    link = new ScriptedLink();
    link.answer = aged(1);
    pager = new RecordingPager('oncall');
  });
  afterEach(async () => {
    await end();
    await store.close();
    folder.remove();
  });

  const plan = (windows: readonly MaintenanceWindow[], resources = [dumps]) => ({
    ...makePlan(resources, { link, pagers: [pager] }),
    windows,
  });
  async function begin(windows: readonly MaintenanceWindow[] = [MOVE], resources = [dumps]): Promise<void> {
    watch = await startWatch(plan(windows, resources), clock, store);
    await clock.advance(10_000);
  }
  async function end(): Promise<void> {
    const progress = { over: false };
    const stopping = watch.stop().finally(() => (progress.over = true));
    for (let turn = 0; !progress.over && turn < 200; turn++) await clock.advance(100);
    await stopping;
  }
  /** Up to so many minutes after the start. */
  const until = (minutes: number) => clock.advance(START + minutes * MINUTE - clock.now().wall);
  const told = () => pager.said.filter((said) => !said.includes('@watchdog'));

  it('is told of when it is declared, once, with author, reason, scope and end', async () => {
    await begin([]);
    await watch.reload(plan([MOVE]));
    await clock.advance(2000);
    const [letter] = pager.letters;
    assert.equal(pager.letters.length, 1);
    assert.match(
      letter?.page.summary ?? '',
      /alice declared the maintenance window vault-move \(new disks\) from 2026-01-01T00:10.* until 2026-01-01T01:10.*dumps/,
    );
    await end();
    await begin();
    assert.equal(pager.letters.length, 1, 'a restart declares nothing');
  });

  it('keeps staleness quiet while it is open, goes on looking, and pages at its end what is still bad', async () => {
    await begin();
    await until(12);
    link.answer = aged(30);
    const looks = link.looks.length;
    await until(69);
    assert.deepEqual(told(), []);
    assert.ok(link.looks.length > looks + 1000);
    const [printed] = watch.status().resources;
    assert.deepEqual([printed?.verdict, printed?.window?.author], ['degraded', 'alice']);
    await until(71);
    assert.deepEqual(told(), ['trigger first dumps degraded']);
  });

  it('says nothing at its end of what is good again by then', async () => {
    await begin();
    await until(12);
    link.answer = aged(30);
    await until(20);
    link.answer = aged(1);
    await until(80);
    assert.deepEqual(told(), []);
  });

  it('keeps quiet over a restart, and still pages at its end', async () => {
    await begin();
    await until(12);
    link.answer = aged(30);
    await until(20);
    await end();
    await begin();
    await until(69);
    assert.deepEqual(told(), []);
    await until(71);
    assert.deepEqual(told(), ['trigger first dumps degraded']);
  });

  it('keeps quiet that nothing answers; but a refused credential pages at once, in the window as out of it', async () => {
    await begin();
    await until(12);
    link.answer = [{ ...blindTo(['presence', 'identity', 'freshness/newest'], 'unreachable'), id: 'dumps' }];
    await until(40);
    assert.deepEqual(told(), []);
    link.answer = [{ ...blindTo(['presence', 'identity', 'freshness/newest'], 'denied'), id: 'dumps' }];
    await until(41);
    assert.deepEqual(told(), ['trigger first dumps blind']);
  });

  it('excuses no disappearance, no impostor, no shrinkage and no weakened protection', async () => {
    const check = (id: string, breach: 'diminished' | 'exposed' | 'precursor') =>
      makeResource({ id, checks: [makeCheck({ depth: 'sweep', breach, rule: { is: 'at_least', bound: 500 } })] });
    const resources = [
      makeResource({ id: 'gone' }),
      makeResource({ id: 'other' }),
      ...(['diminished', 'exposed', 'precursor'] as const).map((breach) => check(breach, breach)),
    ];
    link.answer = 'good';
    for (const id of ['diminished', 'exposed', 'precursor'])
      link.answers.set(id, [
        seen({ id, looked: ['presence', 'identity', 'content/t'], measures: { rows: { value: 900, unit: 'rows', how: 'exact' } } }),
      ]);
    await begin([{ ...MOVE, resources: [], connections: ['pg'] }], resources);
    await until(12);
    link.answers.set('gone', 'gone');
    link.answers.set('other', 'impostor');
    for (const id of ['diminished', 'exposed', 'precursor'])
      link.answers.set(id, [
        seen({ id, looked: ['presence', 'identity', 'content/t'], measures: { rows: { value: 100, unit: 'rows', how: 'exact' } } }),
      ]);
    await until(13);
    const paged = new Set(pager.letters.flatMap(({ page }) => page.resources.map(({ id }) => id)));
    for (const id of ['gone', 'other', 'diminished', 'exposed', 'precursor']) assert.ok(paged.has(id), `${id} of ${[...paged].join()}`);
    const loss = pager.letters.find(({ page }) => page.resources.some(({ id }) => id === 'gone'));
    assert.equal(loss?.page.resources[0]?.window?.name, 'vault-move');
  });

  it('covers nothing but its scope', async () => {
    await begin([{ ...MOVE, resources: ['another'] }]);
    await until(12);
    link.answer = aged(30);
    await until(13);
    assert.deepEqual(told(), ['trigger first dumps degraded']);
  });

  it('stops the repeats of what was paged before it, and repeats at its end', async () => {
    await begin();
    link.answer = aged(30);
    await until(69);
    assert.deepEqual(told(), ['trigger first dumps degraded']);
    await until(71);
    assert.deepEqual(told(), ['trigger first dumps degraded', 'trigger repeat dumps degraded']);
  });

  it('lets go of what grows graver than it excuses', async () => {
    await begin();
    await until(12);
    link.answer = aged(30);
    await until(20);
    link.answer = 'gone';
    await until(21);
    assert.deepEqual(told(), ['trigger first dumps lost']);
  });

  it('ends by elapsed time, and no clock set back opens it again', async () => {
    await begin();
    await until(12);
    link.answer = aged(30);
    await until(20);
    clock.stepWall(-24 * HOUR);
    await clock.advance(51 * MINUTE);
    assert.deepEqual(told(), ['trigger first dumps degraded']);
    clock.stepWall(START + 30 * MINUTE - clock.now().wall);
    await clock.advance(16 * MINUTE);
    assert.deepEqual(told(), ['trigger first dumps degraded', 'trigger repeat dumps degraded']);
  });
});
