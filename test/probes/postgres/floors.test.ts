import assert from 'node:assert/strict';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word, words } from './helpers.ts';

describe('what a PostgreSQL database must go on holding', function () {
  this.timeout(120_000);
  let server: TestPostgres;
  let run: (sql: string) => Promise<unknown>;

  before(async () => {
    server = await startPostgres({ settings: ['shared_preload_libraries=pg_stat_statements'] });
    run = async (sql) => server.query(sql, 'orders');
    await server.query('create role watcher login');
  });
  after(async () => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    await server.query('create database orders');
    await run(
      "create table t as select n as id, 'row ' || n as note from generate_series(1, 1000) n; analyze t; grant select on t to watcher",
    );
  });
  afterEach(async () => {
    await server.query('drop database if exists orders with (force)');
  });

  const watch = (expect: object) => new Watcher(server.url('postgres', 'watcher'), { db: { name: 'orders', expect } });

  it('are the columns named, whatever else comes and goes, seen without a right to the table', async () => {
    await run('revoke all on t from watcher');
    await using watcher = watch({ tables: { 'public.t': { min_rows: 1, columns: ['id', 'note'] } } });
    const columns = async () => (await watcher.look('inspect'))['content/columns.public.t'];
    await run('alter table t add more int');
    assert.deepEqual(words(await watcher.look('inspect')), {
      'content/tables.public.t': 'blind:denied',
      'content/columns.public.t': 'good',
      'precursor/locks': 'good',
    });
    for (const harm of ['alter table t rename note to was', 'alter table t drop was']) {
      await run(harm);
      const outcome = await columns();
      assert.equal(word(outcome), 'breach:diminished', harm);
      assert.deepEqual(outcome?.is === 'breach' && outcome.breaches.map(({ path, what }) => [path, what]), [
        ['tables.public.t.columns.note', 'public.t has no column note'],
      ]);
    }
    await run('drop table t');
    assert.equal(word(await columns()), 'breach:diminished,diminished');
  });

  it('are as many tables and functions as ever, but for the declared share', async () => {
    const make = (n: number) => `create table u${n} (); create function f${n}() returns int language sql return ${n}`;
    for (let n = 1; n <= 19; n++) await run(make(n));
    await run('create function f20() returns int language sql return 20');
    await using watcher = watch({ objects: { tables: { max_shrink: '10%' }, functions: { min: 18, max_shrink: '50%' } } });
    const objects = async () => (await watcher.look('inspect'))['content/objects'];
    assert.equal(word(await objects()), 'good');
    await run('drop table u1, u2; drop function f1, f2');
    assert.equal(word(await objects()), 'good');
    await run('drop table u3');
    const fewer = await objects();
    assert.equal(fewer?.is === 'breach' && fewer.breaches[0].what, 'database orders shrank from 20 to 17 tables');
    await run('create table u3 (); drop function f3');
    const none = await objects();
    assert.equal(none?.is === 'breach' && none.breaches[0].path, 'objects.functions.min');
  });

  it('are rows that nobody truncates and invents anew, by the statements that the server has counted', async () => {
    await using watcher = watch({ max_truncates: 0, tables: { 'public.t': { min_rows: 900 } } });
    const truncates = async () => (await watcher.look('inspect'))['content/truncates'];
    const said = async () => {
      const outcome = await truncates();
      return outcome?.is === 'blind' ? outcome.say : word(outcome);
    };
    assert.match(await said(), /it takes CREATE EXTENSION pg_stat_statements/);
    await run('create schema stats; create extension pg_stat_statements schema stats');
    assert.match(await said(), /it takes GRANT pg_read_all_stats TO "watcher"/);
    await run('grant pg_read_all_stats to watcher');
    assert.match(await said(), /it takes GRANT USAGE ON SCHEMA "stats" TO "watcher"/);
    await run('grant usage on schema stats to watcher');
    assert.equal(await said(), 'good');
    await run("select 'truncate t'; select date_trunc('day', now()); delete from t where id < 5");
    assert.equal(await said(), 'good', 'what only looks like it');
    await run('/* tidy */ truncate t');
    await run("insert into t select n, 'row ' || n from generate_series(1, 1000) n");
    const told = await truncates();
    assert.deepEqual(told?.is === 'breach' && told.breaches.map(({ path, what }) => [path, what]), [
      ['max_truncates', '1 TRUNCATE statements of database orders between two looks'],
    ]);
    await run('select stats.pg_stat_statements_reset()');
    assert.equal(await said(), 'good', 'counted anew');
    await run('revoke pg_read_all_stats from watcher');
  });

  it('are sequences that never fall back, whichever way they count, made known by a SELECT of their own', async () => {
    await run('create sequence up; create sequence down increment -1; create sequence fresh start 7');
    await run("select setval('up', 100), setval('down', -100)");
    await run('grant select on sequence up, down, fresh to watcher');
    await using watcher = watch({ sequences: ['public.up', 'public.down', 'public.fresh'] });
    const looks = async () => {
      const seen = await watcher.look('inspect');
      return ['up', 'down', 'fresh'].map((name) => word(seen[`content/sequences.public.${name}`]));
    };
    assert.deepEqual(await looks(), ['good', 'good', 'good']);
    await run("select nextval('up'), nextval('down'), nextval('fresh')");
    assert.deepEqual(await looks(), ['good', 'good', 'good']);
    await run("select setval('up', 99), setval('down', -99); alter sequence fresh restart");
    assert.deepEqual(await looks(), ['breach:diminished', 'breach:diminished', 'breach:diminished']);
    await run("select setval('up', 200), setval('down', -200), setval('fresh', 200)");
    assert.deepEqual(await looks(), ['good', 'good', 'good']);
    await run('alter sequence up increment 50; select nextval($$up$$)');
    assert.deepEqual(await looks(), ['good', 'good', 'good'], 'how far a step goes is not how far it got');
    await run('revoke select on sequence down from watcher; grant usage on sequence down to watcher; drop sequence fresh');
    const last = await watcher.look('inspect');
    const down = last['content/sequences.public.down'];
    assert.equal(down?.is === 'blind' && down.say.includes('GRANT SELECT ON SEQUENCE "public"."down" TO "watcher"'), true);
    const gone = last['content/sequences.public.fresh'];
    assert.equal(gone?.is === 'breach' && gone.breaches[0].what, 'sequence public.fresh does not exist');
  });

  it('is a size that falls with a second number: VACUUM FULL makes a look due and nothing more, TRUNCATE breaks it', async () => {
    await run(
      "create table big (filler text) with (autovacuum_enabled = off); insert into big select repeat('x', 500) from generate_series(1, 40000)",
    );
    await run('update big set filler = filler; update big set filler = filler; analyze big');
    await using watcher = watch({ max_shrink: '30%' });
    const size = async () => (await watcher.look('inspect'))['content/size'];
    assert.deepEqual(await size(), { is: 'good' });
    await run('vacuum full big');
    await run('analyze big');
    const packed = await size();
    assert.equal(word(packed), 'good');
    assert.match(packed?.is === 'good' ? (packed.suspicion ?? '') : '', /^database orders shrank from /);
    await run('truncate big');
    assert.equal(word(await size()), 'breach:diminished');
  });

  it('is measured from the height once reached: a little less every day is noticed', async () => {
    await using watcher = watch({ tables: { 'public.t': { max_shrink: '10%' } } });
    const days: string[] = [];
    for (let day = 0; day <= 4; day++) {
      days.push(word((await watcher.look('inspect'))['content/tables.public.t']));
      await run(`delete from t where id <= ${30 * (day + 1)}`);
    }
    assert.deepEqual(days, ['good', 'good', 'good', 'good', 'breach:diminished']);
  });
});
