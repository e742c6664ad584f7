import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createNodeCron } from '../../src/adapters/cron-node.ts';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { filesContext, makePlan } from '../../src/app.ts';
import { readFiles } from '../../src/files.ts';
import { Watch } from '../../src/loop/watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { startPostgres } from '../support/postgres.ts';
import { about, startPostBox } from '../support/post.ts';
import { database, Site } from '../support/site.ts';

describe('a database that comes back', function () {
  this.timeout(120_000);

  it('is resolved when the very same one was good for a minute, and not before', async () => {
    await using pg = await startPostgres();
    await pg.query('create database orders');
    await using box = await startPostBox();
    using site = new Site({ pgUrl: pg.url(), pageUrl: box.url, resources: [database('orders')] });
    const context = { env: {}, cwd: site.path, out: { write: () => true } };
    const files = await readFiles(join(site.path, 'config.yaml'), filesContext(context));
    const clock = new FakeClock(Date.now());
    const store = await openStore(site.state);
    let made = 0;
    const watch = new Watch(
      'tester',
      makePlan(files, context, clock),
      {
        clock,
        turn: () => clock.turn(),
        random: createFakeRandom(),
        cron: await createNodeCron(),
        log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
        store,
        heartbeat: undefined,
        newId: () => `incident-${++made}`,
      },
      await store.load(),
    );
    const running = watch.run();
    // The clock is the test's, the server's answers take their own time: each second waits for a look that ends in it, and a moment more.
    const pass = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        const before = watch.progress();
        await clock.advance(1000);
        for (let tries = 0; watch.progress() === before && tries < 500; tries++) await wait(10);
        await wait(25);
      }
    };
    const until = async (done: () => boolean): Promise<void> => {
      for (let tries = 0; !done(); tries++) {
        assert.ok(tries < 60, JSON.stringify(watch.status().resources));
        await pass(1);
      }
    };
    const resolves = () => box.pages.filter(({ event }) => event === 'resolve');
    await until(() => watch.status().resources[0]?.verdict === 'present');
    await pg.query('alter database orders rename to elsewhere');
    await until(() => box.pages.some(about('orders', 'absent')));
    assert.match(box.pages.find(about('orders', 'absent'))?.resources[0]?.evidence.at(-1)?.excerpt ?? '', /is now called elsewhere/);
    await pg.query('alter database elsewhere rename to orders');
    await pass(50);
    assert.deepEqual(resolves(), []);
    await pass(25);
    const [resolve] = resolves();
    assert.equal(resolve?.reason, 'resolved');
    assert.equal(resolve.dedup_key, box.pages[0]?.dedup_key);
    assert.deepEqual(
      watch.status().incidents.filter(({ phase }) => phase !== 'closed'),
      [],
    );
    const stopped = watch.stop();
    await clock.advance(3000);
    await stopped;
    await running;
    await store.close();
  });
});
