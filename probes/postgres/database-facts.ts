import type { Session } from './session.ts';
import { BEHIND } from './standby.ts';

/** Which database this session is in, by the server's own word, and its totals where they are asked for. */
export interface DatabaseFacts {
  readonly system: string;
  readonly oid: string;
  readonly user: string;
  readonly started: string;
  readonly statsReset: string;
  /** The server's clock, ms since 1970. */
  readonly now: number;
  /** Seconds behind its primary: see `BEHIND`. */
  readonly behind: number | null;
}

const IDENTITY = `
select system.system_identifier::text as system, d.oid::text as oid, current_user::text as "user",
  pg_catalog.pg_postmaster_start_time()::text as started,
  coalesce(pg_catalog.pg_stat_get_db_stat_reset_time(d.oid)::text, '') as "statsReset",
  extract(epoch from pg_catalog.clock_timestamp())::float8 * 1000 as now, ${BEHIND} as behind
from pg_catalog.pg_control_system() as system, pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`;

// Partitions count, the tables they are parts of do not.
const TABLES = `pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and c.relpersistence <> 't'
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;

const TOTALS = `
select pg_catalog.pg_database_size(pg_catalog.current_database())::float8 as size,
  coalesce(pg_catalog.sum(greatest(c.reltuples, 0)), 0)::float8 as tuples, pg_catalog.count(*)::float8 as tables
from ${TABLES}`;

// Without those that came with an extension: its hundreds would hide the loss of one's own.
const OBJECTS = `
select (select pg_catalog.count(*) from ${TABLES})::float8 as tables,
  (select pg_catalog.count(*) from pg_catalog.pg_proc f join pg_catalog.pg_namespace n on n.oid = f.pronamespace
    where n.nspname not in ('pg_catalog', 'information_schema') and pg_catalog.left(n.nspname, 7) <> 'pg_temp'
      and not exists (select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and e.objid = f.oid and e.deptype = 'e'))::float8 as functions`;

export interface Totals {
  /** Bytes, exact, the catalogue included. */
  readonly size: number;
  /** Estimated rows of all tables; one never analyzed counts as none. */
  readonly tuples: number;
  readonly tables: number;
}

export interface Objects {
  readonly tables: number;
  /** Functions, procedures and aggregates. */
  readonly functions: number;
}

export async function readDatabaseFacts(session: Session, limit: number, signal: AbortSignal): Promise<DatabaseFacts> {
  const [row] = await session.query<DatabaseFacts>(IDENTITY, [], limit, signal);
  if (!row) throw new Error('the database does not find itself in pg_database');
  return row;
}

export async function readTotals(session: Session, limit: number, signal: AbortSignal): Promise<Totals> {
  const [row] = await session.query<Totals>(TOTALS, [], limit, signal);
  if (!row) throw new Error('the query for totals answered without a row');
  return row;
}

export async function readObjects(session: Session, limit: number, signal: AbortSignal): Promise<Objects> {
  const [row] = await session.query<Objects>(OBJECTS, [], limit, signal);
  if (!row) throw new Error('the query for objects answered without a row');
  return row;
}
