import type { AgentReach, GrantContext, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { parseAddress } from './address.ts';
import { psqlScript } from './psql-script.ts';
import type { AgentIdentity, Connection } from './schema.ts';
import { sqlBlock, sqlIdentifier, sqlLiteral, sqlTable } from './sql-text.ts';
import type { DatabaseTarget } from './target.ts';

/** What PostgreSQL keeps of a name, in bytes. */
const NAME_BYTES = 63;
const SUFFIX = '_task';

/**
 * SQL that takes from an agent's role what it could destroy of these databases, and makes a role for one task in its place: it reads, for a
 * day, and what it is to write is for a person to add.
 */
export async function disarm(
  connection: Connection,
  wanted: readonly Wanted<DatabaseTarget>[],
  { agent, reaches }: AgentReach,
  context: GrantContext,
): Promise<Grants> {
  const { database } = parseAddress(await context.secret(connection.url));
  const { role } = agent.is as AgentIdentity;
  const task = context.role ?? taskName(role);
  const taken = reaches.flatMap(({ at = database, what, ids, fix }) =>
    fix.map((run): GrantStatement => ({ at, run, why: `${role} ${what} (${ids.join(', ')})` })),
  );
  // The role comes first: what is granted to it in a database stands beside what is taken there.
  const statements = [...taskRole(task, database), ...taken, ...taskReads(task, wanted, database)];
  const distinct = [...new Map(statements.map((one) => [`${one.at}\n${one.run}`, one])).values()];
  const head = [
    `-- Makes ${clean(task, 80)} for one task, and takes from ${clean(role, 80)} what it could destroy of the roll. Read every line: work that is`,
    '-- done today may rest on a right that is taken here, and an owner must be somebody: put another role in the place of CURRENT_USER.',
  ];
  return { language: 'sql', role: task, statements: distinct, script: psqlScript(head, distinct) };
}

/** The agent's own name with a suffix, cut where it would not fit. */
function taskName(role: string): string {
  const characters = Array.from(role);
  while (Buffer.byteLength(characters.join('') + SUFFIX) > NAME_BYTES) characters.pop();
  return characters.join('') + SUFFIX;
}

function taskRole(role: string, maintenance: string): GrantStatement[] {
  const name = sqlIdentifier(role);
  const limits = `NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5`;
  return [
    {
      at: maintenance,
      run: sqlBlock([
        'BEGIN',
        `  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${sqlLiteral(role)}) THEN`,
        `    EXECUTE pg_catalog.format(${sqlLiteral(`CREATE ROLE ${name.replaceAll('%', '%%')} LOGIN ${limits} VALID UNTIL %L`)}, pg_catalog.now() + '1 day'::pg_catalog.interval);`,
        '  END IF;',
        'END',
      ]),
      why: 'a role for one task: its password holds for a day (ALTER ROLE ... VALID UNTIL gives it more)',
    },
    { at: maintenance, run: `ALTER ROLE ${name} SET statement_timeout = '60s'`, why: 'nothing of it runs for long' },
    { at: maintenance, run: `ALTER ROLE ${name} SET lock_timeout = '1s'`, why: 'it waits for nobody, and keeps nobody waiting' },
  ];
}

function taskReads(role: string, wanted: readonly Wanted<DatabaseTarget>[], maintenance: string): GrantStatement[] {
  const name = sqlIdentifier(role);
  return wanted.flatMap(({ target }) => [
    { at: maintenance, run: `GRANT CONNECT ON DATABASE ${sqlIdentifier(target.name)} TO ${name}`, why: 'to work in it' },
    ...[...new Set(target.tables.map(({ schema }) => schema))].map((schema): GrantStatement => {
      return { at: target.name, run: `GRANT USAGE ON SCHEMA ${sqlIdentifier(schema)} TO ${name}`, why: 'to reach what is in it' };
    }),
    ...target.tables.map((table): GrantStatement => {
      const why = 'to read it; add INSERT, or UPDATE of single columns, where the task needs them: never DELETE, TRUNCATE or ownership';
      return { at: target.name, run: `GRANT SELECT ON TABLE ${sqlTable(table)} TO ${name}`, why };
    }),
  ]);
}
