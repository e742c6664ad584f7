import type { Session } from './session.ts';
import { quoteIdentifier, quoteTable } from './table-name.ts';
import type { TableTarget } from './target.ts';

/** What the catalogue of a database says of one wanted table: needs CONNECT and nothing else, and waits for no lock. */
export interface TableFacts {
  /** Null where there is no such table; then nothing else here means anything. */
  readonly oid: string | null;
  /** Estimate by the last vacuum or analyze, partitions included; 0 where there was none. */
  readonly tuples: number;
  /** Estimate from `relpages`, bytes. */
  readonly bytes: number;
  /** Estimate by the statistics: 0 after a crash, whatever is in the table. */
  readonly live: number;
  readonly deleted: number;
  /** Of those it must have, the ones that are there. */
  readonly columns: readonly string[];
  readonly schemaUsage: boolean;
  /** SELECT on at least one column; on all of them. */
  readonly selectsAny: boolean;
  readonly selectsAll: boolean;
  readonly freshColumn: boolean;
  readonly selectsFresh: boolean;
  readonly oldestColumn: boolean;
  readonly selectsOldest: boolean;
  /** Column the sentinel's key stands in: as named, or the only one of the primary key. */
  readonly keyColumn: string | null;
}

// A partitioned table has no rows of its own, but after an ANALYZE of it (which autovacuum never makes) it holds the sum over its parts.
const STATEMENT = `
select c.oid::text as oid, coalesce(s.tuples, 0) as tuples, coalesce(s.bytes, 0) as bytes,
  coalesce(s.live, 0) as live, coalesce(s.deleted, 0) as deleted,
  array(select a.attname::text from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attname = any (array(select pg_catalog.jsonb_array_elements_text(w.columns::jsonb)))
      and a.attnum > 0 and not a.attisdropped) as columns,
  coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false) as "schemaUsage",
  coalesce(pg_catalog.has_any_column_privilege(c.oid, 'SELECT'), false) as "selectsAny",
  not exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    and not pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')) as "selectsAll",
  f.attnum is not null as "freshColumn",
  coalesce(pg_catalog.has_column_privilege(c.oid, f.attnum, 'SELECT'), false) as "selectsFresh",
  o.attnum is not null as "oldestColumn",
  coalesce(pg_catalog.has_column_privilege(c.oid, o.attnum, 'SELECT'), false) as "selectsOldest",
  coalesce((select k.attname::text from pg_catalog.pg_attribute k
      where k.attrelid = c.oid and k.attname = w.key and k.attnum > 0 and not k.attisdropped),
    (select k.attname::text from pg_catalog.pg_index i join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attnum = i.indkey[0]
      where w.key is null and i.indrelid = c.oid and i.indisprimary and i.indnkeyatts = 1)) as "keyColumn"
from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[]),
  pg_catalog.unnest($5::text[]), pg_catalog.unnest($6::text[])) with ordinality as w(schema, name, fresh, key, columns, oldest, nth)
left join pg_catalog.pg_namespace n on n.nspname = w.schema
left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name and c.relkind in ('r', 'p', 'm', 'f')
left join lateral (
  with recursive part(oid) as (select c.oid union all select i.inhrelid from pg_catalog.pg_inherits i join part on i.inhparent = part.oid)
  select pg_catalog.sum(greatest(p.reltuples, 0))::float8 as tuples,
    pg_catalog.sum(p.relpages)::float8 * pg_catalog.current_setting('block_size')::float8 as bytes,
    pg_catalog.sum(pg_catalog.pg_stat_get_live_tuples(p.oid))::float8 as live,
    pg_catalog.sum(pg_catalog.pg_stat_get_tuples_deleted(p.oid))::float8 as deleted
  from part join pg_catalog.pg_class p on p.oid = part.oid where p.relkind <> 'p') s on c.oid is not null
left join pg_catalog.pg_attribute f on f.attrelid = c.oid and f.attname = w.fresh and f.attnum > 0 and not f.attisdropped
left join pg_catalog.pg_attribute o on o.attrelid = c.oid and o.attname = w.oldest and o.attnum > 0 and not o.attisdropped
order by w.nth`;

