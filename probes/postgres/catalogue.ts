import type { Session } from './session.ts';
import { BEHIND } from './standby.ts';

/** One database as `pg_database` lists it. */
export interface Listed {
  readonly oid: string;
  readonly name: string;
  readonly allowsConnections: boolean;
  /** -1: no limit; -2: being dropped, or left half dropped. */
  readonly connectionLimit: number;
  readonly template: boolean;
  readonly commits: number;
  readonly deleted: number;
  readonly statsReset: string;
  /** Bytes; null where it was not asked for, or may not be. */
  readonly size: number | null;
}

/** What one server says of itself and of all its databases, in one answer. */
export interface Catalogue {
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** When the postmaster started: with `statsReset` the epoch of the counters. */
  readonly started: string;
  /** The database that was asked; it must be in the listing itself. */
  readonly asked: string;
  /** Seconds behind its primary: see `BEHIND`. */
  readonly behind: number | null;
  readonly databases: readonly Listed[];
}

// One statement and one row, whatever the number of databases; the counters by function, because the view computes thirty of them.
// A size is a walk over all files of a database: only of those in $1, and only where it would not be refused.
const STATEMENT = `
select system.system_identifier::text as system, checkpoint.timeline_id as timeline,
  pg_catalog.pg_postmaster_start_time()::text as started, pg_catalog.current_database() as asked,
  ${BEHIND} as behind,
  (select pg_catalog.json_agg(pg_catalog.json_build_array(d.oid::text, d.datname, d.datallowconn, d.datconnlimit, d.datistemplate,
      pg_catalog.pg_stat_get_db_xact_commit(d.oid), pg_catalog.pg_stat_get_db_tuples_deleted(d.oid),
      coalesce(pg_catalog.pg_stat_get_db_stat_reset_time(d.oid)::text, ''),
      case when d.datname = any ($1::text[]) and d.datconnlimit <> -2 and (pg_catalog.has_database_privilege(d.oid, 'CONNECT')
        or pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')) then pg_catalog.pg_database_size(d.oid) end))
    from pg_catalog.pg_database d)::text as databases
from pg_catalog.pg_control_system() as system, pg_catalog.pg_control_checkpoint() as checkpoint`;

interface Row {
  readonly system: string;
  readonly timeline: number;
  readonly started: string;
  readonly asked: string;
  readonly behind: number | null;
  readonly databases: string;
}

type ListedRow = [string, string, boolean, number, boolean, number, number, string, number | null];

/** Reads it, and the sizes of the databases named. `limit` in ms. @throws what the session throws, and Error where the answer is not what was asked for. */
export async function readCatalogue(session: Session, sized: readonly string[], limit: number, signal: AbortSignal): Promise<Catalogue> {
  const [row] = await session.query<Row>(STATEMENT, [sized], limit, signal);
  if (!row) throw new Error('the catalogue query answered without a row');
  const databases = (JSON.parse(row.databases) as ListedRow[]).map(listed);
  return {
    systemIdentifier: row.system,
    timeline: row.timeline,
    started: row.started,
    asked: row.asked,
    behind: row.behind,
    databases,
  };
}

function listed([oid, name, allowsConnections, connectionLimit, template, commits, deleted, statsReset, size]: ListedRow): Listed {
  return { oid, name, allowsConnections, connectionLimit, template, commits, deleted, statsReset, size };
}
