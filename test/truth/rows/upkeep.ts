import { setTimeout as sleep } from 'node:timers/promises';
import { FILL, orders, SENTINEL, STRICT } from '../expectations.ts';
import type { Row } from '../row.ts';
import { BLIND_AFTER_MS } from '../timing.ts';

const statement =
  (...statements: readonly string[]): Row['play'] =>
  ({ run }) =>
  async () => {
    for (const sql of statements) await run(sql);
  };
const unharmed = (name: string, ...statements: readonly string[]): Row => ({
  name,
  expect: STRICT,
  paged: 'nothing',
  play: statement(...statements),
});

/** What owners do to their own tables: nobody may be woken. */
export const upkeepRows: readonly Row[] = [
  unharmed('nothing at all'),
  unharmed('VACUUM FULL', 'vacuum full orders'),
  unharmed('CLUSTER', 'cluster orders using orders_pkey'),
  unharmed('REINDEX', 'reindex table orders', 'reindex table concurrently orders'),
  unharmed('ANALYZE', 'analyze'),
  unharmed('type rewrite', 'alter table orders alter id type bigint'),
  unharmed('CREATE INDEX', 'create index on orders (made)', 'create index concurrently on orders (note)'),
  unharmed('pg_stat_reset', 'select pg_stat_reset()'),
  unharmed('ALTER TABLE SET UNLOGGED and back', 'alter table orders set unlogged', 'alter table orders set logged'),
  {
    name: 'VACUUM FULL of a database that is two thirds bloat',
    expect: { ...STRICT, max_shrink: '10%' },
    paged: 'nothing',
    play: async ({ run }) => {
      await run(`create table bulk as select n as id, repeat('x', 500) as filler from generate_series(1, 20000) n`);
      for (let round = 0; round < 2; round++) await run('update bulk set id = -id');
      await run('analyze bulk');
      return async () => run('vacuum full bulk');
    },
  },
  {
    name: 'column added to a table without sentinel',
    expect: orders({ min_rows: 1000, grow_only: true, max_churn: '5%', fresh: { column: 'made', within: '1h' } }),
    paged: 'nothing',
    play: statement(`alter table orders add column state text not null default 'open'`),
  },
  {
    name: 'partition detached and attached in one transaction',
    expect: { tables: { 'public.events': { min_rows: 1000, max_shrink: '0%', grow_only: true, max_churn: '5%' } } },
    paged: 'nothing',
    play: async ({ run }) => {
      await run(`create table events (id int primary key) partition by range (id);
        create table events_old partition of events for values from (0) to (501);
        create table events_new partition of events for values from (501) to (1001);
        insert into events select generate_series(1, 1000); analyze events; grant select on events to watcher`);
      return async () =>
        run('alter table events detach partition events_old; alter table events attach partition events_old for values from (0) to (501)');
    },
  },
  unharmed('table dropped and restored with the same rows in one transaction', `drop table orders; ${FILL}`),
  {
    name: 'queue emptied and filled all day, its churn not declared',
    expect: { tables: { 'public.jobs': {}, 'public.orders': { min_rows: 1000, grow_only: true, sentinel: SENTINEL } } },
    paged: 'nothing',
    play: async ({ run }) => {
      await run('create table jobs (id int primary key); grant select on jobs to watcher');
      return async () => {
        for (const end = performance.now() + BLIND_AFTER_MS; performance.now() < end; await sleep(100)) {
          await run('insert into jobs select generate_series(1, 500)');
          await run('delete from jobs');
        }
      };
    },
  },
  {
    name: 'retention deletes within max_shrink and max_churn',
    expect: orders({ min_rows: 800, max_shrink: '20%', max_churn: '20%' }),
    paged: 'nothing',
    play:
      ({ run }) =>
      async () => {
        for (let day = 0; day < 6; day++, await sleep(700)) {
          await run(`delete from orders where id in (select id from orders order by id limit 30)`);
          await run(`insert into orders select max(id) + n, 'new' from orders, generate_series(1, 20) n group by n`);
        }
      },
  },
  {
    name: 'large but expected delete within max_shrink',
    expect: orders({ max_shrink: '50%' }),
    paged: 'nothing',
    play: statement('delete from orders where id > 550'),
  },
  {
    name: 'table locked for longer than blind_after',
    expect: { ...orders({ min_rows: 900, max_shrink: '5%', max_churn: '5%' }), max_shrink: '30%' },
    paged: 'nothing',
    play: statement(`lock table orders in access exclusive mode; select pg_sleep(${(BLIND_AFTER_MS + 2000) / 1000})`),
  },
];
