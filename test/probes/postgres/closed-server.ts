import assert from 'node:assert/strict';
import { postgres } from '../../../probes/postgres/index.ts';
import type { Grants } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { startPostgres, type PostgresVersion, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word } from './helpers.ts';

export const PASSWORD = 'of-the-watcher';
/** Names that end every quote they are let out of. */
export const NAMES = {
  database: `o"r'd\\e=r://s; $rollcall$ %I :x \n\u001b[31m`,
  schema: `s"c'h%s`,
  table: `t"a'b\\l%I$rollcall$e`,
  role: `w"a't%\\ch`,
};
export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const TABLE = `${quote(NAMES.schema)}.${quote(NAMES.table)}`;
export const SEQUENCE = `${quote(NAMES.schema)}."moves"`;

export const ENTRIES = {
  plain: { name: 'metrics' },
  whole: {
    name: NAMES.database,
    tripwire: true,
    expect: {
      tables: {
        [TABLE]: { min_rows: 2, fresh: { column: 'made"at', within: '1h' } },
        [`${quote(NAMES.schema)}."counted"`]: { min_rows: 1 },
        [`${quote(NAMES.schema)}."kept"`]: { sentinel: { key: 1, digest: `sha256:${'0'.repeat(64)}` } },
      },
      sequences: [SEQUENCE],
      max_truncates: 0,
      max_shrink: '30%',
    },
  },
};

/** A server on which PUBLIC may do nothing: each right must have been granted. */
export async function startClosed(version: PostgresVersion): Promise<TestPostgres> {
  const server = await startPostgres({ version, auth: 'scram', settings: ['shared_preload_libraries=pg_stat_statements'] });
  await server.query('create database metrics');
  await server.query(`create database ${quote(NAMES.database)}`);
  const schema = quote(NAMES.schema);
  await server.query(
    `create schema ${schema}; create schema stats; create extension pg_stat_statements schema stats;
     create table ${TABLE} (first text, "made""at" timestamptz default now());
     insert into ${TABLE} select n from generate_series(1, 3) n;
     create table ${schema}.counted (secret text, id int primary key); insert into ${schema}.counted values ('x', 1);
     create table ${schema}.kept (id int primary key, secret text); insert into ${schema}.kept values (1, 'x');
     create sequence ${SEQUENCE}; select nextval('${SEQUENCE.replaceAll("'", "''")}'); analyze`,
    NAMES.database,
  );
  for (const database of ['postgres', NAMES.database]) {
    await server.query(`revoke all on database ${quote(database)} from public`);
    for (const call of ['pg_control_system()', 'pg_control_checkpoint()'])
      await server.query(`revoke execute on function pg_catalog.${call} from public`, database);
  }
  return server;
}

export function grantsOf(server: TestPostgres): Promise<Grants> {
  const watcher = new Watcher(server.url(), ENTRIES);
  const secret = async (): Promise<Secret> => new Secret(server.url('postgres', NAMES.role, PASSWORD));
  const made = postgres.grants?.(watcher.settings, watcher.wanted(), { connection: 'pg', secret });
  return made ?? assert.fail('no grants');
}

/** What the role does not see of all that is asked, by facet; empty where nothing is hidden. */
export async function blindness(server: TestPostgres): Promise<string[]> {
  await using watcher = new Watcher(server.url('postgres', NAMES.role, PASSWORD), ENTRIES);
  const looks = [await watcher.look('sweep', 'usual', 'whole'), await watcher.look('inspect', 'fresh', 'whole')];
  return looks.flatMap((look) => Object.entries(look).flatMap(([facet, outcome]) => (word(outcome).startsWith('blind') ? [facet] : [])));
}
