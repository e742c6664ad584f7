import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BREACH, FILL, FLOOR, orders, REFILL, SENTINEL } from '../expectations.ts';
import type { Row } from '../row.ts';
import { WITHIN } from '../timing.ts';

const HALVED = orders({ max_shrink: '20%' });
/** 20 MiB in one table, several times what an empty database takes. */
const BULK = `create table bulk as select n as id, repeat('x', 500) as filler from generate_series(1, 40000) n; analyze bulk`;

const diminished = (...breaches: readonly string[]) => ({ verdict: 'degraded', breaches, within: WITHIN.inspection }) as const;
/** One statement in the watched database. */
const statement =
  (sql: string): Row['play'] =>
  ({ run }) =>
  async () =>
    run(sql);

/** So rare that only a sweep's signal can bring the page in time. */
const RARE_MS = 12_000;
const betweenInspections = {
  inspect: RARE_MS,
  expect: FLOOR,
  paged: { ...diminished(BREACH.floor), within: WITHIN.inspection },
} as const;

/** Databases that stay, under the same identity, and lose what is in them. */
export const contentRows: readonly Row[] = [
  {
    name: 'DROP SCHEMA public CASCADE',
    expect: FLOOR,
    paged: diminished(BREACH.missing, BREACH.floor),
    play: statement('drop schema public cascade'),
  },
  {
    name: 'DROP SCHEMA public CASCADE, migrated anew without rows',
    expect: FLOOR,
    paged: { ...diminished(BREACH.floor), meanwhile: ['blind'] },
    play: statement(`drop schema public cascade; create schema public; grant usage on schema public to watcher;
      set search_path to public; ${FILL} truncate orders`),
  },
  {
    name: 'DROP TABLE',
    expect: FLOOR,
    paged: diminished(BREACH.missing, BREACH.floor),
    play: statement('drop table orders'),
  },
  {
    name: 'DROP TABLE of which nothing but its presence is expected',
    expect: orders({}),
    paged: diminished(BREACH.missing),
    play: statement('drop table orders'),
  },
  {
    name: 'DROP TABLE, created again empty',
    expect: FLOOR,
    paged: diminished(BREACH.floor),
    play: statement(`drop table orders; ${FILL} truncate orders`),
  },
  { name: 'TRUNCATE', expect: FLOOR, paged: diminished(BREACH.floor), play: statement('truncate orders') },
  { name: 'DELETE without WHERE', expect: FLOOR, paged: diminished(BREACH.floor), play: statement('delete from orders') },
  {
    name: 'DELETE of half the rows',
    expect: HALVED,
    paged: diminished(BREACH.shrunk),
    play: statement('delete from orders where id > 500'),
  },
  {
    name: 'DELETE of a tenth a second, each within max_shrink',
    expect: HALVED,
    paged: diminished(BREACH.shrunk),
    play:
      ({ run }) =>
      async () => {
        for (let step = 0; step < 4; step++) {
          await run(`delete from orders where id between ${step * 100} and ${step * 100 + 99}`);
          await new Promise((resolve) => setTimeout(resolve, 1000));
        }
      },
  },
  {
    name: 'DELETE of one row of a table that only grows',
    expect: orders({ grow_only: true }),
    paged: diminished(BREACH.growOnly),
    play: statement('delete from orders where id = 3'),
  },
  {
    name: 'DELETE, refilled with invented rows: by the counters',
    expect: orders({ min_rows: 900, max_churn: '20%' }),
    paged: diminished(BREACH.churn),
    play: statement(`delete from orders; ${REFILL}`),
  },
  {
    name: 'DELETE, refilled with invented rows: by the sentinel',
    expect: orders({ min_rows: 900, sentinel: SENTINEL }),
    paged: diminished(BREACH.sentinel),
    play: statement(`delete from orders; ${REFILL}`),
  },
  {
    name: 'TRUNCATE, refilled with invented rows: by the sentinel',
    expect: orders({ min_rows: 900, sentinel: SENTINEL }),
    paged: diminished(BREACH.sentinel),
    play: statement(`truncate orders; ${REFILL}`),
  },
  ...(['delete from', 'truncate'] as const).map((emptied): Row => ({
    name: `${emptied === 'truncate' ? 'TRUNCATE' : 'DELETE'}, refilled with invented rows: by the oldest row`,
    expect: orders({ min_rows: 900, oldest: { column: 'made', at_least: '30d' } }),
    paged: diminished(BREACH.oldest),
    play: async ({ run }) => {
      await run(`update orders set made = now() - interval '90 days' where id <= 500`);
      return async () => run(`${emptied} orders; ${REFILL}`);
    },
  })),
  {
    name: 'TRUNCATE RESTART IDENTITY, refilled with fewer invented rows: by the sequence',
    expect: { ...orders({ min_rows: 900 }), sequences: ['public.orders_nr_seq'] },
    paged: diminished(BREACH.sequence),
    play: async ({ run }) => {
      await run(`alter table orders add column nr int generated always as identity;
        select setval('orders_nr_seq', 5000); grant select on sequence orders_nr_seq to watcher`);
      return async () =>
        run(`truncate orders restart identity; ${REFILL.replace('insert into orders', 'insert into orders (id, note, made)')}`);
    },
  },
  {
    name: 'UPDATE without WHERE: by the sentinel',
    expect: orders({ min_rows: 900, sentinel: SENTINEL }),
    paged: diminished(BREACH.sentinel),
    play: statement(`update orders set note = 'overwritten'`),
  },
  {
    ...betweenInspections,
    name: 'DELETE without WHERE between two rare inspections',
    play: statement('delete from orders'),
  },
  {
    ...betweenInspections,
    name: 'TRUNCATE between two rare inspections',
    play: statement('truncate orders'),
  },
  {
    name: `files of one table removed under the running server`,
    expect: FLOOR,
    paged: diminished(BREACH.missing, BREACH.floor),
    play:
      ({ server, run }) =>
      async () => {
        await run('checkpoint');
        const [row] = await run(`select pg_relation_filepath('orders') as path`);
        await rm(join(server.dataDir, String(row?.['path'])));
      },
  },
  {
    name: 'DROP TABLE of the biggest, only the size declared',
    expect: { max_shrink: '30%' },
    paged: diminished(BREACH.size),
    play: async ({ run }) => {
      await run(BULK);
      return async () => run('drop table bulk');
    },
  },
  {
    name: 'TRUNCATE of the biggest, only the size declared',
    expect: { max_shrink: '30%' },
    paged: diminished(BREACH.size),
    play: async ({ run }) => {
      await run(BULK);
      return async () => run('truncate bulk');
    },
  },
];
