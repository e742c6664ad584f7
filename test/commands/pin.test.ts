import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { database, Site } from '../support/site.ts';

const MANIFEST = `# signed by nobody yet
schema: rollcall/manifest/v1
manifest: site
version: 3
resources:
  - id: orders   # the one that matters
    kind: postgres.database
    connection: pg
    name: orders
  - id: users
    kind: postgres.database
    connection: pg
    name: users
    identity: { oid: OID }
`;

interface Printed {
  readonly pinned: readonly { readonly id: string; readonly identity: Readonly<Record<string, string>> }[];
  readonly unchanged: readonly string[];
  readonly refused: readonly { readonly id: string; readonly verdict: string }[];
  readonly written: string | null;
}

describe('rollcall pin', function () {
  this.timeout(120_000);
  let pg: TestPostgres;
  let site: Site;
  let ids: Record<'system' | 'orders' | 'users', string>;
  beforeEach(async () => {
    pg = await startPostgres();
    await pg.query('create database orders');
    await pg.query('create database users');
    const [row] =
      (await pg.query(`select system_identifier::text as system, (select oid::text from pg_database where datname = 'orders') as orders,
      (select oid::text from pg_database where datname = 'users') as users from pg_control_system()`)) as (typeof ids)[];
    assert.ok(row);
    ids = row;
    site = new Site({ pgUrl: pg.url() });
    chmodSync(site.write('manifest.yaml', MANIFEST.replace('OID', ids.users)), 0o640);
  });
  afterEach(async () => {
    site[Symbol.dispose]();
    await pg[Symbol.asyncDispose]();
  });
  const text = () => readFileSync(join(site.path, 'manifest.yaml'), 'utf8');
  const pin = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(['pin', ...args], { cwd: site.path });
    return { code, stdout, stderr };
  };
  const printed = async (...args: string[]): Promise<Printed & { code: number | null }> => {
    const { code, stdout } = await pin('--json', ...args);
    return { code, ...(JSON.parse(stdout) as Printed) };
  };

  it('writes what it sees, keeps every comment, raises no version, and is at rest then', async () => {
    const before = text();
    const ran = await pin();
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /its version is 3 still/);
    const after = text();
    assert.equal(after.replace(/\n {4}identity: \{ "system_.*(?=\n)/, '').replace(/, "system_identifier": "\d+"/, ''), before);
    assert.equal(statSync(join(site.path, 'manifest.yaml')).mode & 0o777, 0o640);
    const checked = await runCli(['check', '--json'], { cwd: site.path });
    const { resources } = JSON.parse(checked.stdout) as { resources: { id: string; verdict: string; pin: string; expected: object }[] };
    assert.deepEqual(
      resources.map(({ id, verdict, pin: from, expected }) => [id, verdict, from, expected]),
      [
        ['orders', 'present', 'manifest', { identity: { system_identifier: ids.system, oid: ids.orders } }],
        ['users', 'present', 'manifest', { identity: { system_identifier: ids.system, oid: ids.users } }],
      ],
    );
    const again = await printed();
    assert.deepEqual([again.code, again.pinned, again.unchanged, again.written], [0, [], ['orders', 'users'], null]);
    assert.equal(text(), after);
  });

  it('writes nothing where it is only to say what it would', async () => {
    const before = text();
    const { code, pinned, written } = await printed('--dry-run', 'orders');
    assert.deepEqual([code, pinned, written], [0, [{ id: 'orders', identity: { system_identifier: ids.system, oid: ids.orders } }], null]);
    assert.equal(text(), before);
  });

  it('writes nothing where one is gone, another one, or out of sight', async () => {
    const before = text();
    await pg.query('drop database orders');
    const gone = await printed();
    assert.deepEqual(
      [gone.code, gone.pinned, gone.refused.map(({ id, verdict }) => `${id} ${verdict}`), gone.written],
      [2, [], ['orders absent'], null],
    );
    assert.deepEqual(
      (await printed('users', '--dry-run')).pinned.map(({ id }) => id),
      ['users'],
      'the others can be named',
    );
    await pg.query('drop database users');
    await pg.query('create database users');
    const other = await printed('users');
    assert.deepEqual([other.code, other.refused.map(({ verdict }) => verdict)], [2, ['impostor']]);
    await pg.stop();
    const blind = await printed('users');
    assert.deepEqual([blind.code, blind.refused.map(({ verdict }) => verdict)], [3, ['blind']]);
    assert.equal(text(), before);
  });

  it('knows the ids', async () => {
    const { code, stderr } = await pin('oders');
    assert.equal(code, 64);
    assert.match(stderr, /did you mean 'orders'/);
  });

  it('says what signers have to do', async () => {
    site.rewrite({ resources: [database('orders')], config: { signers: './allowed_signers' } });
    site.write(
      'allowed_signers',
      'alice namespaces="manifest@rollcall" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n',
    );
    const { code, stdout, stderr } = await pin();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /set version: 2 and previous: sha256:[0-9a-f]{64}; then sign it anew/);
  });
});
