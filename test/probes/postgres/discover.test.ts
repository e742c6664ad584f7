import assert from 'node:assert/strict';
import type { Discovery, DiscoveryDepth, Found, Unexplored } from '../../../src/probe.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher } from './helpers.ts';

async function discover(
  url: string,
  depth: DiscoveryDepth = 'proposals',
): Promise<{ found: Found[]; unexplored: Unexplored[]; all: Discovery[] }> {
  await using watcher = new Watcher(url, {}, { connect_timeout: '1s', statement_timeout: '5s' });
  const all = await Array.fromAsync(watcher.link.discover?.([], depth, AbortSignal.timeout(100_000)) ?? []);
  const found = all.flatMap((one) => (one.kind === 'found' ? one : [])).sort((a, b) => (a.label < b.label ? -1 : 1));
  return { found, unexplored: all.flatMap((one) => (one.kind === 'unexplored' ? one : [])), all };
}

describe('what is there on a server', function () {
  this.timeout(120_000);
  let pg: TestPostgres;
  before(async () => {
    pg = await startPostgres();
    await pg.query('create database orders');
    await pg.query('create database "we\u202eird"');
    await pg.query('create database closed allow_connections false');
    await pg.query(`create table counted as select generate_series(1, 5000) as id`, 'orders');
    await pg.query(`create table few (id int); insert into few values (1)`, 'orders');
    await pg.query(`create table none (id int)`, 'orders');
    await pg.query(`create unlogged table unlogged (id int)`, 'orders');
    await pg.query(`create table parts (id int) partition by range (id)`, 'orders');
    await pg.query(`create table part1 partition of parts for values from (0) to (1000)`, 'orders');
    await pg.query(`insert into parts select generate_series(1, 200)`, 'orders');
    await pg.query('create schema "odd.one"; create table "odd.one"."a ""b" (id int)', 'orders');
  });
  after(async () => pg[Symbol.asyncDispose]());

  it('is every database but templates and an empty postgres, pinned, with floors below what was counted', async () => {
    const { found, unexplored } = await discover(pg.url());
    assert.deepEqual(
      found.map(({ label }) => label),
      ['closed', 'orders', 'we\u202eird'],
    );
    assert.deepEqual(unexplored, []);
    const orders = found[1];
    const [{ system, oid } = { system: '', oid: '' }] = (await pg.query(
      `select system_identifier::text as system, (select oid::text from pg_database where datname = 'orders') as oid from pg_control_system()`,
    )) as { system: string; oid: string }[];
    assert.deepEqual(orders?.pin, { system_identifier: system, oid });
    assert.deepEqual(orders?.entry, { name: 'orders' });
    assert.deepEqual(orders?.expect, {
      tables: {
        '"odd.one"."a ""b"': {},
        'public.counted': { min_rows: 4500, max_shrink: '10%' },
        'public.few': { min_rows: 1 },
        'public.none': {},
        'public.parts': { min_rows: 180, max_shrink: '10%' },
      },
      max_shrink: '30%',
    });
    assert.match(found[0]?.facts?.[0] ?? '', /takes no connections/);
  });

  it('uses the estimate, with a wider margin, where the role may not count', async () => {
    await pg.query('analyze counted', 'orders');
    await pg.query('create role looker login');
    const { found } = await discover(pg.url('postgres', 'looker'));
    const tables = found.find(({ label }) => label === 'orders')?.expect?.['tables'] as Record<string, unknown>;
    assert.deepEqual(tables['public.counted'], { min_rows: 4000 });
    assert.deepEqual(tables['public.few'], {}, 'never analyzed: nobody knows');
  });

  it('names what it could not look into, and lists it all the same', async () => {
    await pg.query('create database secret');
    await pg.query('revoke connect on database secret from public');
    await pg.query('create role stranger login');
    const { found, unexplored } = await discover(pg.url('postgres', 'stranger'));
    assert.ok(found.some(({ label, expect }) => label === 'secret' && expect === undefined));
    assert.deepEqual(
      unexplored.map(({ on, reason, hides }) => `${on} ${reason} ${hides}`),
      ['database secret denied false'],
    );
    await pg.query('drop database secret');
  });

  it('is cheap where only names are asked for: no session in any database but postgres', async () => {
    const before = await sessions(pg);
    const { found, all } = await discover(pg.url(), 'names');
    assert.deepEqual(
      found.map(({ label }) => label),
      ['closed', 'orders', 'we\u202eird'],
    );
    assert.ok(all.every(({ kind }) => kind === 'found') && found.every(({ expect, pin }) => expect === undefined && pin['oid']));
    assert.equal(await sessions(pg), before);
    await discover(pg.url());
    while ((await sessions(pg)) <= before) await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('includes postgres itself once something is in it', async () => {
    await pg.query('create table used (id int)');
    for (const depth of ['names', 'proposals'] as const)
      assert.ok((await discover(pg.url(), depth)).found.some(({ label }) => label === 'postgres'));
    await pg.query('drop table used');
  });

  it('is nothing known where nobody answers', async () => {
    const { found, unexplored } = await discover('postgres://postgres:x-secret-x@127.0.0.1:1/postgres');
    assert.deepEqual([found, unexplored.map(({ on, hides }) => `${on} ${hides}`)], [[], ['the server true']]);
    assert.ok(!JSON.stringify(unexplored).includes('x-secret-x'));
  });
});

async function sessions(pg: TestPostgres): Promise<number> {
  const [row] = (await pg.query(`select sum(sessions)::int as count from pg_stat_database where datname = 'orders'`)) as {
    count: number;
  }[];
  return row?.count ?? Number.NaN;
}
