import type { Denial } from '../../src/probe-kit/failure.ts';
import { lacking } from '../../src/probe-kit/tell-facet.ts';
import { errorNumber, ERRORS, failureOf } from './errors.ts';
import { foldName, type Server } from './server.ts';
import type { Session } from './session.ts';
import { literal, quotePattern, quoteName, quoteTable } from './sql-text.ts';
import type { TableTarget } from './target.ts';

/** A session in which one database is looked into. `limit`: what one statement may take, ms. */
export interface Room {
  readonly session: Session;
  readonly server: Server;
  readonly database: string;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** Views are no tables: one of the same name is not the table. */
const TABLES = "table_type not in ('VIEW', 'SYSTEM VIEW', 'SEQUENCE')";
/** A name that nobody gives a table. */
const NOBODYS = 'rollcall: nobody\u2019s table';

/**
 * How many tables the database has: exactly, because whoever may see them by a right on the whole database sees all of them. The server
 * says that a table of that name does not exist (1146) only to such a one, and to everybody else that they have no right (1142).
 */
export async function countTables(room: Room): Promise<number | Denial> {
  const { session, database, limit, signal } = room;
  const { rows } = await session.query(
    `select count(*) from information_schema.tables where table_schema = ${literal(database)} and ${TABLES}`,
    limit,
    signal,
  );
  if ((await askForTable(room, NOBODYS)) !== 'gone') return lacking(`GRANT REFERENCES ON ${quotePattern(database)}.*`);
  return Number(rows[0]?.[0] ?? Number.NaN);
}

/**
 * Which of the wanted tables are listed, by their names as wanted: `gone` where a view has the name, which the server would not show to
 * whoever asks for it by that name.
 */
export async function listTables(room: Room, wanted: readonly TableTarget[]): Promise<ReadonlyMap<string, 'there' | 'gone'>> {
  if (wanted.length === 0) return new Map();
  const { session, server, database, limit, signal } = room;
  const names = wanted.map(({ name }) => literal(name)).join(', ');
  const { rows } = await session.query(
    `select table_schema, table_name, ${TABLES} from information_schema.tables
      where table_schema = ${literal(database)} and table_name in (${names})`,
    limit,
    signal,
  );
  // The catalogue compares without regard to case and accents, whatever the server does with names.
  const same = (a: string | null | undefined, b: string): boolean => foldName(a ?? '', server) === foldName(b, server);
  return new Map(
    wanted.flatMap(({ name }) => {
      const found = rows.find((row) => same(row[0], database) && same(row[1], name));
      return found ? [[name, found[2] === '0' ? 'gone' : 'there'] as const] : [];
    }),
  );
}

/** Asked for itself, as with databases: rights come first. @throws any other word of the server. */
export async function askForTable({ session, database, limit, signal }: Room, name: string): Promise<'there' | 'gone' | 'hidden'> {
  try {
    await session.query(`show create table ${quoteTable(database, name)}`, limit, signal);
    return 'there';
  } catch (error) {
    const number = errorNumber(error);
    if (number === ERRORS.noSuchTable || number === ERRORS.unknownDatabase) return 'gone';
    if (number === ERRORS.tableDenied) return 'hidden';
    throw error;
  }
}

/** Rows, exactly, but no further than the floor where that is all that is asked. Reads no contents: SELECT on any column will do. */
export async function countRows(room: Room, table: Pick<TableTarget, 'name' | 'count' | 'floor'>): Promise<number> {
  const from = quoteTable(room.database, table.name);
  const sql =
    table.count === 'full'
      ? `select count(*) from ${from}`
      : `select count(*) from (select 1 from ${from} limit ${table.floor}) as bounded`;
  const { rows } = await room.session.query(sql, room.limit, room.signal);
  return Number(rows[0]?.[0] ?? Number.NaN);
}

const TEMPORAL = new Set(['datetime', 'timestamp', 'date']);

/** Age of the newest or the oldest value in ms by the clock of the server; null where there is none. A value dated in the future does not count. */
export async function ageOf(room: Room, table: string, column: string, which: 'max' | 'min'): Promise<number | null | Denial> {
  const { session, database, limit, signal } = room;
  const name = quoteName(column);
  try {
    // Asked for before its type, which is shown only of what one may read.
    const { rows } = await session.query(
      `select timestampdiff(microsecond, ${which}(${name}), now(6)) div 1000 from ${quoteTable(database, table)} where ${name} <= now(6) + interval 1 minute`,
      limit,
      signal,
    );
    const type = await typeOf(room, table, column);
    if (!TEMPORAL.has(type)) return { reason: 'protocol', say: `${table}.${column} is no DATETIME, TIMESTAMP or DATE` };
    const age = rows[0]?.[0] ?? null;
    return age === null ? null : Number(age);
  } catch (error) {
    const number = errorNumber(error);
    if (number === ERRORS.unknownColumn) return { reason: 'protocol', say: `${table} has no column ${column}` };
    return deniedSelect(error, room, table, name);
  }
}

/** The grant that a refused SELECT lacks. @throws `error` where it is no such refusal. */
export function deniedSelect(error: unknown, { session, database }: Room, table: string, column: string): Denial {
  const number = errorNumber(error);
  if (session.over || (number !== ERRORS.tableDenied && number !== ERRORS.columnDenied)) throw error;
  return lacking(`GRANT SELECT (${column}) ON ${quoteTable(database, table)}`);
}

/** True where the table is named still, and nothing is under it, or where it went between two questions. */
export function isTableGone(error: unknown): boolean {
  return failureOf(error).filesGone || errorNumber(error) === ERRORS.noSuchTable;
}

async function typeOf({ session, database, limit, signal }: Room, table: string, column: string): Promise<string> {
  const { rows } = await session.query(
    `select data_type from information_schema.columns where table_schema = ${literal(database)} and table_name = ${literal(table)}
      and column_name = ${literal(column)} limit 1`,
    limit,
    signal,
  );
  return (rows[0]?.[0] ?? '').toLowerCase();
}
