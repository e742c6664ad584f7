import assert from 'node:assert/strict';
import { postgres } from '../../../probes/postgres/index.ts';
import type { AuditReport, Strong } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { POSTGRES_VERSIONS, startPostgres, type PostgresVersion, type TestPostgres } from '../../support/postgres.ts';
import { Watcher } from './helpers.ts';

const PASSWORD = 'of-the-watcher';
const ENTRIES = { orders: { name: 'orders', expect: { tables: { 'app.orders': { min_rows: 1 } } } }, metrics: { name: 'metrics' } };

async function startStocked(version: PostgresVersion): Promise<TestPostgres> {
  const server = await startPostgres({ version, auth: 'scram' });
  for (const name of ['orders', 'metrics', 'stranger']) await server.query(`create database ${name}`);
  await server.query(
    `create schema app; create table app.orders (id int primary key, note text); insert into app.orders values (1);
     create sequence app.moves; create table app.other (id int, note text)`,
    'orders',
  );
  await server.query('create table theirs (id int)', 'stranger');
  const watcher = new Watcher(server.url('postgres', 'watcher', PASSWORD), ENTRIES);
  const secret = async (): Promise<Secret> => new Secret(watcher.url);
  const made = await postgres.grants?.(watcher.settings, watcher.wanted(), { connection: 'pg', secret });
  for (const { run, at } of made?.statements ?? []) await server.query(run, at);
  await server.query(`alter role watcher password '${PASSWORD}'`);
  return server;
}

async function audit(server: TestPostgres, agents: readonly string[] = [], user = 'watcher'): Promise<AuditReport[]> {
  await using watcher = new Watcher(user === 'postgres' ? server.url() : server.url('postgres', user, PASSWORD), ENTRIES);
  const named = agents.map((role) => ({ name: `agent-${role}`, is: { role } }));
  const reports = await Array.fromAsync(watcher.link.audit?.(watcher.wanted(), named, new AbortController().signal) ?? []);
  assert.ok(!JSON.stringify(reports).includes(PASSWORD), 'no secret');
  return reports;
}

const strongOf = (reports: readonly AuditReport[]): Strong[] => reports.filter((report) => report.kind === 'strong');
/** Each finding in three words. */
const words = (reports: readonly AuditReport[]): string[] =>
  strongOf(reports).map(({ right, severity, on }) => `${right} ${severity} ${on}`);

