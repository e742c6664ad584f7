import assert from 'node:assert/strict';
import { runCli } from '../support/cli.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { backups, database, Site } from '../support/site.ts';

describe('rollcall grants', function () {
  this.timeout(120_000);
  let pg: TestPostgres;
  before(async () => {
    pg = await startPostgres({ auth: 'scram' });
    await pg.query('create database orders');
    await pg.query('create table t (id int primary key, name text); insert into t values (1)', 'orders');
  });
  after(async () => pg[Symbol.asyncDispose]());

  it('prints a role with which the check of the same files finds everything', async () => {
    const pgUrl = pg.url('postgres', 'watcher', 'for-watching');
    using site = new Site({ pgUrl, resources: [database('orders', { expect: { tables: { 'public.t': { min_rows: 1 } } } })] });
    const printed = await runCli(['grants', '--json'], { cwd: site.path });
    assert.equal(printed.code, 0, printed.stderr);
    assert.ok(!printed.stdout.includes('for-watching'), 'no password');
    const { connections } = JSON.parse(printed.stdout) as {
      connections: { connection: string; needs: object[]; grants: { role: string; statements: { at: string; run: string }[] } }[];
    };
    const [part] = connections;
    assert.ok(part && part.connection === 'pg' && part.needs.length > 0 && part.grants.role === 'watcher');
    assert.equal((await runCli(['check'], { cwd: site.path })).code, 3, 'there is no such role yet');
    for (const { at, run } of part.grants.statements) await pg.query(run, at);
    await pg.query(`alter role watcher password 'for-watching'`);
    const checked = await runCli(['check'], { cwd: site.path });
    assert.equal(checked.code, 0, checked.stdout);
  });

  it('prints one connection on its own, for another role, each script in its own language', async () => {
    const resources = [database('orders'), backups('dumps', '/srv/vault/*.dump')];
    using site = new Site({ pgUrl: pg.url(), resources });
    const both = await runCli(['grants'], { cwd: site.path });
    assert.match(both.stdout, /^-- connection pg \(postgres\)\n/m);
    assert.match(both.stdout, /^# connection disk \(file\)\n/m);
    const one = await runCli(['grants', '--connection', 'disk', '--role', 'watcher'], { cwd: site.path });
    assert.match(one.stdout, /^#!\/bin\/bash\n# connection disk \(file\)\n/);
    assert.match(one.stdout, /useradd .* watcher$/m);
    assert.doesNotMatch(one.stdout, /GRANT/);
    const none = await runCli(['grants', '--connection', 'dsik'], { cwd: site.path });
    assert.equal(none.code, 64);
    assert.match(none.stderr, /did you mean 'disk'/);
  });
});
