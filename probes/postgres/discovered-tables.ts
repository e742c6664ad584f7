import { MOST_TABLES } from '../../src/probe-kit/propose.ts';
import type { Session } from './session.ts';
import { quoteIdentifier } from './table-name.ts';

/** A table as the catalogue and its statistics describe it. */
export interface DiscoveredTable {
  readonly schema: string;
  readonly table: string;
  /** Estimated rows, partitions included; null where some of it has pages and was never analyzed. */
  readonly rows: number | null;
  /** Estimated bytes, from pages. */
  readonly bytes: number;
  /** Whether this role may count it. */
  readonly readable: boolean;
}

// Whole tables, not their partitions; without those of extensions, which belong to nobody's data, and without unlogged ones, which a crash empties.
const STATEMENT = `
select n.nspname::text as schema, c.relname::text as table, s.bytes, case when s.unknown then null else s.tuples end as rows,
  pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_any_column_privilege(c.oid, 'SELECT') as readable
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace, lateral (
  with recursive part(oid) as (select c.oid union all select i.inhrelid from pg_catalog.pg_inherits i join part on i.inhparent = part.oid)
  select pg_catalog.sum(greatest(p.reltuples, 0))::float8 as tuples,
    pg_catalog.sum(p.relpages)::float8 * pg_catalog.current_setting('block_size')::float8 as bytes,
    pg_catalog.bool_or(p.reltuples < 0 and p.relkind <> 'p') as unknown
  from part join pg_catalog.pg_class p on p.oid = part.oid) s
where c.relkind in ('r', 'p', 'm') and c.relpersistence = 'p' and not c.relispartition
  and n.nspname <> 'information_schema' and pg_catalog.left(n.nspname, 3) <> 'pg_'
  and not exists (select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = c.oid and e.deptype = 'e')
order by s.bytes desc, n.nspname, c.relname limit $1`;

/** Whether one table of anybody's data is in the database of this session. */
const ANY = `select exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and n.nspname <> 'information_schema' and pg_catalog.left(n.nspname, 3) <> 'pg_') as any`;

/** The largest first; one more than `MOST_TABLES` where there are more. */
export async function readTables(session: Session, limit: number, signal: AbortSignal): Promise<DiscoveredTable[]> {
  return session.query<DiscoveredTable>(STATEMENT, [MOST_TABLES + 1], limit, signal);
}

export async function hasTables(session: Session, limit: number, signal: AbortSignal): Promise<boolean> {
  const [row] = await session.query<{ any: boolean }>(ANY, [], limit, signal);
  return row?.any ?? true;
}

const BARE = /^[^."\0]{1,63}$/;

/** As the manifest names a table. */
export function keyOf({ schema, table }: Pick<DiscoveredTable, 'schema' | 'table'>): string {
  return [schema, table].map((part) => (BARE.test(part) ? part : quoteIdentifier(part))).join('.');
}
