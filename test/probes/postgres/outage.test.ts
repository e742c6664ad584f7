import assert from 'node:assert/strict';
import { HalfOpenProxy } from '../../support/half-open-proxy.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word } from './helpers.ts';

describe('a PostgreSQL that cannot be asked', function () {
  this.timeout(120_000);
  let server: TestPostgres;
  before(async () => {
    server = await startPostgres({ auth: 'scram', settings: ['max_connections=12', 'superuser_reserved_connections=3'] });
    await server.query("create role watcher login password 'first-password'");
    await server.query('create database orders');
  });
  after(async () => server[Symbol.asyncDispose]());

  const entries = { db: { name: 'orders', expect: { tables: { 'public.t': {} } } } };
  const through = (proxy: HalfOpenProxy) =>
    server.url('postgres', 'watcher', 'first-password').replace(`:${server.port}/`, `:${proxy.port}/`);
  const presence = async (watcher: Watcher, path: 'usual' | 'fresh' = 'usual') => word((await watcher.look('sweep', path)).presence);

  it('is blind: unreachable once it is stopped, and sees again once it is back', async () => {
    await using watcher = new Watcher(server.url('postgres', 'watcher', 'first-password'), entries);
    assert.equal(await presence(watcher), 'good');
    await server.stop();
    assert.equal(await presence(watcher), 'blind:unreachable');
    assert.equal(await presence(watcher, 'fresh'), 'blind:unreachable');
    await server.restart();
    assert.equal(await presence(watcher), 'good');
  });

  it('is blind: timeout where a connection is half open, and asks again once by itself where it was reset', async () => {
    await using proxy = await HalfOpenProxy.start(server.port);
    await using watcher = new Watcher(through(proxy), entries, { connect_timeout: '300ms' });
    assert.equal(await presence(watcher), 'good');
    proxy.reset();
    assert.equal(await presence(watcher), 'good');
    assert.equal(proxy.connections, 2);
    await presence(watcher, 'fresh');
    assert.equal(proxy.connections, 3, 'a fresh look opens a new socket');
    proxy.fallSilent();
    assert.equal(await presence(watcher), 'blind:timeout');
    assert.equal(await presence(watcher, 'fresh'), 'blind:timeout');
    proxy.speak();
    assert.equal(await presence(watcher), 'good');
    await proxy.refuse();
    assert.equal(await presence(watcher), 'blind:unreachable');
  });

  it('picks up a rotated password with the next new connection, and is blind: denied until then', async () => {
    await using watcher = new Watcher(server.url('postgres', 'watcher', 'first-password'), entries);
    assert.equal(await presence(watcher), 'good');
    await server.query("alter role watcher password 'second-password'");
    const reports = JSON.stringify(await watcher.reports('sweep', 'fresh'));
    assert.match(reports, /"denied"/);
    assert.doesNotMatch(reports, /first-password/);
    watcher.url = server.url('postgres', 'watcher', 'second-password');
    assert.equal(await presence(watcher, 'fresh'), 'good');
    await server.query("alter role watcher password 'first-password'");
  });

  it('is blind where no connection is left', async () => {
    await server.query('alter role watcher connection limit 0');
    await using watcher = new Watcher(server.url('postgres', 'watcher', 'first-password'), entries);
    assert.equal(await presence(watcher), 'blind:unreachable');
    await server.query('alter role watcher connection limit -1');
  });

  it('refuses a url with parameters, and quotes nothing of it', async () => {
    await using watcher = new Watcher(`${server.url('postgres', 'watcher', 'first-password')}?sslmode=disable`, entries);
    const reports = JSON.stringify(await watcher.reports('sweep'));
    assert.match(reports, /tls\.mode/);
    assert.doesNotMatch(reports, /first-password|sslmode/);
  });

  it('is blind where TLS is asked for and not spoken', async () => {
    await using watcher = new Watcher(server.url('postgres', 'watcher', 'first-password'), entries, { tls: { mode: 'verify-full' } });
    assert.equal(await presence(watcher), 'blind:unreachable');
  });

  it('calls another server than the manifest names a wrong caller, whether or not the name is there', async () => {
    const identity = { system_identifier: '1' };
    const url = server.url('postgres', 'watcher', 'first-password');
    await using watcher = new Watcher(url, { a: { name: 'orders', identity }, b: { name: 'missing', identity } });
    assert.equal(word((await watcher.look('sweep', 'usual', 'a')).presence), 'blind:wrong-caller');
    assert.equal(word((await watcher.look('sweep', 'usual', 'b')).presence), 'blind:wrong-caller');
  });

  it('nudges at once when a database with a tripwire is dropped by force', async () => {
    await using watcher = new Watcher(server.url('postgres', 'watcher', 'first-password'), { db: { name: 'orders', tripwire: true } });
    const stop = new AbortController();
    const nudges = watcher.link.hold?.(watcher.wanted(), stop.signal)[Symbol.asyncIterator]();
    const next = nudges?.next();
    const held = async () => (await server.query("select 1 from pg_stat_activity where datname = 'orders'")).length;
    while ((await held()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await assert.rejects(server.query('drop database orders'), /being accessed by other users/);
    await server.query('drop database orders with (force)');
    const nudge = await next;
    const said = nudge?.value;
    assert.ok(said && 'ids' in said);
    assert.deepEqual([said.ids, said.told], [['db'], undefined]);
    // Which of the two comes first is the machine's to say: that the session was ended, or that no other can be held.
    assert.match(said.why, /57P01|3D000/);
    stop.abort();
    for (let last = await nudges?.next(); last?.done === false; last = await nudges?.next())
      assert.deepEqual('ids' in last.value && last.value.ids, ['db']);
    await server.query('create database orders');
  });

  it('sweeps a thousand databases with one statement', async function () {
    this.timeout(120_000);
    // Rows of the catalogue are what a sweep reads; a thousand folders would take a minute to make.
    await server.query(`set allow_system_table_mods = on; insert into pg_database
      select (jsonb_populate_record(d, jsonb_build_object('oid', 100000 + n, 'datname', 'db' || n))).*
      from pg_database d, generate_series(1, 1000) n where datname = 'template1'`);
    await server.query("update pg_database set datistemplate = false where datname like 'db%'");
    const names = Array.from({ length: 1000 }, (_, n) => `db${n + 1}`);
    const url = server.url('postgres', 'watcher', 'first-password');
    await using watcher = new Watcher(url, Object.fromEntries(names.map((name) => [name, { name }])));
    await watcher.look('sweep');
    const start = performance.now();
    const reports = await watcher.reports('sweep');
    assert.ok(performance.now() - start < 60_000);
    assert.equal(reports.filter(({ kind }) => kind === 'seen').length, 1000);
    await server.query("delete from pg_database where datname like 'db%'");
  });
});
