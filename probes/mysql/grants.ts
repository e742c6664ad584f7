import type { GrantContext, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { parseAddress } from './driver-options.ts';
import { AT } from './reach.ts';
import { tableReads } from './rights.ts';
import type { Connection } from './schema.ts';
import { literal, prepared, quoteAccount, quoteName, quotePattern, quoteTable, runnable } from './sql-text.ts';
import type { DatabaseTarget, TableTarget } from './target.ts';

/** Sessions at once: one held, a fresh one, four inspections and four on a fresh path, an audit; and a `check` beside the daemon. */
const SESSIONS = 24;
const ANYWHERE = '%';

const headOf = (role: string): string[] => [
  `-- The least account for what this manifest asks of this server: ${clean(role, 80)}. Read it, then: mysql < FILE (or mariadb < FILE)`,
  '-- It may be run again. It takes nothing away: what the account has beyond this stays, and rollcall audit tells of it.',
  "-- Then give it its password, which also lets it in: ALTER USER ... IDENTIFIED BY '...' ACCOUNT UNLOCK;",
];

/** SQL for the least account that looks at exactly these databases, for MySQL and MariaDB alike: to be read, and run by an administrator. */
export async function grantsFor(connection: Connection, wanted: readonly Wanted<DatabaseTarget>[], context: GrantContext): Promise<Grants> {
  const role = context.role ?? parseAddress(await context.secret(connection.url)).user;
  const account = quoteAccount(role, ANYWHERE);
  const targets = wanted.map(({ target }) => target);
  const statements = [
    at(`CREATE USER IF NOT EXISTS ${account} ACCOUNT LOCK`, 'an account of its own, that nobody can use until it has a password'),
    at(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS ${SESSIONS}`, 'it cannot use up the connections of others'),
    at(
      `GRANT REPLICATION CLIENT /*M! , SLAVE MONITOR */ ON *.* TO ${account}`,
      'to tell a replica that lags behind, and to see binary logs; what is in the comment is read by MariaDB alone',
    ),
    ...marker(account, connection.marker === true),
    ...targets.flatMap((target) => inside(target, account)),
  ];
  const distinct = [...new Map(statements.map((one) => [one.run, one])).values()];
  return { language: 'sql', role, statements: distinct, script: mysqlScript(headOf(role), distinct) };
}

/** A database and a row in it by which a server is known: of its own making only where it must be. */
function marker(account: string, always: boolean): GrantStatement[] {
  const made: readonly (readonly [string, string])[] = [
    ['CREATE DATABASE IF NOT EXISTS rollcall', 'where this server is given a name'],
    ['CREATE TABLE IF NOT EXISTS rollcall.server (uuid CHAR(36) NOT NULL PRIMARY KEY) ENGINE = InnoDB', 'it holds one row'],
    [
      'INSERT INTO rollcall.server SELECT UUID() FROM (SELECT COUNT(*) AS held FROM rollcall.server) AS counted WHERE held = 0',
      'the name, made once; replicas and restored copies have the same',
    ],
    [`GRANT SELECT ON rollcall.server TO ${account}`, 'to tell this server from every other'],
  ];
  return made.map(([sql, why]) => {
    if (always) return at(sql, why);
    return {
      at: AT,
      run: prepared(`IF(VERSION() LIKE '%MariaDB%', ${text(sql)}, 'DO 0')`),
      why: `${why} (MariaDB only: MySQL has its server_uuid)`,
    };
  });
}

function inside({ name, tables }: DatabaseTarget, account: string): GrantStatement[] {
  return [
    at(
      `GRANT REFERENCES ON ${quotePattern(name)}.* TO ${account}`,
      'to see that it is there, and to be told by the server itself that it is not',
    ),
    ...tables.flatMap((table) => tableReads(table).map(({ column, why }) => read(name, table, column, account, why))),
  ];
}

function read(database: string, { name }: TableTarget, column: string | undefined, account: string, why: string): GrantStatement {
  const table = quoteTable(database, name);
  if (column !== undefined) return at(`GRANT SELECT (${quoteName(column)}) ON ${table} TO ${account}`, why);
  // One column is enough to count, and which one only the table knows: of its primary key, where it has one.
  const picked = `(SELECT CONCAT('GRANT SELECT (\`', REPLACE(column_name, '\`', '\`\`'), ${text(`\`) ON ${table} TO ${account}`)})
  FROM information_schema.columns WHERE table_schema = ${text(database)} AND table_name = ${text(name)}
  ORDER BY column_key = 'PRI' DESC, ordinal_position LIMIT 1)`;
  return { at: AT, run: prepared(picked.replaceAll('\n ', '')), why };
}

function at(sql: string, why: string): GrantStatement {
  return { at: AT, run: runnable(sql), why };
}

/** As people read it where that is safe under every sql_mode and on every terminal. */
function text(value: string): string {
  return /^[A-Za-z0-9 _.,()=*@%`-]*$/.test(value) ? `'${value}'` : literal(value);
}

/** Statements as the clients of both kinds run them. `head`: comments. */
export function mysqlScript(head: readonly string[], statements: readonly GrantStatement[]): string {
  const lines = statements.flatMap(({ run, why }) => [`-- ${clean(why, 600)}`, run.endsWith(';') ? run : `${run};`]);
  return `${[...head, '', 'SET NAMES utf8mb4;', ...lines].join('\n')}\n`;
}
