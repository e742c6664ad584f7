import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { deleteDataDirectory, POSTGRES_VERSIONS, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word, words } from './helpers.ts';

for (const version of POSTGRES_VERSIONS)
  describe(`the sweep of PostgreSQL ${version}`, function () {
    this.timeout(120_000);
    let server: TestPostgres;

    before(async () => {
      server = await startPostgres({ version, settings: ['log_statement=all'] });
      await server.query('create role watcher login');
    });
    after(async () => server[Symbol.asyncDispose]());
    beforeEach(async () => {
      await server.query('create database orders');
    });
    afterEach(async () => {
      await server.query('drop database if exists orders with (force)');
    });

    const watch = (entry: object = {}) => new Watcher(server.url('postgres', 'watcher'), { db: { name: 'orders', ...entry } });

    it('calls a database that is there present, by its identity, with a role that may only connect', async () => {
      await using watcher = watch();
      assert.deepEqual(words(await watcher.look('sweep')), { presence: 'good', identity: 'good', 'protection/connections': 'good' });
      const seen = (await watcher.reports('sweep')).find((report) => report.kind === 'seen');
      const [row] = await server.query(
        "select oid::text, (select system_identifier::text from pg_control_system()) as system_identifier from pg_database where datname = 'orders'",
      );
      assert.deepEqual({ ...seen?.pin }, { ...row });
    });

    it('calls a dropped database absent, by a whole listing with a control, on both paths', async () => {
      await using watcher = watch();
      await watcher.look('sweep');
      await server.query('drop database orders with (force)');
      assert.equal(word((await watcher.look('sweep')).presence), 'lost:absent');
      const again = await watcher.reports('sweep', 'fresh');
      const unseen = again.find((report) => report.kind === 'unseen');
      assert.equal(unseen?.listing.complete, true);
      assert.equal(unseen.listing.control.by, 'builtin');
      assert.equal(unseen.direct?.excerpt, 'database orders does not exist');
    });

    it('says what a renamed database is called now', async () => {
      await using watcher = watch();
      await watcher.look('sweep');
      await server.query('alter database orders rename to "orders\t<b>"');
      const unseen = (await watcher.reports('sweep')).find((report) => report.kind === 'unseen');
      assert.match(unseen?.direct?.excerpt ?? '', /^database orders does not exist; oid \d+ is now called orders <b>$/);
      await server.query('drop database "orders\t<b>"');
    });

    it('calls a database that was dropped and made anew an impostor', async () => {
      await using watcher = watch();
      await watcher.look('sweep');
      await server.query('drop database orders');
      await server.query('create database orders');
      assert.equal(word((await watcher.look('sweep')).identity), 'lost:impostor');
    });

    it('warns of a database that accepts no connections, and does not call it lost', async () => {
      await using watcher = watch();
      for (const change of ['allow_connections false', 'connection limit 0']) {
        await server.query(`alter database orders ${change}`);
        const outcomes = words(await watcher.look('sweep'));
        assert.deepEqual(outcomes, { presence: 'good', identity: 'good', 'protection/connections': 'breach:precursor' });
        await server.query('alter database orders allow_connections true');
        await server.query('alter database orders connection limit -1');
      }
    });

    it('calls a database that is being dropped doomed', async () => {
      await using watcher = watch();
      await server.query("update pg_database set datconnlimit = -2 where datname = 'orders'");
      const { presence } = await watcher.look('sweep');
      assert.equal(word(presence), 'lost:doomed');
    });

    it('asks one statement per sweep on one session, and a new session on a fresh path', async () => {
      await using watcher = watch();
      await watcher.look('sweep');
      const counted = () => server.log.split('pg_catalog.pg_database d)::text as databases').length - 1;
      const sessions = async () =>
        (await server.query("select sessions::int as n from pg_stat_database where datname = 'postgres'"))[0]?.['n'] as number;
      // The server's log reaches us a little after its answer.
      const logged = async (least: number): Promise<number> => {
        for (let tries = 0; counted() < least && tries < 4000; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
        return counted();
      };
      const before = await logged(1);
      for (let i = 0; i < 5; i++) await watcher.look('sweep');
      assert.equal((await logged(before + 5)) - before, 5);
      const pid = async () =>
        (await server.query("select pid from pg_stat_activity where application_name = 'rollcall'")).map((row) => row['pid']);
      const held = await pid();
      assert.equal(held.length, 1);
      const start = await sessions();
      await watcher.look('sweep', 'fresh');
      // A backend goes a little after its client.
      for (let tries = 0; (await pid()).length > 1 && tries < 4000; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(await pid(), held, 'the held session stays, the fresh one is gone');
      assert.ok((await sessions()) > start);
    });

    it('proves by the missing files that a server is lost which still answers', async () => {
      await using mine = await startPostgres({ version });
      await using watcher = new Watcher(mine.url(), { db: { name: 'postgres' } });
      assert.equal(word((await watcher.look('sweep')).presence), 'good');
      await deleteDataDirectory(mine);
      const [first, second] = [await watcher.look('sweep'), await watcher.look('sweep', 'fresh')];
      assert.deepEqual([word(first.presence), word(second.presence)], ['lost:absent', 'lost:absent']);
    });

    it('proves by the missing folder that a database is lost which the catalogue still lists', async () => {
      await server.query('create table t as select 1', 'orders');
      await server.query('checkpoint');
      const [row] = await server.query("select oid from pg_database where datname = 'orders'");
      await using watcher = watch({ expect: { tables: { 'public.t': {} } } });
      assert.equal(word((await watcher.look('sweep')).presence), 'good');
      assert.equal(word((await watcher.look('inspect'))['content/tables.public.t']), 'good');
      await rm(`${server.dataDir}/base/${String(row?.['oid'])}`, { recursive: true });
      assert.equal(word((await watcher.look('sweep')).presence), 'good', 'the catalogue does not know');
      const outcome = (await watcher.look('inspect')).presence;
      assert.equal(word(outcome), 'lost:absent');
      assert.match(outcome?.is === 'lost' ? outcome.say : '', /files of database orders are gone.*subdirectory/);
    });
  });
