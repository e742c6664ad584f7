import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { verifyLedger } from '../../src/adapters/ledger-verify.ts';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import type { Page } from '../../src/core/page.ts';
import { freePort } from '../support/free-port.ts';
import { runCli, startCli, type RunningCli } from '../support/cli.ts';
import { HalfOpenProxy } from '../support/half-open-proxy.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { about, startPostBox, trouble, type PostBox } from '../support/post.ts';
import { startReceiver } from '../support/receiver.ts';
import { database, Site, volume } from '../support/site.ts';

const rows = (min_rows: number) => ({ expect: { tables: { 'public.t': { min_rows } } } });
const resolves = (key: string) => (page: Page) => page.event === 'resolve' && page.dedup_key === key;

describe('rollcall watch', function () {
  this.timeout(120_000);
  let pg: TestPostgres;
  let box: PostBox;
  before(async () => {
    pg = await startPostgres({ auth: 'scram' });
  });
  after(async () => pg[Symbol.asyncDispose]());
  beforeEach(async () => {
    box = await startPostBox();
  });
  afterEach(async () => box[Symbol.asyncDispose]());

  async function create(...names: string[]): Promise<void> {
    for (const name of names) {
      await pg.query(`create database ${name}`);
      await pg.query('create table t (id int primary key); insert into t select generate_series(1, 50)', name);
    }
  }
  /** A daemon whose whole roll has been called once and found present. */
  async function watching(site: Site): Promise<RunningCli> {
    const daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    for (let tries = 0; tries < 100; tries++) {
      const { stdout } = await runCli(['status', '--json'], { cwd: site.path });
      const { resources } = JSON.parse(stdout) as { resources: { verdict: string }[] };
      if (resources.every(({ verdict }) => verdict === 'present')) return daemon;
    }
    throw new Error(`not all present: ${daemon.stderr}`);
  }

  it('ends within 5 s of SIGTERM with a hung pager and a half-open database', async () => {
    await create('hung');
    await using proxy = await HalfOpenProxy.start(pg.port);
    using site = new Site({
      pgUrl: pg.url().replace(`:${pg.port}/`, `:${proxy.port}/`),
      pageUrl: box.url,
      resources: [database('hung'), volume('gone', '/nowhere/at/all')],
    });
    box.receiver.otherwise('hang');
    await using daemon = startCli(['watch'], { cwd: site.path });
    await box.receiver.received(1);
    proxy.fallSilent();
    await wait(700);
    const began = performance.now();
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
    assert.ok(performance.now() - began < 60_000);
    assert.match(daemon.stderr, /"stopped"/);
  });

  it('is refused beside another on the same state, and where its port is taken, with a word that says why', async () => {
    const taken = await startReceiver();
    using site = new Site({ resources: [volume('tmp', '/tmp')] });
    await using daemon = await watching(site);
    const second = await runCli(['watch'], { cwd: site.path });
    assert.equal(second.code, 78);
    assert.match(second.stderr, /another rollcall watches with the state folder/);
    const beside = await runCli(['check', '--json'], { cwd: site.path });
    assert.equal(beside.code, 0);
    assert.match(beside.stdout, /"pin": "store"/);
    daemon.signal('SIGINT');
    assert.equal(await daemon.ended, 0);
    const listen = taken.url.replace('http://', '');
    site.rewrite({ config: { watchdog: { name: 'tester', state: './state', listen } } });
    const deaf = await runCli(['watch'], { cwd: site.path });
    assert.equal(deaf.code, 78);
    assert.match(deaf.stderr, /cannot listen on 127\.0\.0\.1:\d+ \(watchdog\.listen\)/);
    await taken.close();
  });

  it('reloads at SIGHUP: what leaves the roll is paged and closed as retired, a broken file leaves it watching, a new route is told by the old', async () => {
    await create('kept', 'leaver');
    const other = await startPostBox();
    using site = new Site({ pgUrl: pg.url(), pageUrl: box.url, resources: [database('kept'), database('leaver')] });
    await using daemon = await watching(site);
    await pg.query('drop database leaver');
    const lost = await box.page(about('leaver', 'absent'));

    site.rewrite({ resources: [database('kept')] });
    daemon.signal('SIGHUP');
    const changed = await box.page(trouble('manifest.changed'));
    assert.match(changed.summary, /leaver left the roll/);
    assert.equal(changed.severity, 'critical');
    const retired = await box.page(resolves(lost.dedup_key));
    assert.equal(retired.reason, 'retired');
    assert.match(retired.summary, /not an all-clear/);

    site.write('manifest.yaml', 'resources: [');
    daemon.signal('SIGHUP');
    assert.match((await box.page(trouble('reload.failed'))).summary, /RC_YAML_SYNTAX/);

    const pagers = { fresh: { type: 'webhook', url: other.url } };
    const defaults = { sweep: '400ms', inspect: '1s', blind_after: '5s' };
    site.rewrite({ config: { pagers, defaults, routes: [{ pagers: ['fresh'] }] } });
    daemon.signal('SIGHUP');
    const config = await box.page(trouble('config.changed'));
    for (const part of ['routes', 'pagers', 'cadences']) assert.match(config.summary, new RegExp(part));
    assert.deepEqual(other.pages.filter(trouble('config.changed')), []);
    await pg.query('drop database kept');
    await other.page(about('kept', 'absent'));
    assert.deepEqual(box.pages.filter(about('kept')), []);
    await other[Symbol.asyncDispose]();
  });

  it('tells the old receiver where only the address behind a pager was changed', async () => {
    const hole = await startPostBox();
    using site = new Site({ pageUrl: box.url, resources: [volume('tmp', '/tmp')] });
    await using daemon = await watching(site);
    site.rewrite({ pageUrl: hole.url });
    daemon.signal('SIGHUP');
    assert.match((await box.page(trouble('config.changed'))).summary, /pagers/);
    assert.deepEqual(hole.pages, []);
    await hole[Symbol.asyncDispose]();
  });

  it('refuses to move its heartbeat or its address by a reload, and says so', async () => {
    using site = new Site({ pageUrl: box.url, resources: [volume('tmp', '/tmp')] });
    await using daemon = await watching(site);
    site.rewrite({ config: { heartbeat: { url: 'http://127.0.0.1:9/ping' } } });
    daemon.signal('SIGHUP');
    assert.match((await box.page(trouble('reload.failed'))).summary, /heartbeat cannot change while running/);
  });

  it('gives what is open to the route that is left, where a pager is gone at the next start', async () => {
    const other = await startPostBox();
    box.receiver.otherwise({ status: 500 });
    using site = new Site({ pageUrl: box.url, resources: [volume('gone', '/nowhere/at/all'), volume('tmp', '/tmp')] });
    const first = startCli(['watch'], { cwd: site.path });
    await box.receiver.received(1);
    first.signal('SIGKILL');
    await first.ended;
    site.rewrite({ config: { pagers: { fresh: { type: 'webhook', url: other.url } }, routes: [{ pagers: ['fresh'] }] } });
    await using _ = startCli(['watch'], { cwd: site.path });
    await other.page(about('gone', 'absent'));
    await other.page(trouble('config.changed'));
    await other[Symbol.asyncDispose]();
  });

  it('delivers after kill -9 what no receiver took before, under the same webhook-id and key', async () => {
    await create('killed');
    using site = new Site({ pgUrl: pg.url(), pageUrl: box.url, resources: [database('killed')] });
    const first = await watching(site);
    box.receiver.otherwise({ status: 500 });
    await pg.query('drop database killed');
    await box.page(about('killed', 'absent'));
    first.signal('SIGKILL');
    await first.ended;
    const before = box.attempts(about('killed', 'absent'));
    box.receiver.otherwise({ status: 200 });
    await using _ = startCli(['watch'], { cwd: site.path });
    await box.page((page) => about('killed', 'absent')(page) && box.attempts(about('killed', 'absent')).length > before.length);
    const after = box.attempts(about('killed', 'absent')).slice(before.length);
    const [[head], [again]] = [before, after];
    assert.ok(head && again);
    assert.equal(again.headers['webhook-id'], head.headers['webhook-id']);
    assert.equal((again.body as Page).dedup_key, (head.body as Page).dedup_key);
    assert.equal(new Set(box.attempts(about('killed', 'absent')).map(({ body }) => (body as Page).dedup_key)).size, 1);
  });

  it('leaves a store that opens and verifies, whenever it is killed', async () => {
    await create('often');
    using site = new Site({
      pgUrl: pg.url(),
      pageUrl: box.url,
      resources: [database('often', rows(50)), volume('gone', '/nowhere/at/all')],
    });
    for (let n = 0; n < 10; n++) {
      const daemon = startCli(['watch'], { cwd: site.path });
      if (n % 2 === 0) await daemon.says('"watching"');
      await Promise.race([wait(70 * n), daemon.ended]);
      daemon.signal('SIGKILL');
      await daemon.ended;
    }
    const last = startCli(['watch'], { cwd: site.path });
    await box.page(about('gone', 'absent'));
    last.signal('SIGKILL');
    await last.ended;
    const store = await openStore(site.state);
    const { bad, entries } = await verifyLedger(store);
    await store.close();
    assert.equal(bad, undefined);
    assert.ok(entries > 5, `${entries} entries`);
    assert.equal(new Set(box.pages.filter(about('gone', 'absent')).map(({ dedup_key }) => dedup_key)).size, 1);
  });

  it('answers over HTTP: not ready before the first round, ready after, not while a pager fails, nothing without the token', async () => {
    await using proxy = await HalfOpenProxy.start(pg.port);
    proxy.fallSilent();
    await create('web');
    const heart = await startReceiver();
    const port = await freePort();
    using site = new Site({ pgUrl: pg.url().replace(`:${pg.port}/`, `:${proxy.port}/`), pageUrl: box.url, resources: [database('web')] });
    site.write('token', 'tok-en-for-the-test', 0o600);
    const watchdog = { name: 'tester', state: './state', listen: `127.0.0.1:${port}`, token: { file: './token' } };
    site.rewrite({ config: { watchdog, heartbeat: { url: `${heart.url}/ping`, every: '1s' } } });
    await using daemon = startCli(['watch'], { cwd: site.path });
    const headers = { authorization: 'Bearer tok-en-for-the-test' };
    const ask = async (path: string, init = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
    const until = async (status: number): Promise<void> => {
      for (let tries = 0; (await ask('/readyz', { headers })).status !== status; tries++) {
        assert.ok(tries < 900, `never ${status}`);
        await wait(100);
      }
    };
    await daemon.says('"watching"');
    assert.equal((await ask('/healthz')).status, 200);
    assert.equal((await ask('/readyz')).status, 401);
    assert.equal((await ask('/api/v1/status', { headers: { authorization: 'Bearer tok-en-for-the-tesT' } })).status, 401);
    assert.match(JSON.stringify(await (await ask('/readyz', { headers })).json()), /first full round is not over/);
    proxy.speak();
    await until(200);
    const verdict = async () => ((await (await ask('/api/v1/resources/web', { headers })).json()) as { verdict: string }).verdict;
    while ((await verdict()) !== 'present') await wait(50);
    assert.equal((await ask('/api/v1/resources/..%2f', { headers })).status, 404);
    assert.equal((await ask('/api/v1/status', { headers, method: 'POST' })).status, 405);
    const good = (path: string) => heart.requests.filter((request) => request.path === path).length;
    while (good('/ping') === 0) await wait(50);
    box.receiver.otherwise({ status: 500 });
    await pg.query('drop database web');
    await until(503);
    const fails = good('/ping/fail');
    const pings = good('/ping');
    while (good('/ping/fail') < fails + 2) await wait(50);
    assert.ok(good('/ping') <= pings + 1, 'no good beat while a page waits');
    box.receiver.otherwise({ status: 200 });
    await until(200);
    while (good('/ping') <= pings + 1) await wait(50);
    await heart.close();
  });

  it('pages a drop, tells of the empty one made under the name as an impostor, and never resolves it', async () => {
    await create('swapped', 'emptied');
    using site = new Site({ pgUrl: pg.url(), pageUrl: box.url, resources: [database('swapped'), database('emptied', rows(50))] });
    await using daemon = await watching(site);
    await pg.query('drop database swapped with (force)');
    const first = await box.page(about('swapped'));
    const lost = await box.page(about('swapped', 'absent'));
    assert.equal(lost.dedup_key, first.dedup_key);
    assert.match(lost.summary, /database swapped does not exist/);
    assert.ok((lost.resources[0]?.last_seen_healthy ?? '') > '2');
    await pg.query('create database swapped');
    const update = await box.page(about('swapped', 'impostor'));
    assert.deepEqual([update.event, update.dedup_key], ['update', lost.dedup_key]);
    await pg.query('truncate t', 'emptied');
    const truncated = await box.page(about('emptied', 'degraded'));
    assert.match(truncated.summary, /public\.t has 0 rows/);
    await wait(1500);
    assert.deepEqual(
      box.pages.filter(({ event }) => event === 'resolve'),
      [],
    );
    const listed = await runCli(['incidents'], { cwd: site.path });
    assert.match(listed.stdout, /paged +critical +rollcall\/site\/tester\/swapped\/lost\/1/);
    assert.match(listed.stdout, /accepted by hook/);
    daemon.signal('SIGTERM');
    await daemon.ended;
    const down = await runCli(['status'], { cwd: site.path });
    assert.equal(down.code, 0);
    assert.match(down.stdout, /impostor +swapped: /);
    assert.match(down.stdout, /last written 20/);
    assert.match(down.stdout, /2 open incidents/);
    const explained = await runCli(['explain', 'swapped'], { cwd: site.path });
    assert.match(explained.stdout, /now: impostor/);
    assert.match(explained.stdout, /critical: gone, .*\n    at once: hook \(webhook\)\n/);
  });

  it('pages what is missing at the first start, and adopts nothing that turns up later under the name', async () => {
    using site = new Site({ pgUrl: pg.url(), pageUrl: box.url, resources: [database('never')] });
    await using _ = startCli(['watch'], { cwd: site.path });
    const lost = await box.page(about('never', 'absent'));
    await create('never');
    const update = await box.page(about('never', 'impostor'));
    assert.equal(update.dedup_key, lost.dedup_key);
    assert.match(update.summary, /appeared under this name after it was missing/);
    await wait(1200);
    assert.deepEqual(
      box.pages.filter(({ event }) => event === 'resolve'),
      [],
    );
    const { stdout } = await runCli(['check', '--json'], { cwd: site.path });
    assert.match(stdout, /"verdict": "impostor"/);
    await pg.query('drop database never');
  });

  it('pages blindness after blind_after, not absence, when the server stops; and an empty store under a manifest in use', async () => {
    await using server = await startPostgres({ auth: 'scram' });
    await server.query('create database orders');
    await server.query("create role watcher login password 'first-password'");
    const url = (password: string) => server.url('postgres', 'watcher', password);
    using site = new Site({
      pgUrl: url('first-password'),
      pageUrl: box.url,
      resources: [database('orders')],
      manifest: { version: 2 },
    });
    await using daemon = await watching(site);
    assert.match((await box.page(trouble('store.empty'))).summary, /the store is empty, but manifest version 2 has been in use/);

    await server.query("alter role watcher password 'second-password'");
    site.write('pg.url', url('second-password'), 0o600);
    await server.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'watcher'");
    await wait(1000);
    assert.match((await runCli(['status'], { cwd: site.path })).stdout, /present +orders/, 'the new password is picked up');

    await server.stop();
    const stopped = performance.now();
    const page = await box.page(about('orders'));
    const after = performance.now() - stopped;
    assert.ok(after > 4000 && after < 9000, `after ${after} ms`);
    assert.match(page.dedup_key, /\/orders\/blind\/\d{5}$/, 'a key of before may be acknowledged');
    assert.match(page.summary, /^orders cannot be seen: .*(ECONNREFUSED|unreachable)/);
    assert.equal(page.resources[0]?.verdict, 'blind');
    assert.deepEqual(box.pages.filter(about('orders', 'absent')), []);
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
  });
});
