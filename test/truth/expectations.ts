import { createHash } from 'node:crypto';

const SENTINEL_ROW = '(7,"row 7","2026-01-01 00:00:00+00")';

/** What every watched database holds: a thousand rows, the seventh of them never changed. */
export const FILL = `
create table orders (id int primary key, note text, made timestamptz not null default now());
insert into orders select n, 'row ' || n, case when n = 7 then '2026-01-01 00:00:00+00' else now() end from generate_series(1, 1000) n;
analyze orders;
grant select on orders to watcher;`;

/** The same rows, made up: no count tells them from the old ones. */
export const REFILL = `insert into orders select n, 'invented ' || n, now() from generate_series(1, 1000) n`;

export const SENTINEL = { key: 7, digest: `sha256:${createHash('sha256').update(SENTINEL_ROW).digest('hex')}` };

/** `expect` with these demands on `public.orders`. */
export const orders = (demands: object): object => ({ tables: { 'public.orders': demands } });

export const FLOOR = orders({ min_rows: 900 });

/** Everything that can be demanded of a table that nobody deletes from, and of its database. */
export const STRICT = {
  ...orders({
    min_rows: 1000,
    max_shrink: '0%',
    grow_only: true,
    max_churn: '5%',
    sentinel: SENTINEL,
    fresh: { column: 'made', within: '1h' },
  }),
  max_shrink: '10%',
};

const at = 'tables.public.orders';
/** Breaches of `public.orders` as a page lists them. */
export const BREACH = {
  missing: `diminished ${at}`,
  floor: `diminished ${at}.min_rows`,
  shrunk: `diminished ${at}.max_shrink`,
  growOnly: `diminished ${at}.grow_only`,
  churn: `diminished ${at}.max_churn`,
  sentinel: `diminished ${at}.sentinel`,
  oldest: `diminished ${at}.oldest`,
  sequence: 'diminished sequences.public.orders_nr_seq.reached',
  stale: `stale ${at}.fresh`,
  size: 'diminished max_shrink',
  connections: 'precursor connections',
} as const;