describe("the audit of the watcher's role", function () {
  this.timeout(120_000);

  for (const version of POSTGRES_VERSIONS)
    it(`finds nothing of the role that grants prints, and whatever it gets beyond that, on PostgreSQL ${version}`, async () => {
      await using server = await startStocked(version);
      assert.deepEqual(words(await audit(server)), []);
      await server.query('create role crew; create role boss superuser');
      await server.query('grant insert, update (note) on app.other to crew', 'orders');
      await server.query(
        `create function app.boom() returns void language sql security definer as 'truncate app.orders';
         create function app.mine() returns trigger language plpgsql security definer as 'begin return null; end'`,
        'orders',
      );
      const steps: readonly (readonly [give: string, take: string, at: string, found: readonly string[]])[] = [
        ['alter role watcher superuser', 'alter role watcher nosuperuser', 'postgres', ['superuser critical the server']],
        ['alter role watcher createdb', 'alter role watcher nocreatedb', 'postgres', ['createdb warning the server']],
        ['alter role watcher createrole', 'alter role watcher nocreaterole', 'postgres', ['createrole critical the server']],
        ['alter role watcher replication', 'alter role watcher noreplication', 'postgres', ['replication critical the server']],
        ['alter role watcher bypassrls', 'alter role watcher nobypassrls', 'postgres', ['bypassrls warning the server']],
        [
          'grant pg_write_all_data to watcher',
          'revoke pg_write_all_data from watcher',
          'postgres',
          ['member critical ROLE "pg_write_all_data"'],
        ],
        ['grant pg_monitor to watcher', 'revoke pg_monitor from watcher', 'postgres', []],
        ['grant boss to watcher', 'revoke boss from watcher', 'postgres', ['superuser critical the server', 'member warning ROLE "boss"']],
        [
          'grant crew to watcher',
          'revoke crew from watcher',
          'postgres',
          ['member warning ROLE "crew"', 'write critical table app.other in DATABASE "orders"'],
        ],
        [
          'alter database stranger owner to watcher',
          'alter database stranger owner to postgres',
          'postgres',
          ['owner critical database stranger'],
        ],
        [
          'grant create on database metrics to watcher',
          'revoke create on database metrics from watcher',
          'postgres',
          ['create warning database metrics'],
        ],
        [
          'grant alter system on parameter archive_mode to watcher',
          'revoke alter system on parameter archive_mode from watcher',
          'postgres',
          ['alter-system critical parameter archive_mode'],
        ],
        [
          'grant create on schema app to public',
          'revoke create on schema app from public',
          'orders',
          ['create warning schema app in DATABASE "orders"'],
        ],
        [
          'grant delete on app.orders to public',
          'revoke delete on app.orders from public',
          'orders',
          ['write critical table app.orders in DATABASE "orders"'],
        ],
        [
          'grant update (note) on app.orders to watcher',
          'revoke update (note) on app.orders from watcher',
          'orders',
          ['write critical table app.orders in DATABASE "orders"'],
        ],
        [
          'grant truncate on theirs to watcher',
          'revoke truncate on theirs from watcher',
          'stranger',
          ['write critical table public.theirs in DATABASE "stranger"'],
        ],
        [
          'alter table app.other owner to watcher',
          'alter table app.other owner to postgres',
          'orders',
          ['owner critical table app.other in DATABASE "orders"'],
        ],
        [
          'grant usage on sequence app.moves to watcher',
          'revoke usage on sequence app.moves from watcher',
          'orders',
          ['sequence warning sequence app.moves in DATABASE "orders"'],
        ],
      ];
      // Everybody may call it, and the schema is open to the watcher since it counts a table in it.
      const definer = 'definer warning function app.boom() in DATABASE "orders"';
      assert.deepEqual(words(await audit(server)), [definer]);
      await server.query('drop function app.boom()', 'orders');
      for (const [give, take, at, found] of steps) {
        await server.query(give, at);
        const reports = await audit(server);
        assert.deepEqual(words(reports), found, give);
        for (const { what, fix } of strongOf(reports)) assert.ok(what !== '' && fix.length > 0, give);
        // The first fix named is one that a person can run as it stands, and that mends it.
        const [first] = strongOf(reports);
        if (first && first.right !== 'superuser') {
          await server.query(first.fix.join('\n'), at);
          assert.ok(!words(await audit(server)).includes(words([first])[0] ?? ''), `mended: ${first.fix.join()}`);
        }
        await server.query(take, at);
      }
      assert.deepEqual(words(await audit(server)), []);
    });

  it('lists what is in one breath, whatever the names hold', async () => {
    await using server = await startStocked(18);
    const odd = `t"; drop table x;\u001b[31m\n`;
    await server.query(
      `create table app."${odd.replaceAll('"', '""')}" (id int); grant delete on all tables in schema app to watcher`,
      'orders',
    );
    const [found, ...more] = strongOf(await audit(server));
    assert.ok(found && more.length === 0);
    assert.match(found.on, /^tables .*app\.orders.* in DATABASE "orders"$/);
    // oxlint-disable-next-line no-control-regex -- what must not be there
    assert.doesNotMatch(JSON.stringify(found.fix) + found.what + found.on, /[\u0000-\u001f]|\\u001b|\\n/);
    await server.query(found.fix.join('\n'), 'orders');
    assert.deepEqual(words(await audit(server)), []);
  });

  it('finds the grave among thousands that are less so, and says that it left some out', async () => {
    await using server = await startStocked(18);
    await server.query(
      `do $$ begin for n in 1..2100 loop execute format('create function app.f%s() returns int language sql security definer as ''select 1''', n); end loop; end $$;
       grant truncate on app.other to watcher`,
      'orders',
    );
    const reports = await audit(server);
    assert.deepEqual(
      strongOf(reports).map(({ right }) => right),
      ['write', 'definer'],
    );
    assert.match(strongOf(reports)[1]?.on ?? '', /and 1994 more in DATABASE "orders"$/);
    assert.deepEqual(
      reports.flatMap((report) => (report.kind === 'unaudited' ? [report.say] : [])),
      ['only the first 2000 rights are listed'],
    );
  });

  it('says what it could not look into', async () => {
    await using server = await startStocked(18);
    await server.query('revoke connect on database orders from watcher, public');
    const blind = (await audit(server)).filter((report) => report.kind === 'unaudited');
    assert.deepEqual(
      blind.map(({ on, reason }) => `${on} ${reason}`),
      ['database orders denied'],
    );
    await server.stop();
    assert.deepEqual(
      (await audit(server)).map((report) => report.kind),
      ['unaudited'],
    );
  });

  it('is ended by its signal', async () => {
    await using server = await startStocked(18);
    await using watcher = new Watcher(server.url('postgres', 'watcher', PASSWORD), ENTRIES);
    const reports = await Array.fromAsync(watcher.link.audit?.(watcher.wanted(), [], AbortSignal.abort(new Error('enough'))) ?? []);
    assert.ok(reports.every(({ kind }) => kind === 'unaudited'));
  });
});

