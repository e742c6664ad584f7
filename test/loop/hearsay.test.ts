import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { Plan } from '../../src/loop/plan.ts';
import type { Watch } from '../../src/loop/watch.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeCheck, makeResource } from '../support/roll.ts';
import { makePlan, RecordingPager, ScriptedLink, startWatch } from '../support/watching.ts';

const MINUTE = 60_000;
const UNHEARD = 'events are not heard';

describe('what a probe is told of', function () {
  this.timeout(30_000);
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
    await stop();
    await store.close();
    folder.remove();
  });

  const one = (more = {}) => makeResource({ sweep: { every: MINUTE }, inspect: { every: 10 * MINUTE }, ...more });
  const plan = (resources = [one()], parts = {}): Plan => makePlan(resources, { link, pagers: [pager], ...parts });
  async function start(given = plan()): Promise<void> {
    running = await startWatch(given, clock, store);
    await clock.advance(1000);
  }
  async function stop(): Promise<void> {
    if (!running) return;
    const over = { yes: false };
    void running.stop().finally(() => (over.yes = true));
    for (let turn = 0; !over.yes && turn < 200; turn++) await clock.advance(100);
    running = undefined;
  }
  async function said(what: Parameters<ScriptedLink['nudge']>[0]): Promise<void> {
    link.nudge(what);
    await settle();
    await clock.advance(10);
  }
  const told = (...ids: string[]) => said({ ids, why: 'a message', told: true });
  const troubles = (): string[] => pager.letters.map(({ page }) => `${page.event} ${page.severity} ${page.summary}`);

  it('holds once over all that a link is wanted for, with or without a tripwire', async () => {
    const made = plan([one(), one({ id: 'other', tripwire: true })]);
    const [group] = [...made.groups.values()];
    assert.ok(group);
    const second = { ...group, name: 'pg\nother' };
    const groups = new Map([...made.groups, [second.name, second]]);
    await start({ ...made, groups, groupOf: new Map([...made.groupOf, ['other', second.name]]) });
    assert.deepEqual(link.held, [['orders-db', 'other']]);
    link.looks.length = 0;
    await told('other', 'orders-db', 'nobody');
    assert.deepEqual(
      link.looks.map(({ ids }) => ids),
      [['other'], ['orders-db']],
      'each in its own group, and what is not on the roll in none',
    );
  });

  it('gets its usual look, and its inspection, at once; where all is well nobody is paged, and there is one look', async () => {
    await start(plan([one({ checks: [makeCheck()] }), one({ id: 'other', checks: [makeCheck()] })]));
    link.looks.length = 0;
    await told('orders-db');
    await clock.advance(1000);
    assert.deepEqual(link.looks, [
      { ids: ['orders-db'], depth: 'sweep', path: 'usual' },
      { ids: ['orders-db'], depth: 'inspect', path: 'usual' },
    ]);
    assert.deepEqual(pager.said, []);
  });

  it('is judged by the ordinary law: a second look on a fresh path, and then the page', async () => {
    await start();
    link.answer = 'gone';
    link.looks.length = 0;
    await told('orders-db');
    await clock.advance(1000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost']);
    assert.deepEqual(
      link.looks.map(({ path }) => path),
      ['usual', 'fresh'],
    );
  });

  it('that was lost is found by the next sweep', async () => {
    await start();
    link.answer = 'gone';
    await clock.advance(MINUTE + 1000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost']);
  });

  it('that is not heard is a warning of its own, whatever says so how often; polling goes on, and it is over when it is heard again', async () => {
    link.listens = true;
    await start();
    await said({ deaf: 'denied' });
    await said({ deaf: 'denied' });
    assert.equal(troubles().length, 1);
    assert.match(troubles()[0] ?? '', new RegExp(`^trigger warning .*${UNHEARD}.*\\(pg: denied\\)`));
    link.answer = 'gone';
    await clock.advance(MINUTE + 1000);
    assert.equal(pager.said[1], 'trigger first orders-db lost');
    await said({ deaf: null });
    assert.match(troubles().at(-1) ?? '', /^resolve /);
  });

  it('that was not heard before a restart is not told again, and is over once it is heard, or nobody listens any more', async () => {
    link.listens = true;
    await start();
    await said({ deaf: 'denied' });
    await stop();
    await start();
    assert.equal(troubles().length, 1, 'nobody has said anything yet');
    await said({ deaf: 'denied' });
    assert.equal(troubles().length, 1);
    await stop();
    link.listens = false;
    await start();
    await clock.advance(1000);
    assert.equal(troubles().length, 2);
    assert.match(troubles()[1] ?? '', /^resolve /);
  });

  it('that is not heard stays so over a reload, until somebody hears it', async () => {
    link.listens = true;
    await start();
    await said({ deaf: 'denied' });
    const next = new ScriptedLink();
    next.listens = true;
    const reloading = running?.reload(plan([one()], { link: next }));
    await clock.advance(1000);
    await reloading;
    assert.equal(troubles().length, 1);
    link.nudge({ deaf: null });
    await clock.advance(100);
    assert.equal(troubles().length, 1, 'a link that was let go of has nothing to say');
    next.nudge({ deaf: null });
    await clock.advance(100);
    assert.equal(troubles().length, 2);
  });

  it('is nothing to anybody any more where a link does not let go', async () => {
    const gate = Promise.withResolvers<void>();
    const deaf = new ScriptedLink();
    deaf.hold = async function* () {
      await gate.promise;
      yield { ids: ['orders-db'], why: 'late', told: true };
      yield { deaf: 'late' };
    };
    await start(plan([one()], { link: deaf }));
    const reloading = running?.reload(plan());
    await clock.advance(1000);
    await reloading;
    link.looks.length = 0;
    gate.resolve();
    await settle();
    await clock.advance(1000);
    assert.deepEqual([link.looks, deaf.looks.length > 0, troubles()], [[], true, []]);
  });

  it('says nothing that people could take for more than text', async () => {
    link.listens = true;
    await start();
    await said({ deaf: `\u001b[2Jdenied ${'x'.repeat(5000)}` });
    assert.ok(!troubles()[0]?.includes('\u001b'));
    assert.ok((troubles()[0]?.length ?? 0) < 800);
  });
});
