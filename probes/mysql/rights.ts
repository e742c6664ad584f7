import type { Right, Wanted } from '../../src/probe.ts';
import { quotePattern, quoteTable } from './sql-text.ts';
import type { DatabaseTarget, TableTarget } from './target.ts';

/** The rights that the watcher's account needs: REFERENCES to see what is there, SELECT only where rows are counted or dated. */
export function rightsFor(wanted: readonly Wanted<DatabaseTarget>[]): Right[] {
  const rights = wanted.flatMap(({ target }) => [
    {
      right: 'REPLICATION CLIENT, on MariaDB SLAVE MONITOR too',
      on: 'the server',
      why: 'to tell a replica that lags behind, and to see binary logs',
    },
    { right: 'SELECT', on: 'rollcall.server', why: 'to tell this server from every other, where it has no server_uuid (MariaDB)' },
    {
      right: 'REFERENCES',
      on: `${quotePattern(target.name)}.*`,
      why: 'to see that it is there, and to be told by the server itself that it is not',
    },
    ...target.tables.flatMap((table) =>
      tableReads(table).map(({ column, why }): Right => {
        const of = column === undefined ? '(any column)' : `(${column})`;
        return { right: `SELECT ${of}`, on: quoteTable(target.name, table.name), why };
      }),
    ),
  ]);
  return [...new Map(rights.map((right) => [JSON.stringify(right), right])).values()];
}

/** What is read of a table: the column, or any one where it is undefined. Who may read a column may count the rows. */
export function tableReads({ count, fresh, oldest }: TableTarget): { readonly column: string | undefined; readonly why: string }[] {
  const dated = [
    ...(fresh ? [{ column: fresh.column, why: 'to see the newest value' }] : []),
    ...(oldest && oldest.column !== fresh?.column ? [{ column: oldest.column, why: 'to see the oldest value' }] : []),
  ];
  return dated.length > 0 || count === 'exists' ? dated : [{ column: undefined, why: 'to count rows' }];
}
