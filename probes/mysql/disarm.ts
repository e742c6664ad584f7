import type { AgentReach, GrantContext, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { mysqlScript } from './grants.ts';
import { AT } from './reach.ts';
import type { AgentIdentity, Connection } from './schema.ts';
import { quoteAccount, quoteTable, runnable } from './sql-text.ts';
import type { DatabaseTarget } from './target.ts';

const SUFFIX = '_task';
/** What MySQL keeps of a user's name, in characters; MariaDB keeps more. */
const NAME_CHARACTERS = 32;

/**
 * SQL that takes from an agent's account what it could destroy of these databases, and makes one for a task in its place: it reads the
 * tables of the roll, its password holds for a day, and what it is to write is for a person to add.
 */
export async function disarm(
  _connection: Connection,
  wanted: readonly Wanted<DatabaseTarget>[],
  { agent, reaches }: AgentReach,
  context: GrantContext,
): Promise<Grants> {
  const { user, host } = agent.is as AgentIdentity;
  const task =
    context.role ??
    Array.from(user)
      .slice(0, NAME_CHARACTERS - SUFFIX.length)
      .join('') + SUFFIX;
  const account = quoteAccount(task, host);
  const statement = (sql: string, why: string): GrantStatement => ({ at: AT, run: runnable(sql), why });
  const statements = [
    statement(
      `CREATE USER IF NOT EXISTS ${account} ACCOUNT LOCK PASSWORD EXPIRE INTERVAL 1 DAY`,
      'an account for one task: give it a password, and it holds for a day',
    ),
    statement(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS 5`, 'it cannot use up the connections of others'),
    ...reaches.flatMap(({ what, ids, fix }) =>
      fix.map((run): GrantStatement => ({ at: AT, run, why: `${user} ${what} (${ids.join(', ')})` })),
    ),
    ...wanted.flatMap(({ target }) =>
      target.tables.map(({ name }) =>
        statement(
          `GRANT SELECT ON ${quoteTable(target.name, name)} TO ${account}`,
          'to read it; add INSERT, or UPDATE of single columns, where the task needs them: never DELETE or DROP',
        ),
      ),
    ),
  ];
  const distinct = [...new Map(statements.map((one) => [one.run, one])).values()];
  const head = [
    `-- Makes ${clean(task, 80)} for one task, and takes from ${clean(user, 80)} what it could destroy of the roll. Read every line: work that is`,
    '-- done today may rest on a right that is taken here.',
  ];
  return { language: 'sql', role: task, statements: distinct, script: mysqlScript(head, distinct) };
}
