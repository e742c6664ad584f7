import type { Session } from './session.ts';

/** What the server says of its WAL archiving. */
export interface Archiving {
  /** `off`, `on` or `always`. */
  readonly mode: string;
  readonly standby: boolean;
  /** The last attempt failed. */
  readonly failing: boolean;
  /** Since the last file was archived, ms; where there was none, since the server or its statistics began. */
  readonly age: number;
}

const ARCHIVING = `
select pg_catalog.current_setting('archive_mode') as mode, pg_catalog.pg_is_in_recovery() as standby,
  coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) as failing,
  (extract(epoch from pg_catalog.clock_timestamp()
    - coalesce(a.last_archived_time, greatest(a.stats_reset, pg_catalog.pg_postmaster_start_time()))) * 1000)::float8 as age
from pg_catalog.pg_stat_archiver a`;

// By its text: the column that says so came with version 17.
const SLOTS = `
select w.name, case when s.slot_name is null then 'gone'
    when s.wal_status = 'lost' or pg_catalog.to_jsonb(s)->>'invalidation_reason' is not null then 'lost' else 'there' end as state
from pg_catalog.unnest($1::text[]) with ordinality as w(name, nth)
left join pg_catalog.pg_replication_slots s on s.slot_name = w.name order by w.nth`;

// The name of a client is shown to everybody; what it is doing takes pg_read_all_stats and is not needed.
const STANDBYS = `
select w.name, exists (select from pg_catalog.pg_stat_replication r where r.application_name = w.name) as "connected"
from pg_catalog.unnest($1::text[]) with ordinality as w(name, nth) order by w.nth`;

// Roles called pg_ belong to the server; pg_database_owner stands for the owner of the database, who is asked for by itself.
const STRANGERS = `
select r.rolname::text as name from pg_catalog.pg_roles r
where r.rolname <> all ($1::text[]) and pg_catalog.left(r.rolname, 3) <> 'pg_' and (r.rolsuper
  or exists (select from pg_catalog.pg_database d where d.datname = pg_catalog.current_database() and d.datdba = r.oid)
  or exists (select from pg_catalog.pg_namespace n where n.nspowner = r.oid and pg_catalog.left(n.nspname, 3) <> 'pg_')
  or exists (select from pg_catalog.pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'))
order by r.rolname limit 10`;

export async function readArchiving(session: Session, limit: number, signal: AbortSignal): Promise<Archiving> {
  const [row] = await session.query<Archiving>(ARCHIVING, [], limit, signal);
  if (!row) throw new Error('pg_stat_archiver answered without a row');
  return row;
}

/** Per name: `there`, `lost` (it no longer holds the WAL that it promised) or `gone`. */
export async function readSlots(
  session: Session,
  names: readonly string[],
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly state: string }[]> {
  return session.query(SLOTS, [names], limit, signal);
}

export async function readStandbys(
  session: Session,
  names: readonly string[],
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly connected: boolean }[]> {
  return session.query(STANDBYS, [names], limit, signal);
}

/** Roles beyond `owners` that are superuser or own the database, a schema or a table of it; the first ten by name. */
export async function readStrangers(
  session: Session,
  owners: readonly string[],
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly name: string }[]> {
  return session.query(STRANGERS, [owners], limit, signal);
}
