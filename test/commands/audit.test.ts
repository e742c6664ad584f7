import assert from 'node:assert/strict';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { CoverageBook } from '../../src/loop/coverage-book.ts';
import { COVERAGE } from '../../src/loop/coverage-watch.ts';
import type { AuditResult } from '../../src/commands/audit-result.ts';
import { runCli, startCli } from '../support/cli.ts';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startPostBox, trouble } from '../support/post.ts';
import { backups, database, Site, type SiteParts } from '../support/site.ts';

const PASSWORD = 'for-watching-only';

describe('rollcall audit', function () {
  this.timeout(120_000);
  let pg: TestPostgres;
  beforeEach(async () => {
    pg = await startPostgres({ auth: 'scram' });
    await pg.query('create database orders');
    await pg.query('create table t (id int primary key, name text); insert into t values (1)', 'orders');
    await pg.query(`create role agent login; grant delete on t to agent`, 'orders');
  });
  afterEach(async () => pg[Symbol.asyncDispose]());

  /** A site whose role is the one that grants prints. */
  async function makeSite(config: object = {}, parts: SiteParts = {}): Promise<Site> {
    const connections = { pg: { probe: 'postgres', url: { file: './pg.url' }, connect_timeout: '1s' } };
    const resources = [database('orders', { expect: { tables: { 'public.t': { min_rows: 1 } } } })];
    const site = new Site({ pgUrl: pg.url('postgres', 'watcher', PASSWORD), resources, config: { connections, ...config }, ...parts });
    const { stdout } = await runCli(['grants', '--json'], { cwd: site.path });
    const { connections: printed } = JSON.parse(stdout) as { connections: { grants: { statements: { at: string; run: string }[] } }[] };
    for (const { grants } of printed) for (const { at, run } of grants.statements) await pg.query(run, at);
    await pg.query(`alter role watcher password '${PASSWORD}'`);
    return site;
  }

  async function audit(site: Site, ...parts: string[]): Promise<AuditResult> {
    const ran = await runCli(['audit', '--json', ...parts], { cwd: site.path });
    const result = JSON.parse(ran.stdout) as AuditResult;
    assert.equal(ran.code, result.exit);
    assert.ok(!ran.stdout.includes(PASSWORD));
    return result;
  }

  it('is 0 for the printed role, 2 for what could destroy, 0 again for what was accepted, 3 where nobody answers', async () => {
    using site = await makeSite();
    const good = await audit(site, 'credentials', 'agents');
    assert.deepEqual([good.schema, good.exit, good.findings, good.unaudited], ['rollcall/audit/v1', 0, [], []]);
    await pg.query('alter role watcher createdb');
    assert.equal((await audit(site, 'credentials')).exit, 1);
    await pg.query('grant truncate on t to watcher', 'orders');
    const bad = await audit(site, 'credentials');
    assert.equal(bad.exit, 2);
    assert.deepEqual(
      bad.findings.map(({ kind, accepted }) => `${kind} ${accepted}`),
      ['createdb false', 'write false'],
    );
    const text = await runCli(['audit', 'credentials'], { cwd: site.path });
    assert.match(
      text.stdout,
      /critical: pg: write: watcher may TRUNCATE on table public\.t in DATABASE "orders"\n {4}fix: REVOKE TRUNCATE ON TABLE "public"\."t" FROM "watcher";/,
    );
    const accept = { probe: 'postgres', url: { file: './pg.url' }, connect_timeout: '1s', accept: ['write', 'createdb'] };
    site.rewrite({ config: { connections: { pg: accept } } });
    const accepted = await audit(site, 'credentials');
    assert.equal(accepted.exit, 0);
    assert.ok(accepted.findings.length === 2 && accepted.findings.every((finding) => finding.accepted), 'told all the same');
    await pg.stop();
    assert.equal((await audit(site, 'credentials')).exit, 3);
  });

  it('warns of a coverage that has fallen since the daemon first looked, and is unknown where nobody answers', async () => {
    using site = await makeSite();
    const first = await audit(site, 'coverage');
    assert.deepEqual([first.exit, first.findings], [0, []]);
    assert.deepEqual(
      first.coverage.map(({ connection, kind, found, managed }) => [connection, kind, found, managed]),
      [['pg', 'postgres.database', 1, 1]],
    );
    // As the daemon writes it down: one database, on the roll, nothing else known.
    const store = await openStore(site.state);
    const book = new CoverageBook(undefined);
    book.enter('pg', { placed: [], whole: true, listed: [], beyond: [] }, { wall: 1, steady: 1 });
    await store.commit({ meta: { [COVERAGE]: book.save() } });
    await store.close();
    await pg.query('create database newcomer');
    const fallen = await audit(site, 'coverage');
    assert.equal(fallen.exit, 1);
    assert.deepEqual(
      fallen.findings.map(({ part, kind, severity, about, what }) => `${part} ${kind} ${severity} ${about}: ${what}`),
      ['coverage fallen warning pg: coverage has fallen: 1 of 2 postgres.database on the roll, newly not: newcomer'],
    );
    const text = await runCli(['audit', 'coverage'], { cwd: site.path });
    assert.match(text.stdout, /COVERAGE: .*\n {2}pg: 1 of 2 postgres\.database on the roll\n {2}warning: pg: fallen: /);
    await pg.stop();
    const blind = await audit(site, 'coverage');
    assert.equal(blind.exit, 3);
    assert.match(blind.unaudited[0]?.on ?? '', /what is there: the server/);
  });

  it('tells what an agent could destroy of the roll', async () => {
    using site = await makeSite({ agents: [{ name: 'cursor', postgres: { role: 'agent' } }] });
    const { exit, findings } = await audit(site, 'agents');
    assert.equal(exit, 2);
    assert.deepEqual(
      findings.map(({ about, kind, ids, what }) => `${about} ${kind} ${ids.join()}: ${what}`),
      ['cursor reach orders: role agent on pg may DELETE on table public.t'],
    );
    assert.equal((await audit(site, 'credentials')).exit, 0);
  });

  it('is ended by what grants prints for an agent', async () => {
    using site = await makeSite({ agents: [{ name: 'cursor', postgres: { role: 'agent' } }] });
    const { stdout, code } = await runCli(['grants', '--agent', 'cursor'], { cwd: site.path });
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^\\connect orders\n(?:SET .*\n)*-- agent may DELETE on table public\.t \(orders\)\nREVOKE DELETE ON TABLE "public"\."t" FROM "agent";$/m,
    );
    assert.match(stdout, /CREATE ROLE "agent_task" LOGIN NOSUPERUSER/);
    await pg.query(`revoke delete on table "public"."t" from "agent"`, 'orders');
    assert.equal((await audit(site, 'agents')).exit, 0);
    const unknown = await runCli(['grants', '--agent', 'curser'], { cwd: site.path });
    assert.deepEqual([unknown.code, unknown.stderr], [64, "rollcall: no agent 'curser' in config.yaml; did you mean 'cursor'?\n"]);
  });

  it('says how it stands with the copies, and what one host or one agent could delete together, in words, as data and as a picture', async () => {
    const agents = [{ name: 'cursor', postgres: { role: 'agent' }, file: { uid: 54_321 } }];
    using site = await makeSite({ agents });
    const dumps = site.write('vault/a.dump', 'x');
    const resources = [
      database('orders', { expect: { tables: { 'public.t': { min_rows: 1 } } }, protected_by: ['dumps'] }),
      database('postgres'),
      backups('dumps', dumps.replace('a.dump', '*.dump')),
    ];
    const connections = { pg: { probe: 'postgres', url: { file: './pg.url' } }, disk: { probe: 'file', accept: ['root', 'write'] } };
    site.rewrite({ resources, config: { agents, connections } });
    chmodSync(site.path, 0o755);
    chmodSync(dumps, 0o666);
    const { exit, copies, radius, findings } = await audit(site, 'copies', 'radius', '--svg', 'radius.svg');
    assert.equal(exit, 2);
    assert.deepEqual(
      copies.map(({ id, rules }) => `${id}: ${rules.map(({ status }) => status).join()}`),
      ['orders: not-met,unproven,not-met,not-met,unproven', 'postgres: not-met'],
    );
    assert.deepEqual(
      radius.map(({ id, copy, ties }) => `${id}+${copy}: ${ties.map(({ kind, name }) => `${kind} ${name}`).join()}`),
      ['orders+dumps: agent cursor,host this host'],
    );
    assert.ok(findings.every(({ part, fix }) => (part === 'copies' || part === 'radius') && fix.length > 0));
    const svg = readFileSync(join(site.path, 'radius.svg'), 'utf8');
    assert.ok(svg.includes('agent cursor') && svg.includes('host this host'));
    const text = (await runCli(['audit', 'copies', 'radius'], { cwd: site.path })).stdout;
    assert.match(
      text,
      /orders \(copies: dumps\): three-copies NO; two-media not proven; one-off-site NO; one-out-of-reach NO; zero-errors not proven/,
    );
    assert.match(
      text,
      /critical: orders: host: host this host takes both with it: orders and dumps\n {4}of the roll: orders, dumps\n {4}fix: # keep a copy on another host/,
    );
  });

  it('is asked before a first arming: refused with 78 and a word that helps, and not the second time', async () => {
    await using box = await startPostBox();
    using site = await makeSite({}, { pageUrl: box.url });
    await pg.query('alter role watcher superuser');
    const refused = await runCli(['watch'], { cwd: site.path });
    assert.equal(refused.code, 78);
    assert.match(refused.stderr, /pg: superuser: watcher is a superuser/);
    assert.match(refused.stderr, /accept: \[superuser\]/);
    await pg.query('alter role watcher nosuperuser');
    await using first = startCli(['watch'], { cwd: site.path });
    await first.says('"watching"');
    first.signal('SIGTERM');
    assert.equal(await first.ended, 0);
    await pg.query('alter role watcher superuser');
    await using second = startCli(['watch'], { cwd: site.path });
    const page = await box.page(trouble('credential.too-strong'));
    assert.equal(page.severity, 'critical');
    assert.match(page.summary, /superuser/);
    assert.ok(!JSON.stringify(page).includes(PASSWORD));
    second.signal('SIGTERM');
    assert.equal(await second.ended, 0);
  });
});
