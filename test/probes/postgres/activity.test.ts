import assert from 'node:assert/strict';
import { POSTGRES_VERSIONS, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word } from './helpers.ts';

for (const version of POSTGRES_VERSIONS)
  describe(`the activity that a sweep of PostgreSQL ${version} sees`, function () {
    this.timeout(120_000);
    let server: TestPostgres;

    before(async () => {
      server = await startPostgres({ version, settings: ['autovacuum=off'] });
      await server.query('create role watcher login');
      await server.query('create database orders');
      await server.query('create table t as select n as id from generate_series(1, 5000) n; create table u (id int primary key)', 'orders');
    });
    after(async () => server[Symbol.asyncDispose]());

    const watch = () => new Watcher(server.url('postgres', 'watcher'), { db: { name: 'orders', expect: { tables: { 'public.t': {} } } } });
    const run = async (sql: string) => server.query(`${sql}; select pg_stat_force_next_flush()`, 'orders');
    const suspicion = async (watcher: Watcher) => {
      const outcome = (await watcher.look('sweep'))['precursor/activity'];
      assert.equal(word(outcome), 'good', 'it never breaks');
      return outcome?.is === 'good' ? outcome.suspicion : undefined;
    };

    it('is news where many rows are deleted at once, and where a table is dropped; not where a handful is, nor the same again', async () => {
      await using watcher = watch();
      assert.equal(await suspicion(watcher), undefined);
      await run('delete from t where id <= 5');
      assert.equal(await suspicion(watcher), undefined);
      await run('drop table u');
      assert.match((await suspicion(watcher)) ?? '', /^\d\d rows deleted of database orders since the last look$/);
      await run('delete from t where id <= 1005');
      assert.equal(await suspicion(watcher), '1000 rows deleted of database orders since the last look');
      assert.equal(await suspicion(watcher), undefined, 'told once');
      await run('delete from t where id <= 2005');
      assert.equal(await suspicion(watcher), undefined, 'as much as before is usual');
      await run('delete from t');
      assert.equal(await suspicion(watcher), '2995 rows deleted of database orders since the last look');
    });

    it('is news where its statistics are reset, and where the server was started anew', async () => {
      await using watcher = watch();
      await suspicion(watcher);
      await server.query('select pg_stat_reset()', 'orders');
      assert.equal(await suspicion(watcher), 'rows deleted of database orders are counted anew');
      assert.equal(await suspicion(watcher), undefined);
      await server.restart();
      assert.equal(await suspicion(watcher), 'rows deleted of database orders are counted anew');
      assert.equal(await suspicion(watcher), undefined);
    });

    it('is news where files go without a row being deleted, as TRUNCATE has it', async () => {
      await using watcher = watch();
      await run('create table bulk as select generate_series(1, 50000) as id');
      assert.equal(await suspicion(watcher), undefined);
      assert.equal(await suspicion(watcher), undefined);
      await run('truncate bulk');
      assert.match((await suspicion(watcher)) ?? '', /^the size of database orders fell by [12](\.\d+)? MiB since the last look$/);
      assert.equal(await suspicion(watcher), undefined, 'told once');
    });

    it('asks for one size a sweep, in turn, and for none that it may not have', async () => {
      await server.query('create database other');
      await server.query('create database closed');
      await server.query('revoke connect on database closed from public');
      const tables = { expect: { tables: { 'public.t': {} } } };
      await using watcher = new Watcher(server.url('postgres', 'watcher'), {
        a: { name: 'orders', ...tables },
        b: { name: 'other', ...tables },
        c: { name: 'closed', ...tables },
        d: { name: 'orders' },
      });
      const sized = async () => {
        const reports = await watcher.reports('sweep');
        return reports.flatMap((report) => (report.kind === 'seen' && report.measures['size_now'] ? [report.id] : []));
      };
      const turns = [await sized(), await sized(), await sized(), await sized()];
      assert.deepEqual(
        turns.map(([first]) => first),
        ['a', 'b', undefined, 'a'],
      );
    });

    it('is not looked for in a database of which nothing is inspected', async () => {
      await using watcher = new Watcher(server.url('postgres', 'watcher'), { db: { name: 'orders' } });
      assert.deepEqual(Object.keys(await watcher.look('sweep')), ['presence', 'identity', 'protection/connections']);
    });
  });
