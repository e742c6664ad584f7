import assert from 'node:assert/strict';
import { readFileSync, utimesSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { database, Site } from '../support/site.ts';

const PASSWORD = 'for-watching-only';

interface Printed {
  readonly exit: number;
  readonly connections: readonly {
    connection: string;
    found: { kind: string; name: string; on_roll: string | null; left_out: string | null }[];
    unexplored: object[];
  }[];
  readonly coverage: readonly object[];
}

describe('rollcall discover', function () {
  this.timeout(120_000);
  let pg: TestPostgres;
  before(async () => {
    pg = await startPostgres({ auth: 'scram' });
    await pg.query(`create role watcher login password '${PASSWORD}'; grant pg_read_all_data to watcher`);
    for (const name of ['orders', 'users', 'scratch_1', 'e\u202evil: "x"\n- id: y'])
      await pg.query(`create database "${name.replaceAll('"', '""')}"`);
    await pg.query('create table t as select generate_series(1, 1000) as id', 'orders');
  });
  after(async () => pg[Symbol.asyncDispose]());

  function makeSite(manifest: Readonly<Record<string, unknown>> = {}): Site {
    const site = new Site({ pgUrl: pg.url('postgres', 'watcher', PASSWORD), resources: [database('orders')], manifest });
    for (let nth = 1; nth <= 4; nth++) {
      const path = site.write(`vault/orders-${nth}.dump`, 'x'.repeat(2000));
      utimesSync(path, Date.now() / 1000 - nth * 86_400 + 3600, Date.now() / 1000 - nth * 86_400 + 3600);
    }
    const pgConnection = { probe: 'postgres', url: { file: './pg.url' }, connect_timeout: '1s', accept: ['member'] };
    const disk = { probe: 'file', roots: [join(site.path, 'vault')], accept: ['root', 'write'] };
    site.rewrite({ config: { connections: { pg: pgConnection, disk } } });
    return site;
  }

  it('says that a draft has no place before it asks anybody', async () => {
    let asked = 0;
    const server = createServer((socket) => {
      asked++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    using site = new Site({ pgUrl: `postgres://x@127.0.0.1:${port}/postgres`, resources: [database('orders')] });
    try {
      for (const [output, said] of [
        ['manifest.yaml', /^rollcall: manifest\.yaml is there already; --force writes over it$/m],
        ['nowhere/draft.yaml', /^rollcall: nowhere\/draft\.yaml cannot be written: ENOENT$/m],
        ['manifest.yaml/draft.yaml', /cannot be written: ENOTDIR$/m],
      ] as const) {
        const { code, stdout, stderr } = await runCli(['discover', 'pg', '-o', output], { cwd: site.path });
        assert.deepEqual([code, stdout], [64, '']);
        assert.match(stderr, said);
      }
      assert.equal((await runCli(['discover', 'pg', '-o', '.', '--force'], { cwd: site.path })).code, 64);
      assert.equal(asked, 0);
      await runCli(['discover', 'pg', '-o', 'manifest.yaml', '--force'], { cwd: site.path });
      assert.ok(asked > 0, 'whoever may write over it is not stopped');
    } finally {
      server.close();
    }
  });

  it('writes a draft which, put in place as it is, is whole and of which everything is there', async () => {
    using site = makeSite();
    const ran = await runCli(['discover', '-o', 'draft.yaml'], { cwd: site.path });
    assert.notEqual(ran.code, 64, ran.stderr);
    assert.equal(ran.stdout, '');
    assert.match(ran.stderr, /\d entries in draft\.yaml\. Nothing is watched by this/);
    const draft = readFileSync(join(site.path, 'draft.yaml'), 'utf8');
    assert.ok(!draft.includes(PASSWORD) && !ran.stderr.includes(PASSWORD));
    site.write('manifest.yaml', draft);
    const valid = await runCli(['validate'], { cwd: site.path });
    assert.equal(valid.code, 0, valid.stdout);
    // What this machine has mounted is found too, and may be gone again by now.
    const ids = ['e-vil-x---id-y', 'orders', 'scratch_1', 'users', 'orders-backups'];
    const checked = await runCli(['check', '--json', ...ids], { cwd: site.path });
    const { resources } = JSON.parse(checked.stdout) as { resources: { id: string; verdict: string; pin: string }[] };
    assert.deepEqual(
      resources.map(({ id, verdict, pin }) => `${id} ${verdict} ${pin}`),
      ids.map((id) => `${id} present manifest`),
      checked.stdout,
    );
  });

  it('never writes over a file unless it is told to', async () => {
    using site = makeSite();
    const kept = readFileSync(join(site.path, 'manifest.yaml'), 'utf8');
    const refused = await runCli(['discover', 'pg', '-o', 'manifest.yaml'], { cwd: site.path });
    assert.equal(refused.code, 64);
    assert.match(refused.stderr, /manifest\.yaml is there already; --force/);
    assert.equal(readFileSync(join(site.path, 'manifest.yaml'), 'utf8'), kept);
    assert.equal((await runCli(['discover', 'pg', '-o', 'manifest.yaml', '--force'], { cwd: site.path })).code, 0);
    assert.notEqual(readFileSync(join(site.path, 'manifest.yaml'), 'utf8'), kept);
  });

  it('needs no manifest, and keeps the ids of the one there is', async () => {
    using site = makeSite();
    site.rewrite({ resources: [database('the-orders', { name: 'orders' })] });
    const { stdout } = await runCli(['discover', 'pg'], { cwd: site.path });
    assert.match(stdout, /# on the roll already, as the-orders\n.*\n {2}- id: the-orders\n/);
    site.rewrite({ resources: [] });
    const without = await runCli(['discover', 'pg'], { cwd: site.path });
    assert.equal(without.code, 0, without.stderr);
    assert.match(without.stdout, / - id: orders\n/);
  });

  it('tells with --unmanaged what is not on the roll, and how much is', async () => {
    using site = makeSite({ unmanaged: [{ connection: 'pg', name: 'scratch_?', reason: 'made anew' }] });
    const ran = await runCli(['discover', 'pg', '--unmanaged'], { cwd: site.path });
    assert.equal(ran.code, 1, ran.stderr);
    assert.match(ran.stdout, /^pg {2}postgres\.database {2}1 of 3 on the roll, 1 left out on purpose\n/);
    assert.match(ran.stdout, /not on the roll: users \(/);
    assert.match(ran.stdout, /not on the roll: e vil: "x" - id: y \(/);
    const json = await runCli(['discover', 'pg', '--unmanaged', '--json'], { cwd: site.path });
    const printed = JSON.parse(json.stdout) as Printed;
    assert.equal(printed.exit, 1);
    assert.deepEqual(printed.coverage, [{ connection: 'pg', kind: 'postgres.database', found: 3, managed: 1, left_out: 1 }]);
    assert.deepEqual(
      printed.connections[0]?.found.map(({ name, on_roll: id, left_out: reason }) => [name, id, reason]),
      [
        ['e\u202evil: "x"\n- id: y', null, null],
        ['orders', 'orders', null],
        ['scratch_1', null, 'made anew'],
        ['users', null, null],
      ],
    );
    assert.ok(!json.stdout.includes('\u202e'), 'nothing that turns the direction of writing');
    site.rewrite({ manifest: { unmanaged: [{ connection: 'pg', name: '*', reason: 'all of it' }] } });
    assert.equal((await runCli(['discover', 'pg', '--unmanaged'], { cwd: site.path })).code, 0);
  });

  it('is unknown, and says of what, where a connection could not be listed', async () => {
    using site = makeSite();
    site.write('pg.url', 'postgres://watcher:secret-word@127.0.0.1:1/postgres', 0o600);
    const ran = await runCli(['discover', '--json'], { cwd: site.path });
    assert.equal(ran.code, 3);
    assert.match(ran.stderr, /pg: the server could not be looked into: unreachable/);
    assert.ok(!`${ran.stdout}${ran.stderr}`.includes('secret-word'));
    const { connections } = JSON.parse(ran.stdout) as Printed;
    assert.deepEqual(
      connections.map(({ connection, found }) => [connection, found.filter(({ kind }) => kind !== 'file.volume').length]),
      [
        ['pg', 0],
        ['disk', 1],
      ],
    );
  });

  it('knows the connections', async () => {
    using site = makeSite();
    const ran = await runCli(['discover', 'dsik'], { cwd: site.path });
    assert.equal(ran.code, 64);
    assert.match(ran.stderr, /did you mean 'disk'/);
  });
});
