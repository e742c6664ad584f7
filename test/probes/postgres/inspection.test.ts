import assert from 'node:assert/strict';
import { POSTGRES_VERSIONS, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word, words } from './helpers.ts';

const HOSTILE = `we"ird'; drop table x; --\t🙂`;
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

for (const version of POSTGRES_VERSIONS)
  describe(`the inspection of PostgreSQL ${version}`, function () {
    this.timeout(120_000);
    let server: TestPostgres;
    let run: (sql: string) => Promise<unknown>;

    before(async () => {
      server = await startPostgres({ version });
      run = async (sql) => server.query(sql, 'orders');
      await server.query('create role watcher login');
    });
    after(async () => server[Symbol.asyncDispose]());
    beforeEach(async () => {
      await server.query('create database orders');
      await run('create table t (id int primary key, note text, made timestamptz default now())');
      await run("insert into t select n, 'row ' || n from generate_series(1, 1000) n; analyze t");
      await run('grant select on t to watcher');
    });
    afterEach(async () => {
      await server.query('drop database if exists orders with (force)');
    });

    const watch = (tables: object, rest: object = {}, settings: object = {}) =>
      new Watcher(server.url('postgres', 'watcher'), { db: { name: 'orders', expect: { tables, ...rest } } }, settings);
    const T = 'content/tables.public.t';

    it('breaks the floor after a delete, a truncate and a dropped table, and not before', async () => {
      for (const harm of ['delete from t where id > 10', 'truncate t', 'drop table t']) {
        await using watcher = watch({ 'public.t': { min_rows: 900 } });
        assert.equal(word((await watcher.look('inspect'))[T]), 'good');
        await run(`create table copy as table t; ${harm}`);
        assert.match(word((await watcher.look('inspect'))[T]), /^breach:diminished/, harm);
        await run('drop table if exists t; alter table copy rename to t; grant select on t to watcher');
      }
    });

    it('sees by exact count what shrank below the most ever seen, and what should only grow', async () => {
      await using watcher = watch({ 'public.t': { max_shrink: '5%' } });
      await using strict = watch({ 'public.t': { grow_only: true } });
      await Promise.all([watcher.look('inspect'), strict.look('inspect')]);
      await run('delete from t where id <= 40');
      assert.equal(word((await watcher.look('inspect'))[T]), 'good');
      assert.equal(word((await strict.look('inspect'))[T]), 'breach:diminished');
      await run('delete from t where id <= 80');
      assert.equal(word((await watcher.look('inspect'))[T]), 'breach:diminished');
    });

    it('takes no harm from vacuum full, cluster, reindex, analyze, a type rewrite and a crash', async () => {
      await using watcher = watch(
        { 'public.t': { min_rows: 1000, max_shrink: '0%', grow_only: true, max_churn: '5%' } },
        { max_shrink: '10%' },
      );
      const good = { [T]: 'good', 'content/churn.public.t': 'good', 'content/size': 'good', 'precursor/locks': 'good' };
      for (const harmless of [
        '',
        'vacuum full t',
        'cluster t using t_pkey',
        'reindex table t',
        'analyze t',
        'alter table t alter id type bigint',
      ]) {
        if (harmless !== '') await run(harmless);
        assert.deepEqual(words(await watcher.look('inspect')), good, harmless);
      }
      await server.kill9();
      await server.restart();
      assert.deepEqual(words(await watcher.look('inspect')), good);
    });

    it('estimates a partitioned table by its parts, once, also after an analyze of the whole', async () => {
      await run(`create table p (id int) partition by range (id);
        create table p1 partition of p for values from (0) to (500); create table p2 partition of p for values from (500) to (1001)`);
      await run('insert into p select id from t; analyze p1; analyze p2; grant select on p to watcher');
      await using watcher = watch({ 'public.p': { min_rows: 900 } });
      const estimate = async () => {
        const reports = await watcher.reports('inspect');
        return reports.flatMap((report) => (report.kind === 'seen' ? (report.measures['tables.public.p.tuples']?.value ?? []) : []));
      };
      assert.deepEqual(await estimate(), [1000]);
      await run('analyze p');
      assert.deepEqual(await estimate(), [1000]);
    });

    it('counts what was deleted between two looks although it was filled again', async () => {
      await using watcher = watch({ 'public.t': { max_churn: '20%' } });
      await watcher.look('inspect');
      await run("delete from t; insert into t select n, 'invented' from generate_series(1, 1000) n; select pg_stat_force_next_flush()");
      assert.equal(word((await watcher.look('inspect'))['content/churn.public.t']), 'breach:diminished');
    });

    it('holds a sentinel row to its digest, and never carries its contents', async () => {
      const [row] = (await server.query(
        "select encode(sha256(convert_to((t.*)::text, 'UTF8')), 'hex') as d from t where id = 7",
        'orders',
      )) as { d: string }[];
      // Read in the session of the test, whose time zone is the same.
      await using watcher = watch({ 'public.t': { sentinel: { key: 7, digest: `sha256:${row?.d}` } } });
      assert.equal(word((await watcher.look('inspect'))['content/sentinels.public.t']), 'good');
      await run("update t set note = 'forged-note' where id = 7");
      assert.equal(word((await watcher.look('inspect'))['content/sentinels.public.t']), 'breach:diminished');
      assert.doesNotMatch(JSON.stringify(await watcher.reports('inspect')), /forged-note|row 7/);
    });

    it('tells stale from fresh by the clock of the server, and is not fooled by a date in the future', async () => {
      await using watcher = watch({ 'public.t': { fresh: { column: 'made', within: '1h' } } });
      const fresh = async () => word((await watcher.look('inspect'))['freshness/tables.public.t']);
      assert.equal(await fresh(), 'good');
      await run("update t set made = now() - interval '2 hours'; update t set made = now() + interval '1 year' where id = 1");
      assert.equal(await fresh(), 'breach:stale');
      await run('truncate t');
      assert.equal(await fresh(), 'breach:stale');
    });

    it('is blind for exactly what it has no right to see, and says which grant is missing', async () => {
      await run('revoke all on t from watcher; create table u (id int); grant select on u to watcher; insert into u values (1)');
      await using watcher = watch({ 'public.t': { min_rows: 1, max_churn: '5%' }, 'public.u': { min_rows: 1 } });
      const outcomes = await watcher.look('inspect');
      assert.deepEqual(words(outcomes), {
        [T]: 'blind:denied',
        'content/churn.public.t': 'good',
        'content/tables.public.u': 'good',
        'precursor/locks': 'good',
      });
      assert.match(JSON.stringify(outcomes[T]), /GRANT SELECT \(<any column>\) ON \\"public\\"\.\\"t\\" TO \\"watcher\\"/);
    });

    it('needs no right but CONNECT to see that a table exists', async () => {
      await run('revoke all on t from watcher; revoke all on schema public from public');
      await using watcher = watch({ 'public.t': {}, 'public.none': {} });
      assert.deepEqual(words(await watcher.look('inspect')), {
        [T]: 'good',
        'content/tables.public.none': 'breach:diminished',
        'precursor/locks': 'good',
      });
    });

    it('is blind, not alarmed, where row security would hide rows', async () => {
      await run('alter table t enable row level security');
      await using watcher = watch({ 'public.t': { min_rows: 1 } });
      assert.equal(word((await watcher.look('inspect'))[T]), 'blind:denied');
    });

    it('takes a locked table for what two estimates say of it, and is blind where they fall short', async () => {
      await run(
        'insert into t select n from generate_series(1001, 1050) n; analyze t; create table u as select 1 as id; grant select on u to watcher',
      );
      const rest = { 'content/tables.public.u': 'good', 'precursor/locks': 'good' };
      const hold = () => run('begin; lock table t in access exclusive mode; select pg_sleep(1.5); commit');
      await using watcher = watch({ 'public.t': { min_rows: 10 }, 'public.u': { min_rows: 1 } }, {}, { lock_timeout: '100ms' });
      const locked = hold();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.deepEqual(words(await watcher.look('inspect')), { ...rest, [T]: 'good' });
      await locked;
      await run('delete from t');
      const again = hold();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.deepEqual(words(await watcher.look('inspect')), { ...rest, [T]: 'blind:partial-answer' });
      await again;
    });

    it('reads names of databases, tables and columns as they are, whatever is in them', async () => {
      const name = HOSTILE;
      await server.query(`drop database if exists ${quoted(name)}`);
      await server.query(`create database ${quoted(name)}`);
      await server.query(
        `create schema ${quoted('a.b')}; create table ${quoted('a.b')}.${quoted(name)} (${quoted(name)} timestamptz primary key default now());
         insert into ${quoted('a.b')}.${quoted(name)} default values`,
        name,
      );
      const key = `"a.b".${quoted(name)}`;
      const tables = { [key]: { min_rows: 1, fresh: { column: name, within: '1h' } } };
      await using watcher = new Watcher(server.url(), { db: { name, expect: { tables } } });
      assert.equal(word((await watcher.look('sweep')).presence), 'good');
      assert.deepEqual(words(await watcher.look('inspect')), {
        [`content/tables.${key}`]: 'good',
        [`freshness/tables.${key}`]: 'good',
        'precursor/locks': 'good',
      });
      for (const report of await watcher.reports('inspect'))
        if ('evidence' in report) assert.doesNotMatch(report.evidence.excerpt, /\p{Cc}/u);
      await server.query(`drop database ${quoted(name)} with (force)`);
    });

    it('ends on abort, and ends what runs on the server', async () => {
      const lock = run('begin; lock table t in access exclusive mode; select pg_sleep(300); commit').catch(() => undefined);
      await using watcher = watch({ 'public.t': { min_rows: 1 } }, {}, { lock_timeout: '60s', statement_timeout: '200s' });
      const stop = new AbortController();
      const looking = watcher.reports('inspect', 'usual', stop.signal);
      const active = async () =>
        server.query("select pid from pg_stat_activity where usename = 'watcher' and state = 'active' and wait_event_type = 'Lock'");
      while ((await active()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const start = performance.now();
      stop.abort();
      await looking;
      assert.ok(performance.now() - start < 60_000);
      while ((await active()).length > 0) assert.ok(performance.now() - start < 60_000, 'the server still works for nobody');
      await run("select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(300)%' and pid <> pg_backend_pid()");
      await lock;
    });
  });
