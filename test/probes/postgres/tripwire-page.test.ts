import assert from 'node:assert/strict';
import { Client } from 'pg';
import { startApp } from '../../../src/app.ts';
import { startPostBox } from '../../support/post.ts';
import { startPostgres } from '../../support/postgres.ts';
import { database, Site } from '../../support/site.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const pause = async () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a tripwire', function () {
  this.timeout(120_000);

  it('pages a drop without any sweep, even where the look it asked for first came too early', async () => {
    await using open = new AsyncDisposableStack();
    const server = open.use(await startPostgres());
    await server.query('create database orders');
    const box = open.use(await startPostBox());
    const site = open.use(
      new Site({
        pgUrl: server.url('postgres'),
        pageUrl: box.url,
        config: { defaults: { sweep: '1h', inspect: '1h', blind_after: '1h' } },
        resources: [database('orders', { tripwire: true })],
      }),
    );
    const app = await startApp(site.config, { env: {}, cwd: site.path, out: { write: () => true }, log: silent, version: 'test' });
    const running = app.run();
    open.defer(async () => {
      await app.stop();
      await running;
    });
    const healthyAt = () => app.watch.status().resources[0]?.last_seen_healthy;
    const held = async () => (await server.query("select 1 from pg_stat_activity where datname = 'orders'")).length > 0;
    while (app.watch.status().resources[0]?.verdict !== 'present' || !(await held())) await pause();
    const swept = healthyAt();
    const between = open.adopt(new Client(server.url('postgres')), async (client) => client.end());
    await between.connect();
    // What a drop asks for after it has ended the sessions, and before anybody can see that it is one.
    await between.query('begin; lock table pg_catalog.pg_shdescription in access exclusive mode');
    const dropping = server.query('drop database orders with (force)');
    while (healthyAt() === swept) await pause();
    await between.query('commit');
    await dropping;
    const page = await box.page(({ event }) => event === 'trigger', 100_000);
    assert.equal(page.resources[0]?.id, 'orders');
    assert.match(page.resources[0]?.verdict ?? '', /^(absent|doomed)$/);
  });
});