describe('the reach of agents', function () {
  this.timeout(120_000);
  const reachOf = (reports: readonly AuditReport[]): string[] =>
    reports.flatMap((report) => (report.kind === 'reach' ? [`${report.agent} ${report.right} ${report.ids.join()}: ${report.what}`] : []));

  it('is what they could destroy of the roll, and nothing else', async () => {
    await using server = await startStocked(18);
    await server.query(`create role harmless; create role root superuser; create role crew; create role deploy; grant crew to deploy;
      create role writer; create role owner_of_one; alter database metrics owner to owner_of_one; grant pg_write_all_data to writer`);
    await server.query(
      'grant truncate on app.orders to crew; grant delete on app.other to harmless; grant select on app.orders to harmless',
      'orders',
    );
    const reports = await audit(server, ['harmless', 'root', 'deploy', 'writer', 'owner_of_one', 'nobody_there']);
    assert.deepEqual(reachOf(reports).sort(), [
      'agent-deploy write orders: may TRUNCATE on table app.orders as crew',
      'agent-owner_of_one owner metrics: owns, and can drop, database metrics',
      'agent-root superuser orders,metrics: can drop every database of this server',
      'agent-writer member orders,metrics: can delete every row of every table as pg_write_all_data',
    ]);
    const unknown = reports.filter((report) => report.kind === 'unaudited');
    assert.deepEqual(
      unknown.map(({ on }) => on),
      ['agent agent-nobody_there'],
    );
    assert.deepEqual(words(reports), [], 'nothing of theirs is held against the watcher');
  });

  it('is found among thousands of tables of an owner, by what the roll names', async () => {
    await using server = await startStocked(18);
    await server.query('create role app; grant create on schema app to app', 'orders');
    await server.query(
      `do $$ begin for n in 1..2100 loop execute format('create table app.a%s (); alter table app.a%s owner to app', n, n); end loop; end $$;
       alter table app.orders owner to app`,
      'orders',
    );
    const reports = await audit(server, ['app']);
    assert.deepEqual(reachOf(reports), ['agent-app owner orders: owns, and can drop, table app.orders']);
    assert.deepEqual(
      reports.filter(({ kind }) => kind === 'unaudited'),
      [],
    );
  });

  it('ends with the statements that are printed for each, and leaves a role that can read for a day', async () => {
    await using server = await startStocked(18);
    const odd = `o"d'd%\\role`;
    const quoted = `"${odd.replaceAll('"', '""')}"`;
    await server.query(`create role root superuser; create role crew; create role deploy; grant crew to deploy; create role ${quoted};
      alter database metrics owner to ${quoted}; grant pg_write_all_data to ${quoted}`);
    await server.query(`grant truncate, delete, insert on app.orders to crew; grant update (note) on app.orders to ${quoted}`, 'orders');
    const names = ['root', 'deploy', odd];
    const reports = await audit(server, names);
    await using watcher = new Watcher(server.url('postgres', 'watcher', PASSWORD), ENTRIES);
    for (const role of names) {
      const agent = { name: `agent-${role}`, is: { role } };
      const reaches = reports.flatMap((report) => (report.kind === 'reach' && report.agent === agent.name ? [report] : []));
      assert.ok(reaches.length > 0, role);
      const secret = async (): Promise<Secret> => new Secret(watcher.url);
      const made = await postgres.disarm?.(watcher.settings, watcher.wanted(), { agent, reaches }, { connection: 'pg', secret });
      assert.ok(made && made.role === `${role}_task` && !made.script.includes(PASSWORD));
      const visits = [...Map.groupBy(made.statements, ({ at }) => at)];
      for (let time = 0; time < 2; time++) for (const [at, some] of visits) for (const { run } of some) await server.query(run, at);
    }
    assert.deepEqual(reachOf(await audit(server, [...names, ...names.map((role) => `${role}_task`)])), []);
    const may = `select has_table_privilege('deploy_task', 'app.orders', 'SELECT') as reads, has_table_privilege('deploy_task', 'app.orders', 'DELETE') as deletes,
      has_table_privilege('deploy', 'app.orders', 'INSERT') as inserts,
      (select rolvaliduntil < now() + interval '25 hours' from pg_roles where rolname = 'deploy_task') as ends`;
    assert.deepEqual(await server.query(may, 'orders'), [{ reads: true, deletes: false, inserts: true, ends: true }]);
  });

  it('tells where the watcher is one of them', async () => {
    await using server = await startStocked(18);
    await server.query('create role deploy; grant watcher to deploy');
    const shared = (await audit(server, ['watcher', 'deploy'])).flatMap((report) => (report.kind === 'shared' ? [report.what] : []));
    assert.deepEqual(shared, [
      'role watcher on test-postgres is the very role with which the watcher looks',
      "role deploy on test-postgres can become the watcher's role watcher",
    ]);
  });

  it('is found with a watcher that is a superuser too', async () => {
    await using server = await startStocked(18);
    await server.query('create role deploy; grant usage on schema app to deploy', 'orders');
    await server.query('grant delete on app.orders to deploy', 'orders');
    const reports = await audit(server, ['deploy'], 'postgres');
    assert.deepEqual(words(reports), ['superuser critical the server']);
    assert.deepEqual(reachOf(reports), ['agent-deploy write orders: may DELETE on table app.orders']);
  });
});
