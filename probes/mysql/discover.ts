import { propose, MOST_TABLES, NAMED_TABLES, type CountedTable, type DatabaseContents } from '../../src/probe-kit/propose.ts';
import type { Discovery, DiscoveryDepth, Found } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { MysqlConnector } from './connector.ts';
import { readServer, type Asking, type Server } from './server.ts';
import type { Session } from './session.ts';
import { literal } from './sql-text.ts';
import { isBuiltin } from './sweep.ts';
import { countRows, type Room } from './table-facts.ts';

/** Tables larger than this are not counted for a proposal: the estimate will do. One whose size nobody knows is counted no further than so many rows. */
const COUNTED_BYTES = 16 * 1024 ** 2;
const COUNTED_ROWS = 1_000_000;
/** Where the marker is. */
const OURS = 'rollcall';

interface Exploration {
  readonly connector: MysqlConnector;
  readonly depth: DiscoveryDepth;
  readonly asking: Asking;
}

/** Every database that is shown to us but the server's own and the marker's; with `proposals` what each holds. */
export async function* discoverServer({ connector, depth, asking }: Exploration): AsyncGenerator<Discovery> {
  let session: Session | undefined;
  try {
    session = await connector.open(asking.signal, { statement: asking.statement });
    const server = await readServer(session, asking);
    const names = server.databases.filter((name) => !isBuiltin(name) && name !== OURS).sort();
    // What may be there and is not shown, is shown to one who may see all names.
    if (!(await seesAll(session, asking)))
      yield {
        kind: 'unexplored',
        on: 'the server',
        reason: 'denied',
        say: 'only databases that this account has rights on are shown; it takes GRANT SHOW DATABASES ON *.*',
        hides: true,
      };
    for (const [nth, name] of names.entries()) {
      const pin = 'server_uuid' in server.identity ? server.identity : {};
      const found: Found = { kind: 'found', of: 'mysql.database', label: name, name, entry: { name }, pin };
      yield depth === 'names' ? found : { ...found, ...(await proposeFor(session, server, name, asking)) };
      if (depth === 'proposals') yield { kind: 'progress', done: nth + 1, of: names.length, what: `database ${clean(name, 60)}` };
    }
  } catch (error) {
    if (asking.signal.aborted) return;
    const { reason, say } = connector.failure(error);
    yield { kind: 'unexplored', on: 'the server', reason, say, hides: true };
  } finally {
    await session?.close();
  }
}

async function seesAll(session: Session, { statement, signal }: Asking): Promise<boolean> {
  const { rows } = await session.query(
    "select 1 from information_schema.user_privileges where privilege_type = 'SHOW DATABASES' limit 1",
    statement,
    signal,
  );
  return rows.length > 0;
}

async function proposeFor(session: Session, server: Server, name: string, asking: Asking): Promise<Partial<Found>> {
  const room: Room = { session, server, database: name, limit: asking.statement, signal: asking.signal };
  try {
    return propose(await contentsOf(room), { sized: false });
  } catch (error) {
    if (session.over) throw error;
    return { facts: [clean(`could not be looked into: ${error instanceof Error ? error.message : ''}`, 200)] };
  }
}

async function contentsOf(room: Room): Promise<DatabaseContents> {
  const { session, database, limit, signal } = room;
  const { rows } = await session.query(
    `select table_name, table_rows, data_length + index_length as bytes from information_schema.tables
      where table_schema = ${literal(database)} and table_type = 'BASE TABLE' order by bytes desc, table_name limit ${MOST_TABLES + 1}`,
    limit,
    signal,
  );
  const tables: CountedTable[] = [];
  for (const [key, estimated, size] of rows) {
    const bytes = Number(size ?? 0);
    const counted = tables.length < NAMED_TABLES && bytes <= COUNTED_BYTES ? await countFor(room, key ?? '') : null;
    tables.push({
      key: key ?? '',
      rows: estimated === null || estimated === undefined ? null : Number(estimated),
      bytes,
      readable: counted !== null,
      counted,
    });
  }
  return { size: tables.reduce((sum, { bytes }) => sum + bytes, 0), tables };
}

/** Exact where that is cheap. What cannot be counted (no right, a lock) has an estimate still. */
async function countFor(room: Room, name: string): Promise<number | null> {
  try {
    const counted = await countRows(room, { name, count: 'floor', floor: COUNTED_ROWS });
    return counted < COUNTED_ROWS ? counted : null;
  } catch (error) {
    if (room.session.over) throw error;
    return null;
  }
}
