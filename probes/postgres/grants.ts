import type { GrantContext, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { parseAddress } from './address.ts';
import type { Connection } from './schema.ts';
import { psqlScript } from './psql-script.ts';
import { sqlBlock, sqlIdentifier, sqlLiteral, sqlTable } from './sql-text.ts';
import { quoteTable } from './table-name.ts';
import { leastReads } from './table-reads.ts';
import { looksInside, type DatabaseTarget, type TableTarget } from './target.ts';

/** Sessions at once: one held, a fresh one, four inspections and four on a fresh path, an audit; and a `check` beside the daemon. */
const SESSIONS = 24;

const headOf = (role: string): string[] => [
  `-- The least role for what this manifest asks of this server: ${clean(role, 80)}. Read it, then: psql -v ON_ERROR_STOP=1 -f FILE`,
  '-- It may be run again. It takes nothing away: what the role has beyond this stays.',
];

/** SQL for the least role that looks at exactly these databases: to be read, and run by a superuser or whoever owns them. */
export async function grantsFor(connection: Connection, wanted: readonly Wanted<DatabaseTarget>[], context: GrantContext): Promise<Grants> {
  const address = parseAddress(await context.secret(connection.url));
  const role = context.role ?? address.user;
  const name = sqlIdentifier(role);
  const targets = wanted.map(({ target }) => target);
  const statements = [
    ...roleItself(role, targets, address.database),
    ...targets.filter(looksInside).flatMap((target) => inside(target, name, address.database)),
  ];
  const distinct = [...new Map(statements.map((one) => [`${one.at}\n${one.run}`, one])).values()];
  return { language: 'sql', role, statements: distinct, script: psqlScript(headOf(role), distinct) };
}

function roleItself(role: string, targets: readonly DatabaseTarget[], maintenance: string): GrantStatement[] {
  const name = sqlIdentifier(role);
  const limit = SESSIONS + 2 * targets.filter(({ tripwire }) => tripwire).length;
  const statement = (run: string, why: string): GrantStatement => ({ at: maintenance, run, why });
  return [
    statement(
      sqlBlock([
        'BEGIN',
        `  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${sqlLiteral(role)}) THEN`,
        `    CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;`,
        '  ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = ' +
          `${sqlLiteral(role)} AND (r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication`,
        '      OR r.rolbypassrls OR EXISTS (SELECT FROM pg_catalog.pg_shdepend o WHERE o.refobjid = r.oid',
        "        AND o.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND o.deptype = 'o'))) THEN",
        "    RAISE EXCEPTION 'this role is there already and may do more than look: give the watcher one of its own';",
        '  END IF;',
        'END',
      ]),
      'a role of its own, that may do nothing but log in; its password is for you to set (in psql: \\password)',
    ),
    statement(`ALTER ROLE ${name} LOGIN CONNECTION LIMIT ${limit}`, 'it cannot use up the connections of others'),
    statement(`GRANT CONNECT ON DATABASE ${sqlIdentifier(maintenance)} TO ${name}`, 'to list the databases and their identity'),
    statement(execute('pg_control_system()', name), 'to tell this server from every other'),
    statement(execute('pg_control_checkpoint()', name), 'to tell which history of this server it is'),
    ...(targets.some(({ truncates }) => truncates)
      ? [statement(`GRANT pg_read_all_stats TO ${name}`, 'to count TRUNCATE statements, whoever made them')]
      : []),
  ];
}

/** A function that everybody may call where nobody took that away: only then does it take a grant, which only its owner can make. */
function execute(call: string, role: string): string {
  return sqlBlock([
    'BEGIN',
    `  IF NOT pg_catalog.has_function_privilege('public', 'pg_catalog.${call}', 'EXECUTE') THEN`,
    `    GRANT EXECUTE ON FUNCTION pg_catalog.${call} TO ${role};`,
    '  END IF;',
    'END',
  ]);
}

function inside(target: DatabaseTarget, role: string, maintenance: string): GrantStatement[] {
  const at = target.name;
  const usage = (schema: string): GrantStatement => ({
    at,
    run: `GRANT USAGE ON SCHEMA ${sqlIdentifier(schema)} TO ${role}`,
    why: 'to reach what is in it',
  });
  return [
    { at: maintenance, run: `GRANT CONNECT ON DATABASE ${sqlIdentifier(at)} TO ${role}`, why: 'to look into it' },
    { at, run: execute('pg_control_system()', role), why: 'to tell this server from every other, from in here too' },
    ...target.tables.flatMap((table) => {
      const reads = leastReads(table).map(({ of, why }): GrantStatement => ({ at, run: select(table, of, role), why }));
      return reads.length > 0 ? [usage(table.schema), ...reads] : [];
    }),
    ...target.sequences.flatMap((sequence) => [
      usage(sequence.schema),
      {
        at,
        run: `GRANT SELECT ON SEQUENCE ${sqlTable(sequence)} TO ${role}`,
        why: 'to see how far it has got; not USAGE, which could move it',
      },
    ]),
    ...(target.truncates ? [{ at, run: statementsSchema(role), why: 'to reach pg_stat_statements' }] : []),
  ];
}

function select(table: TableTarget, of: 'all' | 'any' | { readonly column: string }, role: string): string {
  const name = sqlTable(table);
  if (of === 'all') return `GRANT SELECT ON TABLE ${name} TO ${role}`;
  if (of !== 'any') return `GRANT SELECT (${sqlIdentifier(of.column)}) ON TABLE ${name} TO ${role}`;
  // One column is enough to count, and which one only the table knows: of its primary key, where it has one.
  return sqlBlock([
    'DECLARE picked pg_catalog.text;',
    'BEGIN',
    '  SELECT a.attname INTO STRICT picked FROM pg_catalog.pg_attribute a',
    '    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary AND i.indkey[0] = a.attnum',
    `    WHERE a.attrelid = ${sqlLiteral(quoteTable(table))}::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped`,
    '    ORDER BY i.indrelid IS NULL, a.attnum LIMIT 1;',
    `  EXECUTE pg_catalog.format(${sqlLiteral(`GRANT SELECT (%I) ON TABLE ${name.replaceAll('%', '%%')} TO ${role.replaceAll('%', '%%')}`)}, picked);`,
    'END',
  ]);
}

function statementsSchema(role: string): string {
  return sqlBlock([
    'DECLARE place pg_catalog.text;',
    'BEGIN',
    '  SELECT n.nspname INTO place FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace',
    "    WHERE e.extname = 'pg_stat_statements';",
    "  IF place IS NULL THEN RAISE EXCEPTION 'max_truncates needs CREATE EXTENSION pg_stat_statements in this database'; END IF;",
    `  EXECUTE pg_catalog.format(${sqlLiteral(`GRANT USAGE ON SCHEMA %I TO ${role.replaceAll('%', '%%')}`)}, place);`,
    'END',
  ]);
}
