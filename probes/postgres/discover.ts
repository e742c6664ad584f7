import type { Discovery, DiscoveryDepth, Found } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { readCatalogue, type Catalogue, type Listed } from './catalogue.ts';
import type { PostgresConnector } from './connector.ts';
import { readTotals } from './database-facts.ts';
import { hasTables, keyOf, readTables, type DiscoveredTable } from './discovered-tables.ts';
import { inLanes } from '../../src/probe-kit/lanes.ts';
import { SWEEP_STATEMENT_MS } from '../../src/probe-kit/patience.ts';
import { NAMED_TABLES, propose, type CountedTable, type DatabaseContents } from '../../src/probe-kit/propose.ts';
import type { Session } from './session.ts';
import { countRows } from './table-facts.ts';

const LANES = 2;
/** Tables larger than this are not counted for a proposal: the estimate will do. One that was never analyzed is counted no further than so many rows. */
const COUNTED_BYTES = 16 * 1024 ** 2;
const COUNTED_ROWS = 1_000_000;
/** Made by initdb, and empty unless somebody uses it. */
const MAINTENANCE = 'postgres';

interface Exploration {
  readonly connector: PostgresConnector;
  readonly depth: DiscoveryDepth;
  /** What one statement may take, ms. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** Every database of the server but its templates, and `postgres` only where something is in it; with `proposals` what each holds. */
export async function* discoverServer(exploration: Exploration): AsyncGenerator<Discovery> {
  const { connector, depth, limit, signal } = exploration;
  let catalogue: Catalogue;
  try {
    catalogue = await connector.within(signal, { statement: SWEEP_STATEMENT_MS }, (session) =>
      readCatalogue(session, [], SWEEP_STATEMENT_MS, signal),
    );
  } catch (error) {
    if (signal.aborted) return;
    const { reason, say } = connector.failure(error);
    yield { kind: 'unexplored', on: 'the server', reason, say, hides: true };
    return;
  }
  const { systemIdentifier } = catalogue;
  const databases = catalogue.databases.filter(({ template }) => !template).sort((a, b) => (a.name < b.name ? -1 : 1));
  let done = 0;
  yield* inLanes<Listed, Discovery>(databases, LANES, signal, async (listed, say) => {
    const { name, oid } = listed;
    const within = { database: name, statement: limit };
    const found: Found = {
      kind: 'found',
      of: 'postgres.database',
      label: name,
      name,
      entry: { name },
      pin: { system_identifier: systemIdentifier, oid },
    };
    try {
      if (depth === 'names' && name !== MAINTENANCE) say(found);
      else if (!listed.allowsConnections || listed.connectionLimit === -2) say({ ...found, facts: [closed(listed)] });
      else if (depth === 'names') {
        if (await connector.within(signal, within, async (session) => hasTables(session, limit, signal))) say(found);
      } else {
        const contents = await connector.within(signal, within, async (session) => lookInto(session, exploration));
        if (name !== MAINTENANCE || contents.tables.length > 0) say({ ...found, ...propose(contents, { sized: true }) });
      }
    } catch (error) {
      if (signal.aborted) return;
      const { reason, say: why } = connector.failure(error);
      const unexplored = { kind: 'unexplored', on: `database ${clean(name, 100)}`, reason, say: why } as const;
      // Whether anything is in `postgres` is not known: what does not answer now must not be news because it did a moment ago.
      if (depth === 'names' && reason !== 'denied') return say({ ...unexplored, hides: true });
      say({ ...found, facts: [clean(`could not be looked into: ${why}`, 200)] });
      if (depth === 'proposals') say({ ...unexplored, hides: false });
    }
    done++;
    if (depth === 'proposals') say({ kind: 'progress', done, of: databases.length, what: `database ${clean(name, 60)}` });
  });
}

function closed({ connectionLimit }: Listed): string {
  return connectionLimit === -2 ? 'half dropped: DROP DATABASE was begun and not ended' : 'takes no connections (datallowconn)';
}

async function lookInto(session: Session, { limit, signal }: Exploration): Promise<DatabaseContents> {
  const { size } = await readTotals(session, limit, signal);
  const listed = await readTables(session, limit, signal);
  const tables: CountedTable[] = [];
  for (const table of listed)
    tables.push({ ...table, key: keyOf(table), counted: tables.length < NAMED_TABLES ? await count(session, table, limit, signal) : null });
  return { size, tables };
}

/** Exact where that is cheap. What cannot be counted (a lock, row-level security) has an estimate still. */
async function count(session: Session, table: DiscoveredTable, limit: number, signal: AbortSignal): Promise<number | null> {
  if (!table.readable || table.bytes > COUNTED_BYTES) return null;
  try {
    const rows = await countRows(session, { ...table, count: 'floor', floor: COUNTED_ROWS }, limit, signal);
    return rows < COUNTED_ROWS ? rows : null;
  } catch (error) {
    if (session.over || signal.aborted) throw error;
    return null;
  }
}
