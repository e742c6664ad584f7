import type { Denial } from '../../src/probe-kit/failure.ts';
import { exact, type Measures } from '../../src/probe-kit/measure.ts';
import { OBJECTS } from '../../src/probe-kit/object-counts.ts';
import { freshFacet, oldestFacet, tableFacet } from '../../src/probe-kit/table-rows.ts';
import { lacking, tellFacet, type Inspected } from '../../src/probe-kit/tell-facet.ts';
import { errorNumber, ERRORS } from './errors.ts';
import { ageOf, askForTable, countRows, countTables, deniedSelect, isTableGone, listTables, type Room } from './table-facts.ts';
import { BINLOG, BINLOG_FILES, type DatabaseTarget, type TableTarget } from './target.ts';

/** Said of logs that are kept for ever: a thousand years. */
const FOR_EVER_MS = 1000 * 365 * 86_400_000;
/** No row at all is older than any age, and so no row is fresh. */
const NO_ROW_MS = FOR_EVER_MS;

/** Looks into one database. Each facet is spoken for on its own, as soon as it is known. @throws where the session is gone before all is said. */
export async function inspect(target: DatabaseTarget, room: Room, inspected: Inspected): Promise<void> {
  await tellFacet(inspected, OBJECTS, 'information_schema.tables', async () => {
    const total = await countTables(room);
    return typeof total === 'number' ? { tables_total: exact(total, 'count') } : total;
  });
  if (target.binlog) await tellFacet(inspected, BINLOG, 'log_bin', () => binlog(room));
  if (target.binlogFiles) await tellFacet(inspected, BINLOG_FILES, 'SHOW BINARY LOGS', async () => binlogFiles(room));
  const listed = await listTables(room, target.tables);
  for (const table of target.tables) {
    // Where it is there a moment later, it took the place of another, as tools that change a table in the background let it.
    const here = listed.get(table.name) ?? (await askForTable(room, table.name));
    await tellTable(table, here, room, inspected);
  }
}

async function tellTable(table: TableTarget, here: 'there' | 'gone' | 'hidden', room: Room, inspected: Inspected): Promise<void> {
  const { name, fresh, oldest } = table;
  const at = `tables.${name}`;
  const unseen = lacking(`GRANT REFERENCES ON ${name}`);
  await tellFacet(inspected, tableFacet(name), table.count === 'exists' ? 'information_schema.tables' : 'count(*)', async () => {
    if (here === 'hidden') return unseen;
    if (here === 'gone') return gone(at);
    const there = { [`${at}.present`]: exact(1, 'flag') };
    if (table.count === 'exists') return there;
    try {
      return { ...there, [`${at}.rows`]: exact(await countRows(room, table), 'rows') };
    } catch (error) {
      return isTableGone(error) ? gone(at) : deniedSelect(error, room, name, '<any column>');
    }
  });
  const age = async (column: string, which: 'max' | 'min', measure: string, none: number): Promise<Measures | Denial> => {
    if (here === 'hidden') return unseen;
    const found = here === 'gone' ? null : await ageOf(room, name, column, which);
    if (found !== null && typeof found === 'object') return found;
    return { [`${at}.${measure}`]: exact(found ?? none, 'ms') };
  };
  if (fresh)
    await tellFacet(inspected, freshFacet(name), `max(${fresh.column})`, async () => age(fresh.column, 'max', 'newest_age', NO_ROW_MS));
  if (oldest)
    await tellFacet(inspected, oldestFacet(name), `min(${oldest.column})`, async () => age(oldest.column, 'min', 'oldest_age', 0));
}

/** A table that is not there has no rows: that much is exact. */
function gone(at: string): Measures {
  return { [`${at}.present`]: exact(0, 'flag'), [`${at}.rows`]: exact(0, 'rows') };
}

function binlog({ server }: Room): Measures {
  return {
    'binlog.on': exact(server.binlog ? 1 : 0, 'flag'),
    'binlog.keeps': exact(server.binlog ? (server.binlogKeeps ?? FOR_EVER_MS) : 0, 'ms'),
  };
}

async function binlogFiles({ session, server, limit, signal }: Room): Promise<Measures | Denial> {
  // Where none is written the server has none to show, and says so by an error.
  if (!server.binlog) return { 'binlog.files': exact(0, 'count') };
  try {
    const { rows } = await session.query('show binary logs', limit, signal);
    return { 'binlog.files': exact(rows.length, 'count') };
  } catch (error) {
    if (session.over || errorNumber(error) !== ERRORS.privilegeMissing) throw error;
    return lacking('GRANT REPLICATION CLIENT ON *.*');
  }
}
