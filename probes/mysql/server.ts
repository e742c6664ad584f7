import type { Denial } from '../../src/probe-kit/failure.ts';
import { formatDuration } from '../../src/values/duration.ts';
import { errorNumber, ERRORS, failureOf } from './errors.ts';
import type { Session } from './session.ts';

/** What one server says of itself and of its databases. */
export interface Server {
  /** What it is known by, or why that cannot be told. */
  readonly identity: { readonly server_uuid: string } | Denial;
  readonly version: string;
  /** True where names of databases and tables differ by more than case. */
  readonly foldsNames: boolean;
  /** DROP DATABASE, DROP TABLE and TRUNCATE statements since it was started, whosesoever they were. */
  readonly drops: number;
  readonly rowsDeleted: number;
  readonly binlog: boolean;
  /** How long binary logs are kept, ms; undefined where it is for ever. */
  readonly binlogKeeps: number | undefined;
  /** Why an answer may be older than it is good for; undefined where it is not. */
  readonly stale: string | undefined;
  /** Names of the databases that are shown to us; never taken for all there are. */
  readonly databases: readonly string[];
}

export interface Asking {
  /** Whether the server is known by its marker even where it has an id of its own. */
  readonly marker: boolean;
  /** How far behind its primary a replica may be, ms. */
  readonly lag: number;
  /** What one statement may take, ms. */
  readonly statement: number;
  readonly signal: AbortSignal;
}

const VARIABLES = `show global variables where variable_name in ('server_uuid', 'version', 'lower_case_table_names', 'read_only',
  'super_read_only', 'log_bin', 'binlog_expire_logs_seconds')`;
const STATUS = `show global status where variable_name in ('Com_drop_db', 'Com_drop_table', 'Com_truncate', 'Handler_delete')`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Asks one server who it is, how old its word is and what it has. @throws what the session throws. */
export async function readServer(session: Session, asking: Asking): Promise<Server> {
  const ask = async (sql: string) => session.query(sql, asking.statement, asking.signal);
  const pairs = async (sql: string) => new Map((await ask(sql)).rows.map(([name, value]) => [(name ?? '').toLowerCase(), value ?? '']));
  const variables = await pairs(VARIABLES);
  const status = await pairs(STATUS);
  const { rows } = await ask('select schema_name from information_schema.schemata');
  const readOnly = [variables.get('read_only'), variables.get('super_read_only')].some((value) => isOn(value));
  const seconds = Number(variables.get('binlog_expire_logs_seconds') ?? 0);
  const counted = (name: string) => Number(status.get(name) ?? Number.NaN);
  return {
    identity: await readIdentity(session, variables.get('server_uuid'), asking),
    version: variables.get('version') ?? '',
    foldsNames: variables.get('lower_case_table_names') !== '0',
    drops: counted('com_drop_db') + counted('com_drop_table') + counted('com_truncate'),
    rowsDeleted: counted('handler_delete'),
    binlog: isOn(variables.get('log_bin')),
    binlogKeeps: seconds > 0 ? seconds * 1000 : undefined,
    stale: await readStaleness(session, readOnly, asking),
    databases: rows.map(([name]) => name ?? ''),
  };
}

/** A name as this server compares it. */
export function foldName(name: string, { foldsNames }: Pick<Server, 'foldsNames'>): string {
  return foldsNames ? name.toLowerCase() : name;
}

function isOn(value: string | undefined): boolean {
  return value === 'ON' || value === '1';
}

async function readIdentity(
  session: Session,
  uuid: string | undefined,
  { marker, statement, signal }: Asking,
): Promise<Server['identity']> {
  if (!marker && uuid !== undefined && UUID.test(uuid.toLowerCase())) return { server_uuid: uuid.toLowerCase() };
  const takes = 'it takes the database rollcall with its table server, as rollcall grants prints them';
  const lack = `who answers cannot be told: ${marker ? 'this connection asks for a marker' : 'MariaDB has no id of its own'}, and ${takes}`;
  try {
    const { rows } = await session.query('select uuid from rollcall.server limit 2', statement, signal);
    const found = rows[0]?.[0]?.trim().toLowerCase() ?? '';
    if (rows.length === 1 && UUID.test(found)) return { server_uuid: found };
    return { reason: 'protocol', say: `${lack}; it must hold one UUID and nothing else` };
  } catch (error) {
    if (session.over || errorNumber(error) === undefined) throw error;
    const { reason, say } = failureOf(error);
    return { reason: reason === 'timeout' ? reason : 'denied', say: `${lack} (${say})` };
  }
}

/** By the replication channels, where we may see them; a server that only lets itself be read is a replica until it is shown not to be. */
async function readStaleness(session: Session, readOnly: boolean, { lag, statement, signal }: Asking): Promise<string | undefined> {
  const mariadb = session.flavour === 'mariadb';
  try {
    const { columns, rows } = await session.query(mariadb ? 'show all replicas status' : 'show replica status', statement, signal);
    const at = columns.findIndex((name) => /^seconds_behind_(source|master)$/i.test(name));
    const behind = rows.map((row) => row[at] ?? null);
    if (behind.some((seconds) => seconds === null)) return 'a replica that is stopped, or that cannot say how far it is behind';
    const worst = Math.max(0, ...behind.map(Number)) * 1000;
    return worst <= lag ? undefined : `a replica ${formatDuration(worst)} behind, more than ${formatDuration(lag)}`;
  } catch (error) {
    if (session.over || errorNumber(error) !== ERRORS.privilegeMissing) throw error;
    if (!readOnly) return undefined;
    const grant = mariadb ? 'SLAVE MONITOR' : 'REPLICATION CLIENT';
    return `a read-only server, and whether it is a replica, and how far behind, may not be seen: it takes GRANT ${grant} ON *.*`;
  }
}
