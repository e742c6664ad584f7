import assert from 'node:assert/strict';
import { PostgreSqlContainer, type StartedPostgreSqlContainer } from '@testcontainers/postgresql';
import { Client } from 'pg';
import { Watcher, word, words } from '../probes/postgres/helpers.ts';

// A machine that reaches an image registry needs to set nothing.
const IMAGE = process.env['ROLLCALL_TEST_POSTGRES_IMAGE'] ?? 'postgres:17-alpine';
const TABLE = 'content/tables.public.orders';

describe('the postgres probe against a PostgreSQL in a container', () => {
  let server: StartedPostgreSqlContainer;
  const url = (user: string, password: string, database = 'postgres') =>
    `postgres://${user}:${password}@${server.getHost()}:${server.getPort()}/${database}`;
  const watch = (expect: object = {}, password = 'watcher-password') =>
    new Watcher(url('watcher', password), { db: { name: 'orders', expect } }, { tls: { mode: 'off' } });

  async function query(sql: string, database = 'postgres'): Promise<void> {
    const client = new Client({ connectionString: url(server.getUsername(), server.getPassword(), database) });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  before(async () => {
    server = await new PostgreSqlContainer(IMAGE).start();
    await query("create role watcher login password 'watcher-password'");
  });
  after(async () => server.stop());
  beforeEach(async () => {
    await query('create database orders');
    await query('create table orders as select n as id from generate_series(1, 1000) n; grant select on orders to watcher', 'orders');
  });
  afterEach(async () => query('drop database if exists orders with (force)'));

  it('is another server than the one the tests bring along', async () => {
    await using watcher = watch();
    const seen = (await watcher.reports('sweep')).find((report) => report.kind === 'seen');
    assert.match(seen?.pin['system_identifier'] ?? '', /^\d{19,20}$/);
    assert.match(seen?.pin['oid'] ?? '', /^\d+$/);
  });

  it('finds a database that is there, and calls it absent on both paths once it was dropped', async () => {
    await using watcher = watch();
    assert.equal(word((await watcher.look('sweep')).presence), 'good');
    await query('drop database orders with (force)');
    const [first, second] = [await watcher.look('sweep'), await watcher.look('sweep', 'fresh')];
    assert.deepEqual([word(first.presence), word(second.presence)], ['lost:absent', 'lost:absent']);
  });

  it('calls a database that was dropped and made anew an impostor', async () => {
    await using watcher = watch();
    await watcher.look('sweep');
    await query('drop database orders with (force)');
    await query('create database orders');
    assert.equal(word((await watcher.look('sweep')).identity), 'lost:impostor');
  });

  it('calls a renamed database absent', async () => {
    await using watcher = watch();
    await watcher.look('sweep');
    await query('alter database orders rename to elsewhere');
    assert.equal(word((await watcher.look('sweep')).presence), 'lost:absent');
    await query('drop database elsewhere');
  });

  for (const harm of ['truncate orders', 'delete from orders', 'drop table orders'])
    it(`sees the loss of rows: ${harm}`, async () => {
      await using watcher = watch({ tables: { 'public.orders': { min_rows: 900 } } });
      assert.equal(words(await watcher.look('inspect'))[TABLE], 'good');
      await query(harm, 'orders');
      assert.match(words(await watcher.look('inspect'))[TABLE] ?? '', /^breach:diminished/);
    });

  it('is blind, not alarmed, where its password is refused', async () => {
    await using watcher = watch({}, 'another-password');
    assert.equal(word((await watcher.look('sweep')).presence), 'blind:denied');
  });

  it('is blind, not alarmed, once the container is stopped', async () => {
    const other = await new PostgreSqlContainer(IMAGE).start();
    let running = true;
    try {
      const address = `postgres://test:test@${other.getHost()}:${other.getPort()}/postgres`;
      await using watcher = new Watcher(address, { db: { name: 'test' } }, { tls: { mode: 'off' } });
      assert.equal(word((await watcher.look('sweep')).presence), 'good');
      await other.stop();
      running = false;
      const [first, second] = [await watcher.look('sweep'), await watcher.look('sweep', 'fresh')];
      assert.deepEqual([word(first.presence), word(second.presence)], ['blind:unreachable', 'blind:unreachable']);
    } finally {
      if (running) await other.stop();
    }
  });
});
