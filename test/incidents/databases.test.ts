import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { deleteDataDirectory, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { about } from '../support/post.ts';
import { database } from '../support/site.ts';
import { replay } from './replay.ts';

describe('incidents that struck databases, replayed', function () {
  this.timeout(40_000);
  let pg: TestPostgres;
  before(async () => {
    pg = await startPostgres();
  });
  after(async () => pg[Symbol.asyncDispose]());

  async function fill(server: TestPostgres, name: string, tables: readonly string[]): Promise<void> {
    await server.query(`create database ${name}`);
    for (const table of tables)
      await server.query(
        `create table ${table} (id int primary key, name text); insert into ${table} select n, 'row ' || n from generate_series(1, 500) n`,
        name,
      );
  }
  const expecting = (tables: readonly string[], what: object) => ({
    expect: { tables: Object.fromEntries(tables.map((table) => [`public.${table}`, what])) },
  });

  it('GitLab 2017: rm -rf of the data directory is told while the server still answers', async () => {
    await using server = await startPostgres();
    await fill(server, 'gitlab', ['projects']);
    await using scene = await replay({ pgUrl: server.url(), resources: [database('gitlab', expecting(['projects'], { min_rows: 100 }))] });
    assert.equal(await scene.calm(), 0);
    await deleteDataDirectory(server);
    const page = await scene.box.page(about('gitlab'));
    assert.equal(page.severity, 'critical');
    assert.equal(page.resources[0]?.verdict, 'absent');
    assert.match(page.summary, /the files of database gitlab are gone, although the server still answers: 58P01/);
  });

  it('KeepTheScore 2020, Resend 2024: tables dropped and created anew by a migration run on the wrong host are empty', async () => {
    await fill(pg, 'keepthescore', ['boards', 'players']);
    const tables = ['boards', 'players'];
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('keepthescore', expecting(tables, { max_shrink: '5%' }))] });
    assert.equal(await scene.calm(), 0);
    await scene.nextRound();
    for (const table of tables)
      await pg.query(`drop table ${table}; create table ${table} (id int primary key, name text)`, 'keepthescore');
    const page = await scene.box.page(about('keepthescore', 'degraded'));
    assert.match(page.summary, /public\.(boards|players) shrank from 500 to 0 rows/);
    assert.equal(page.resources[0]?.breaches[0]?.kind, 'diminished');
  });

  it('Travis CI 2018: every table truncated by a test suite on production', async () => {
    const tables = ['users', 'repositories', 'builds'];
    await fill(pg, 'travis', tables);
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('travis', expecting(tables, { min_rows: 100 }))] });
    assert.equal(await scene.calm(), 0);
    await scene.nextRound();
    await pg.query(`truncate ${tables.join(', ')} cascade`, 'travis');
    const page = await scene.box.page(about('travis', 'degraded'));
    assert.match(page.summary, /public\.users has 0 rows/);
    assert.deepEqual(
      scene.resource('travis')?.breaches.map(({ path }) => path),
      tables.map((table) => `tables.public.${table}.min_rows`),
    );
  });

  it('claude-code #45463: dropdb and createdb of the same name', async () => {
    await fill(pg, 'devdb', ['t']);
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('devdb')] });
    assert.equal(await scene.calm(), 0);
    await pg.query('drop database devdb with (force)');
    await pg.query('create database devdb');
    const page = await scene.box.page(about('devdb', 'impostor'));
    assert.match(page.summary, /oid is \d+, wanted \d+/);
    assert.deepEqual(
      scene.box.pages.filter(({ event }) => event === 'resolve'),
      [],
    );
  });

  it('claude-code #27063: tables vanish from a database that goes on answering', async () => {
    await fill(pg, 'vanishing', ['accounts', 'invoices']);
    const resources = [database('vanishing', expecting(['accounts', 'invoices'], {}))];
    await using scene = await replay({ pgUrl: pg.url(), resources });
    assert.equal(await scene.calm(), 0);
    await pg.query('drop table accounts, invoices', 'vanishing');
    const page = await scene.box.page(about('vanishing', 'degraded'));
    assert.match(page.summary, /table public\.accounts does not exist; table public\.invoices does not exist/);
  });

  it('SaaStr, Replit 2025: all rows deleted and as many invented ones put in their place', async () => {
    await fill(pg, 'saastr', ['executives']);
    const [row] = await pg.query('select executives::text as row from executives where id = 42', 'saastr');
    const digest = `sha256:${hash('sha256', String(row?.['row']))}`;
    const guarded = expecting(['executives'], { min_rows: 500, sentinel: { key: 42, digest } });
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('saastr', guarded)] });
    assert.equal(await scene.calm(), 0);
    await scene.nextRound();
    await pg.query(
      "begin; delete from executives; insert into executives select n, 'invented ' || n from generate_series(1, 500) n; commit",
      'saastr',
    );
    const page = await scene.box.page(about('saastr', 'degraded'));
    assert.match(page.summary, /the sentinel row 42 of public\.executives is gone or changed/);
    assert.doesNotMatch(JSON.stringify(page), /invented/, 'no row contents in a page');
  });
});
