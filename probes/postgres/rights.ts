import type { Right, Wanted } from '../../src/probe.ts';
import { quoteIdentifier, quoteTable } from './table-name.ts';
import { tableReads, type TableRead } from './table-reads.ts';
import { looksInside, type DatabaseTarget, type TableTarget } from './target.ts';

/** The rights that the watcher's role needs: CONNECT for nearly everything, SELECT only where rows are counted, dated or digested. */
export function rightsFor(wanted: readonly Wanted<DatabaseTarget>[]): Right[] {
  const rights = wanted.flatMap(({ target }) => {
    const database = `DATABASE ${quoteIdentifier(target.name)}`;
    return [
      { right: 'CONNECT', on: 'the maintenance database', why: 'to list the databases and their identity' },
      ...(looksInside(target) ? [{ right: 'CONNECT', on: database, why: 'to look into it' }] : []),
      ...target.tables.flatMap((table) => tableRights(table, database)),
      ...(target.truncates ? [{ right: 'pg_read_all_stats', on: 'the server', why: 'to count TRUNCATE statements' }] : []),
      ...target.sequences.flatMap((sequence) => [
        { right: 'USAGE', on: `SCHEMA ${quoteIdentifier(sequence.schema)} in ${database}`, why: 'to reach what is in it' },
        { right: 'SELECT', on: `SEQUENCE ${quoteTable(sequence)} in ${database}`, why: 'to see how far it has got' },
      ]),
    ];
  });
  return [...new Map(rights.map((right) => [JSON.stringify(right), right])).values()];
}

function tableRights(table: TableTarget, database: string): Right[] {
  const name = `${quoteTable(table)} in ${database}`;
  const reads = tableReads(table).map(({ of, why }): Right => ({ right: `SELECT${columnsOf(of)}`, on: name, why }));
  if (reads.length === 0) return [];
  return [{ right: 'USAGE', on: `SCHEMA ${quoteIdentifier(table.schema)} in ${database}`, why: 'to reach what is in it' }, ...reads];
}

function columnsOf(of: TableRead['of']): string {
  if (of === 'all') return '';
  return of === 'any' ? ' (any column)' : ` (${quoteIdentifier(of.column)})`;
}
