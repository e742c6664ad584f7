import assert from 'node:assert/strict';
import { postgres } from '../../../probes/postgres/index.ts';
import { Secret } from '../../../src/values/secret.ts';
import { POSTGRES_VERSIONS, startPostgres } from '../../support/postgres.ts';
import { PASSWORD, NAMES, quote, TABLE, SEQUENCE, ENTRIES, startClosed, grantsOf, blindness } from './closed-server.ts';
import { Watcher } from './helpers.ts';

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

  it('shows no character that could forge a line, whatever the names hold', async () => {
    await using server = await startClosed(18);
    assert.doesNotMatch((await grantsOf(server)).script, /[^\n -~]/, 'nothing but printable ASCII');
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
