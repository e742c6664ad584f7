import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { postgres } from '../../../probes/postgres/index.ts';
import type { Grants } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { makeFolder } from '../../support/folder.ts';
import { POSTGRES_VERSIONS, startPostgres, type PostgresVersion, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word } from './helpers.ts';

const run = promisify(execFile);
const PSQL = '/usr/bin/psql';
const PASSWORD = 'of-the-watcher';
/** Names that end every quote they are let out of. */
const NAMES = {
  database: `o"r'd\\e=r://s; $rollcall$ %I :x \n\u001b[31m`,
  schema: `s"c'h%s`,
  table: `t"a'b\\l%I$rollcall$e`,
  role: `w"a't%\\ch`,
};
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const TABLE = `${quote(NAMES.schema)}.${quote(NAMES.table)}`;
const SEQUENCE = `${quote(NAMES.schema)}."moves"`;

const ENTRIES = {
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
async function startClosed(version: PostgresVersion): Promise<TestPostgres> {
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

function grantsOf(server: TestPostgres): Promise<Grants> {
  const watcher = new Watcher(server.url(), ENTRIES);
  const secret = async (): Promise<Secret> => new Secret(server.url('postgres', NAMES.role, PASSWORD));
  const made = postgres.grants?.(watcher.settings, watcher.wanted(), { connection: 'pg', secret });
  return made ?? assert.fail('no grants');
}

/** What the role does not see of all that is asked, by facet; empty where nothing is hidden. */
async function blindness(server: TestPostgres): Promise<string[]> {
  await using watcher = new Watcher(server.url('postgres', NAMES.role, PASSWORD), ENTRIES);
  const looks = [await watcher.look('sweep', 'usual', 'whole'), await watcher.look('inspect', 'fresh', 'whole')];
  return looks.flatMap((look) => Object.entries(look).flatMap(([facet, outcome]) => (word(outcome).startsWith('blind') ? [facet] : [])));
}

describe('the least role for a manifest', function () {
  this.timeout(120_000);

  for (const version of POSTGRES_VERSIONS)
    it(`sees everything that is asked of PostgreSQL ${version}, and less without any one of its rights`, async () => {
      await using server = await startClosed(version);
      const { statements, role } = await grantsOf(server);
      assert.equal(role, NAMES.role);
      // Twice: it may be run again.
      for (let time = 0; time < 2; time++) for (const { at, run: sql } of statements) await server.query(sql, at);
      await server.query(`alter role ${quote(NAMES.role)} password '${PASSWORD}'`);
      assert.deepEqual(await blindness(server), []);
      const [schema, owner] = [quote(NAMES.schema), quote(NAMES.role)];
      const inside = NAMES.database;
      const rights: readonly (readonly [string, string, string])[] = [
        ['connect', `database ${quote(inside)}`, 'postgres'],
        ['connect', 'database postgres', 'postgres'],
        ['execute', 'function pg_catalog.pg_control_system()', 'postgres'],
        ['execute', 'function pg_catalog.pg_control_checkpoint()', 'postgres'],
        ['execute', 'function pg_catalog.pg_control_system()', inside],
        ['usage', `schema ${schema}`, inside],
        ['usage', 'schema stats', inside],
        ['select ("made""at")', `table ${TABLE}`, inside],
        ['select (id)', `table ${schema}.counted`, inside],
        ['select', `table ${schema}.kept`, inside],
        ['select', `sequence ${SEQUENCE}`, inside],
      ];
      for (const [right, on, at] of rights) {
        await server.query(`revoke ${right} on ${on} from ${owner}`, at);
        assert.notDeepEqual(await blindness(server), [], `without ${right} on ${on} in ${JSON.stringify(at)}`);
        await server.query(`grant ${right} on ${on} to ${owner}`, at);
      }
      await server.query(`revoke pg_read_all_stats from ${owner}`);
      assert.deepEqual(await blindness(server), ['content/truncates']);
      await server.query(`grant pg_read_all_stats to ${owner}`);
      assert.deepEqual(await blindness(server), []);
      // Each right was tried: one that is printed and not tried would be a right that nobody needs.
      const granted = statements.filter(({ run: sql }) => sql.includes('GRANT')).length;
      assert.equal(granted, rights.length + 1);
    });

  it('is a script that psql runs, whatever the names hold, and that shows no character that could forge a line', async function () {
    if (!existsSync(PSQL)) this.skip();
    const folder = makeFolder();
    try {
      await using server = await startClosed(18);
      const { script } = await grantsOf(server);
      assert.doesNotMatch(script, /[^\n -~]/, 'nothing but printable ASCII');
      const file = join(folder.path, 'grants.sql');
      const { writeFile } = await import('node:fs/promises');
      await writeFile(file, script);
      const psql = () => run(PSQL, ['-X', '-v', 'ON_ERROR_STOP=1', '-q', '-f', file, server.url()]);
      await psql();
      await psql();
      await server.query(`alter role ${quote(NAMES.role)} password '${PASSWORD}'`);
      assert.deepEqual(await blindness(server), []);
    } finally {
      folder.remove();
    }
  });

  it('is never made of a role that may do more', async () => {
    await using server = await startPostgres({ auth: 'scram' });
    const watcher = new Watcher(server.url(), { plain: ENTRIES.plain });
    const secret = async (): Promise<Secret> => new Secret(server.url());
    const of = async (role?: string) => {
      const made = await postgres.grants?.(watcher.settings, watcher.wanted(), { connection: 'pg', secret, role });
      return made?.statements[0]?.run ?? '';
    };
    await assert.rejects(server.query(await of()), /may do more than look/);
    await server.query('create role keeper; create table of_keeper (); alter table of_keeper owner to keeper');
    await assert.rejects(server.query(await of('keeper')), /may do more than look/);
    assert.equal((await server.query(`select rolsuper as super from pg_roles where rolname = 'postgres'`))[0]?.['super'], true);
  });

  it('tells no password', async () => {
    await using server = await startPostgres();
    assert.ok(!JSON.stringify(await grantsOf(server)).includes(PASSWORD));
  });
});