/** One answer per table, in the order asked. Views do not count: a view of the same name is not the table. */
export async function readTableFacts(
  session: Session,
  tables: readonly TableTarget[],
  limit: number,
  signal: AbortSignal,
): Promise<TableFacts[]> {
  if (tables.length === 0) return [];
  const columns = [
    tables.map(({ schema }) => schema),
    tables.map(({ table }) => table),
    tables.map(({ fresh }) => fresh?.column ?? null),
    tables.map(({ sentinel }) => sentinel?.column ?? null),
    tables.map((table) => JSON.stringify(table.columns)),
    tables.map(({ oldest }) => oldest?.column ?? null),
  ];
  return session.query<TableFacts>(STATEMENT, columns, limit, signal);
}

/** Rows, exactly, but no further than `floor` where that is all that is asked. Reads no contents: SELECT on any column will do. */
export async function countRows(
  session: Session,
  table: Pick<TableTarget, 'schema' | 'table' | 'count' | 'floor'>,
  limit: number,
  signal: AbortSignal,
): Promise<number> {
  const from = quoteTable(table);
  const [row] =
    table.count === 'full'
      ? await session.query<{ rows: string }>(`select pg_catalog.count(*) as rows from ${from}`, [], limit, signal)
      : await session.query<{ rows: string }>(
          `select pg_catalog.count(*) as rows from (select from ${from} limit $1) as bounded`,
          [table.floor],
          limit,
          signal,
        );
  return Number(row?.rows ?? Number.NaN);
}

/** SHA-256 of the row as text, made by the server: its contents stay there. `none` or `several` where the key does not name one row. */
export async function digestRow(
  session: Session,
  table: TableTarget,
  column: string,
  key: string,
  limit: number,
  signal: AbortSignal,
): Promise<string> {
  const rows = await session.query<{ digest: string }>(
    `select pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to((sentinel.*)::text, 'UTF8')), 'hex') as digest
       from ${quoteTable(table)} as sentinel where sentinel.${quoteIdentifier(column)} = $1 limit 2`,
    [key],
    limit,
    signal,
  );
  const [first, second] = rows;
  if (!first) return 'none';
  return second ? 'several' : `sha256:${first.digest}`;
}

/** Age of the newest value in ms by the clock of the server; since 1970 where there is none. A value dated in the future does not count. */
export async function newestAge(session: Session, table: TableTarget, column: string, limit: number, signal: AbortSignal): Promise<number> {
  const newest = `coalesce(pg_catalog.max(${quoteIdentifier(column)})::timestamptz, pg_catalog.to_timestamp(0))`;
  return ageOf(newest, session, table, column, limit, signal);
}

/** Age of the oldest value in ms by the clock of the server; 0 where there is none. */
export async function oldestAge(session: Session, table: TableTarget, column: string, limit: number, signal: AbortSignal): Promise<number> {
  const oldest = `coalesce(pg_catalog.min(${quoteIdentifier(column)})::timestamptz, pg_catalog.clock_timestamp())`;
  return ageOf(oldest, session, table, column, limit, signal);
}

async function ageOf(
  moment: string,
  session: Session,
  table: TableTarget,
  column: string,
  limit: number,
  signal: AbortSignal,
): Promise<number> {
  const [row] = await session.query<{ age: number }>(
    `select (extract(epoch from pg_catalog.clock_timestamp() - ${moment}) * 1000)::float8 as age
       from ${quoteTable(table)} where ${quoteIdentifier(column)} <= pg_catalog.statement_timestamp() + interval '1 minute'`,
    [],
    limit,
    signal,
  );
  return row?.age ?? Number.NaN;
}
