import type { Session } from './session.ts';
import type { TableName } from './table-name.ts';

// `pg_locks` is shown to everybody, and reading it waits for none of the locks in it. Where a wait has only just begun, its start is null.
const STATEMENT = `
select coalesce((select pg_catalog.max(extract(epoch from pg_catalog.clock_timestamp() - l.waitstart)) * 1000
    from pg_catalog.pg_locks l join pg_catalog.pg_database d on d.oid = l.database
    where not l.granted and l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.relation = c.oid
      and d.datname = pg_catalog.current_database()), 0)::float8 as waited
from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) with ordinality as w(schema, name, nth)
left join pg_catalog.pg_namespace n on n.nspname = w.schema
left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
order by w.nth`;

/**
 * How long a session has been waiting to have each table to itself, ms; 0 where none is. DROP TABLE, TRUNCATE and most of ALTER TABLE
 * wait so, as long as anything else uses the table.
 */
export async function readLockWaits(
  session: Session,
  tables: readonly TableName[],
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly waited: number }[]> {
  return session.query(STATEMENT, [tables.map(({ schema }) => schema), tables.map(({ table }) => table)], limit, signal);
}
