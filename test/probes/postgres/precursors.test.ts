import assert from 'node:assert/strict';
import { needsNoConfirmation } from '../../../src/core/outcome.ts';
import { POSTGRES_VERSIONS, startPostgres, startStandby, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word } from './helpers.ts';

const pause = async () => new Promise((resolve) => setTimeout(resolve, 50));

for (const version of POSTGRES_VERSIONS)
  describe(`signs before the harm on PostgreSQL ${version}`, function () {
    this.timeout(120_000);
    let server: TestPostgres;

    before(async () => {
      server = await startPostgres({ version, settings: ['archive_mode=on'] });
      await server.query('create role watcher login');
      await server.query('create role mallory login');
      await server.query('create database orders');
      await server.query('create table t as select n as id from generate_series(1, 100) n', 'orders');
    });
    after(async () => server[Symbol.asyncDispose]());

    const watch = (expect: object, of = server) => new Watcher(of.url('postgres', 'watcher'), { db: { name: 'orders', expect } });

    /** Looks until the facet is what it should become; the wait is the server's own. */
    async function becomes(watcher: Watcher, facet: string, wanted: string) {
      for (;;) {
        const outcome = (await watcher.look('inspect'))[facet as 'presence'];
        if (word(outcome) === wanted && outcome) return outcome;
        assert.match(word(outcome), /^(good|breach:)/, 'it can be seen all the while');
        await pause();
      }
    }

    it('are a session that has long been waiting to have the table to itself, and not one that just asked', async () => {
      await using watcher = watch({ tables: { 'public.t': { lock_wait: '1s' } } });
      await using patient = watch({ tables: { 'public.t': {} } });
      const reader = server.query('begin; select from t limit 1; select pg_sleep(4); commit', 'orders');
      const reading = "select from pg_stat_activity where query like '%pg_sleep(4)%' and wait_event = 'PgSleep'";
      while ((await server.query(reading)).length === 0) await pause();
      const truncate = server.query('truncate t', 'orders');
      while ((await server.query('select from pg_locks where not granted')).length === 0) await pause();
      assert.equal(word((await watcher.look('inspect'))['precursor/locks']), 'good');
      const outcome = await becomes(watcher, 'precursor/locks', 'breach:precursor');
      assert.ok(needsNoConfirmation(outcome));
      assert.equal(outcome.is === 'breach' && outcome.breaches[0].severity, 'warning');
      assert.equal(outcome.is === 'breach' && outcome.breaches[0].path, 'tables.public.t.lock_wait');
      assert.equal(word((await patient.look('inspect'))['precursor/locks']), 'good', 'half a minute by default');
      await Promise.all([reader, truncate]);
      assert.equal(word((await watcher.look('inspect'))['precursor/locks']), 'good');
    });

    it('are WAL archiving that fails, or that has stopped', async () => {
      const facet = 'protection/archiving';
      await using watcher = watch({ archiving: { within: '1h' } });
      await using strict = watch({ archiving: { within: '1s' } });
      const archive = async (command: string) => {
        await server.query(`alter system set archive_command = '${command}'`);
        await server.query('select pg_reload_conf()');
        await server.query('create table if not exists filler (); drop table filler; select pg_switch_wal()', 'orders');
      };
      await archive('true');
      await becomes(watcher, facet, 'good');
      await archive('false');
      const failing = await becomes(watcher, facet, 'breach:precursor');
      assert.equal(failing.is === 'breach' && failing.breaches[0].path, 'archiving.failing');
      await archive('true');
      await becomes(watcher, facet, 'good');
      const late = await becomes(strict, facet, 'breach:precursor');
      assert.equal(late.is === 'breach' && late.breaches[0].what, 'no WAL was archived in the last 1s');
    });

    it('are a replication slot that is dropped, or has lost its WAL', async () => {
      const facet = 'protection/slots';
      await using watcher = watch({ slots: ['one', 'two'] });
      await server.query("select pg_create_physical_replication_slot('one', true), pg_create_physical_replication_slot('two', true)");
      await becomes(watcher, facet, 'good');
      await server.query("select pg_drop_replication_slot('one')");
      const gone = await becomes(watcher, facet, 'breach:precursor');
      assert.equal(gone.is === 'breach' && gone.breaches[0].path, 'slots.one');
      await server.query("select pg_create_physical_replication_slot('one', true)");
      await server.query("alter system set max_slot_wal_keep_size = '1MB'");
      await server.query('select pg_reload_conf()');
      for (let n = 0; n < 3; n++) {
        await server.query('create table filler (); drop table filler');
        await server.query('select pg_switch_wal()');
      }
      await server.query('checkpoint');
      const lost = await becomes(watcher, facet, 'breach:precursor,precursor');
      assert.equal(lost.is === 'breach' && lost.breaches[0].actual, 'lost');
      await server.query("select pg_drop_replication_slot('one'), pg_drop_replication_slot('two')");
      await server.query('alter system reset max_slot_wal_keep_size');
    });

    it('are a standby that is no longer connected, seen with no right at all', async () => {
      await using primary = await startPostgres({ version });
      await primary.query('create role watcher login');
      await primary.query('create database orders');
      await using standby = await startStandby(primary);
      await using watcher = watch({ standbys: ['walreceiver'] }, primary);
      await becomes(watcher, 'protection/standbys', 'good');
      await standby.stop();
      const gone = await becomes(watcher, 'protection/standbys', 'breach:precursor');
      assert.equal(gone.is === 'breach' && gone.breaches[0].what, 'no standby walreceiver is connected');
    });

    it('are an archive_mode that is off, which leaves the server exposed', async () => {
      await using off = await startPostgres({ version });
      await off.query('create role watcher login');
      await off.query('create database orders');
      await using watcher = watch({ archiving: { within: '1h' } }, off);
      const outcome = (await watcher.look('inspect'))['protection/archiving'];
      assert.equal(word(outcome), 'breach:exposed');
      assert.ok(outcome && needsNoConfirmation(outcome));
    });

    it('are a role beyond the named owners that becomes superuser or owns anything', async () => {
      await using watcher = watch({ owners: ['postgres'] });
      const owners = async () => (await watcher.look('inspect'))['protection/owners'];
      assert.equal(word(await owners()), 'good');
      for (const [gain, loss] of [
        ['alter role mallory superuser', 'alter role mallory nosuperuser'],
        ['alter table t owner to mallory', 'alter table t owner to postgres'],
        ['alter schema public owner to mallory', 'alter schema public owner to pg_database_owner'],
        ['alter database orders owner to mallory', 'alter database orders owner to postgres'],
      ] as const) {
        await server.query(gain, 'orders');
        const outcome = await owners();
        assert.equal(word(outcome), 'breach:precursor', gain);
        assert.match(outcome?.is === 'breach' ? outcome.breaches[0].what : '', /^database orders has mallory as superuser or owner/);
        await server.query(loss, 'orders');
        assert.equal(word(await owners()), 'good', loss);
      }
    });
  });
