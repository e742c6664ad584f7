import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { Client } from 'pg';
import { deleteDataDirectory, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { about } from '../support/post.ts';
import { database } from '../support/site.ts';
import { replay } from './replay.ts';

describe('incidents that struck databases, replayed', function () {
  this.timeout(60_000);
  let pg: TestPostgres;
  before(async () => {
    pg = await startPostgres();
  });
  after(async () => pg[Symbol.asyncDispose]());

  async function fill(server: TestPostgres, name: string, tables: readonly string[]): Promise<void> {
    await server.query(`create database ${name}`);
    for (const table of tables)
      await server.query(
        `create table ${table} (id int primary key, name text);
         insert into ${table} select n, 'row ' || n from generate_series(1, 500) n; analyze ${table}`,
        name,
      );
  }
  /** One look reads one table after the other, and may come between them. */
  const firedAmong = (fired: readonly string[], possible: readonly string[]): void => {
    assert.ok(fired.length > 0);
    for (const one of fired) assert.ok(possible.includes(one), one);
  };
  const expecting = (tables: readonly string[], what: object, more: object = {}) => ({
    expect: { tables: Object.fromEntries(tables.map((table) => [`public.${table}`, what])), ...more },
  });

  it('GitLab 2017: rm -rf of the data directory is told by its first check while the server still answers', async () => {
    await using server = await startPostgres();
    await fill(server, 'gitlab', ['projects']);
    await using scene = await replay({ pgUrl: server.url(), resources: [database('gitlab', expecting(['projects'], { min_rows: 100 }))] });
    const { page, fired } = await scene.strike(async () => deleteDataDirectory(server));
    assert.deepEqual(fired, ['gitlab: absent']);
    assert.equal(page.severity, 'critical');
    assert.match(page.summary, /the files of database gitlab are gone, although the server still answers: 58P01/);
  });

  it('KeepTheScore 2020: tables dropped and created anew by a helper that believed it ran on localhost are empty', async () => {
    const tables = ['boards', 'players'];
    await fill(pg, 'keepthescore', tables);
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('keepthescore', expecting(tables, { max_shrink: '5%' }))] });
    const { page, fired } = await scene.strike(async () => {
      for (const table of tables)
        await pg.query(`drop table ${table}; create table ${table} (id int primary key, name text)`, 'keepthescore');
    });
    assert.match(fired[0] ?? '', /^keepthescore: diminished tables\.public\.(boards|players)/);
    assert.match(page.summary, /public\.(boards|players) (shrank from 500 to 0 rows|does not exist)/);
  });

  it('Resend 2024: a migration run against production drops every table, and the page says when all was well', async () => {
    await fill(pg, 'resend', ['emails', 'domains']);
    await using scene = await replay({
      pgUrl: pg.url(),
      resources: [database('resend', expecting(['emails', 'domains'], { min_rows: 100 }))],
    });
    const began = Date.now();
    const { page, fired } = await scene.strike(async () => pg.query('drop table emails, domains', 'resend'));
    firedAmong(fired, [
      'resend: diminished tables.public.emails',
      'resend: diminished tables.public.emails.min_rows',
      'resend: diminished tables.public.domains',
      'resend: diminished tables.public.domains.min_rows',
    ]);
    // Their first restore took six hours and began from the wrong moment.
    const healthy = Date.parse(page.resources[0]?.last_seen_healthy ?? '');
    assert.ok(healthy >= began && healthy <= Date.parse(page.resources[0]?.first_seen_bad ?? ''));
  });

  it('Travis CI 2018: a TRUNCATE of every table waits for its lock, and is told before it deletes anything', async () => {
    const tables = ['users', 'repositories', 'builds'];
    await fill(pg, 'travis', tables);
    const expect = expecting(tables, { min_rows: 100, lock_wait: '1s' });
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('travis', expect)] });
    await using open = new AsyncDisposableStack();
    const reader = open.adopt(new Client(pg.url('travis')), async (client) => client.end());
    await reader.connect();
    let truncating: Promise<unknown> = Promise.resolve();
    const { page, fired } = await scene.strike(async () => {
      // Somebody reads, and the test suite's cleaner waits behind: ten minutes of it on the day.
      await reader.query('begin; lock table users in access share mode');
      truncating = pg.query(`truncate ${tables.join(', ')} cascade`, 'travis');
    });
    assert.deepEqual(fired, ['travis: precursor tables.public.users.lock_wait']);
    assert.equal(page.severity, 'warning');
    const worse = scene.box.page(({ severity, resources: [first] }) => severity === 'critical' && first?.verdict === 'degraded');
    await reader.query('rollback');
    await truncating;
    assert.match((await worse).summary, /public\.users has 0 rows/);
    assert.notEqual((await worse).dedup_key, page.dedup_key, 'a graver class has a key of its own');
  });

  it('claude-code #45463: dropdb and createdb of the same name', async () => {
    await fill(pg, 'devdb', ['t']);
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('devdb')] });
    const { page } = await scene.strike(async () => {
      await pg.query('drop database devdb with (force)');
      await pg.query('create database devdb');
    });
    assert.match(page.resources[0]?.verdict ?? '', /^(impostor|absent|doomed)$/, 'whichever it met first');
    const settled = await scene.box.page(about('devdb', 'impostor'));
    assert.match(settled.summary, /oid is \d+, wanted \d+/);
    assert.deepEqual(
      scene.box.pages.filter(({ event }) => event === 'resolve'),
      [],
    );
  });

  it('claude-code #27063: one table vanishes, and eleven days later all of them: the first is an alarm too', async () => {
    await fill(pg, 'vanishing', ['api_keys', 'accounts', 'invoices']);
    const resources = [database('vanishing', expecting(['api_keys', 'accounts', 'invoices'], {}))];
    await using scene = await replay({ pgUrl: pg.url(), resources });
    const { fired } = await scene.strike(async () => pg.query('drop table api_keys', 'vanishing'));
    assert.deepEqual(fired, ['vanishing: diminished tables.public.api_keys']);
    await pg.query('drop table accounts, invoices', 'vanishing');
    const rest = await scene.box.page(({ resources: [first] }) => first?.breaches.length === 3);
    assert.match(rest.summary, /table public\.accounts does not exist .*; table public\.invoices does not exist/);
  });

  it('claude-code #33183: a reset takes tables and functions, and the connection string is changed to another server', async () => {
    await using elsewhere = await startPostgres({ cluster: 'new' });
    for (const server of [pg, elsewhere]) {
      await fill(server, 'businesses', ['listings']);
      await server.query('create function slug(text) returns text language sql return lower($1)', 'businesses');
    }
    const expect = expecting(['listings'], { min_rows: 400 }, { objects: { functions: { max_shrink: '0%' } } });
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('businesses', expect)] });
    const { fired } = await scene.strike(async () =>
      pg.query(
        'drop schema public cascade; create schema public; create table public.listings (id int primary key, name text)',
        'businesses',
      ),
    );
    firedAmong(fired, ['businesses: diminished objects.functions.max_shrink', 'businesses: diminished tables.public.listings.min_rows']);
    // What answers there has the rows; it is another server all the same.
    scene.pointAt(elsewhere.url());
    const moved = await scene.box.page(about('businesses', 'impostor'));
    assert.match(moved.summary, /system_identifier is \d+, wanted \d+/);
  });

  it('claude-code #36183: db push --force-reset leaves the same tables without a row', async () => {
    await fill(pg, 'pushed', ['users', 'orders']);
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('pushed', expecting(['users', 'orders'], { min_rows: 1 }))] });
    const reset = ['users', 'orders'].map((table) => `drop table ${table}; create table ${table} (id int primary key, name text);`);
    const { fired, page } = await scene.strike(async () => pg.query(reset.join(' '), 'pushed'));
    firedAmong(fired, ['pushed: diminished tables.public.users.min_rows', 'pushed: diminished tables.public.orders.min_rows']);
    assert.equal(page.severity, 'critical');
  });

  it('SaaStr, Replit 2025: all rows deleted and more invented ones put in their place', async () => {
    await fill(pg, 'saastr', ['executives']);
    const [row] = await pg.query('select executives::text as row from executives where id = 42', 'saastr');
    const digest = `sha256:${hash('sha256', String(row?.['row']))}`;
    const guarded = expecting(['executives'], { min_rows: 500, sentinel: { key: 42, digest } });
    await using scene = await replay({ pgUrl: pg.url(), resources: [database('saastr', guarded)] });
    const { fired, page } = await scene.strike(async () =>
      pg.query(
        "begin; delete from executives; insert into executives select n, 'invented ' || n from generate_series(1, 4000) n; commit",
        'saastr',
      ),
    );
    assert.deepEqual(fired, ['saastr: diminished tables.public.executives.sentinel']);
    assert.doesNotMatch(JSON.stringify(page), /invented/, 'no row contents in a page');
  });

  it('an account closed, as UniSuper had it in 2024: every database at once is one page that says so', async () => {
    await using server = await startPostgres();
    const names = ['members', 'claims', 'ledgers'];
    for (const name of names) await server.query(`create database ${name}`);
    await using scene = await replay({ pgUrl: server.url(), resources: names.map((name) => database(name, { severity: 'warning' })) });
    const { fired } = await scene.strike(async () =>
      Promise.all(names.map(async (name) => server.query(`drop database ${name} with (force)`))),
    );
    assert.match(fired[0] ?? '', /: (absent|doomed)$/);
    // The three statements take their time, and the first of them may be told alone.
    const whole = await scene.box.page(({ mass, severity }) => mass?.is === 'lost' && severity === 'critical');
    assert.deepEqual(whole.mass, { connection: 'pg', is: 'lost', count: 3 });
    assert.match(whole.summary, /^EVERYTHING on pg /);
  });
});
