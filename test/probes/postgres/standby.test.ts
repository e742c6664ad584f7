import assert from 'node:assert/strict';
import { POSTGRES_VERSIONS, startPostgres, startStandby, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word } from './helpers.ts';

const pause = async () => new Promise((resolve) => setTimeout(resolve, 50));

for (const version of POSTGRES_VERSIONS)
  describe(`a standby of PostgreSQL ${version}`, function () {
    this.timeout(120_000);
    const T = 'content/tables.public.t';
    let primary: TestPostgres;
    let standby: TestPostgres;

    before(async () => {
      primary = await startPostgres({ version });
      await primary.query('create role watcher login');
      await primary.query('create database orders');
      await primary.query('create table t as select n as id from generate_series(1, 1000) n; grant select on t to watcher', 'orders');
      standby = await startStandby(primary);
      // What it is behind is known from the first commit that it replays.
      await primary.query('insert into t values (1001)', 'orders');
      while ((await standby.query('select from t where id = 1001', 'orders')).length === 0) await pause();
    });
    after(async () => {
      await standby[Symbol.asyncDispose]();
      await primary[Symbol.asyncDispose]();
    });

    const watch = (expect: object = { tables: { 'public.t': { min_rows: 1000 } } }, settings: object = {}) =>
      new Watcher(standby.url('postgres', 'watcher'), { db: { name: 'orders', expect } }, settings);

    it('answers as its primary would, whose rows its own statistics do not know', async () => {
      await using watcher = watch({ tables: { 'public.t': { min_rows: 1000, max_shrink: '0%', max_churn: '1%' } }, max_shrink: '10%' });
      for (let look = 0; look < 2; look++) {
        const { presence, identity } = await watcher.look('sweep');
        assert.deepEqual([word(presence), word(identity)], ['good', 'good']);
        for (const [facet, outcome] of Object.entries(await watcher.look('inspect'))) assert.equal(word(outcome), 'good', facet);
      }
    });

    it('proves a drop that it has replayed', async () => {
      await using watcher = new Watcher(standby.url('postgres', 'watcher'), { db: { name: 'passing' } });
      await primary.query('create database passing');
      while (word((await watcher.look('sweep')).presence) !== 'good') await pause();
      await primary.query('drop database passing');
      while (word((await watcher.look('sweep')).presence) === 'good') await pause();
      assert.equal(word((await watcher.look('sweep', 'fresh')).presence), 'lost:absent');
    });

    it('is a stale vantage while its replay is paused, however idle its primary is', async () => {
      await using watcher = watch();
      await standby.query('select pg_wal_replay_pause()');
      while ((await standby.query('select where pg_is_wal_replay_paused()')).length === 0) await pause();
      assert.equal(word((await watcher.look('sweep')).presence), 'blind:stale-vantage');
      assert.equal(word((await watcher.look('sweep', 'fresh')).identity), 'blind:stale-vantage');
      assert.equal(word((await watcher.look('inspect'))[T]), 'blind:stale-vantage');
      await standby.query('select pg_wal_replay_resume()');
      while (word((await watcher.look('sweep')).presence) !== 'good') await pause();
      assert.equal(word((await watcher.look('inspect'))[T]), 'good');
    });

    it('is a stale vantage once it is further behind than replay_lag, and never calls lost what it has not heard of', async () => {
      await using strict = watch({}, { replay_lag: '1s' });
      await using patient = watch({}, { replay_lag: '1h' });
      await standby.query("alter system set recovery_min_apply_delay = '1h'");
      await standby.query('select pg_reload_conf()');
      await primary.query('insert into t values (1002)', 'orders');
      const received = 'select where pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()';
      while ((await standby.query(received)).length === 0) await pause();
      for (let said = ''; said !== 'blind:stale-vantage'; await pause()) {
        said = word((await strict.look('sweep')).presence);
        assert.match(said, /^(good|blind:stale-vantage)$/);
      }
      assert.equal(word((await patient.look('sweep')).presence), 'good');
      await standby.query('alter system reset recovery_min_apply_delay');
      await standby.query('select pg_reload_conf()');
      while (word((await strict.look('sweep')).presence) !== 'good') await pause();
    });

    it('says nothing of archiving, which is its primary’s to do', async () => {
      await using watcher = watch({ archiving: { within: '1h' } });
      assert.equal(word((await watcher.look('inspect'))['protection/archiving']), 'blind:partial-answer');
    });
  });
