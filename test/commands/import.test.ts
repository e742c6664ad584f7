import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { runCli } from '../support/cli.ts';
import { database, Site } from '../support/site.ts';

const COMPOSE = `name: shop
services:
  db:
    image: docker.io/library/postgres:17-alpine
    environment: { POSTGRES_DB: orders, POSTGRES_PASSWORD: s3cret-word }
  gis:
    image: postgis/postgis:17-3.5
    environment: [POSTGRES_USER=mapper, POSTGRES_PASSWORD=s3cret-word]
  dyn:
    image: postgres
    environment: { POSTGRES_DB: "\${DB:-fallback}" }
  unknown:
    image: postgres
    environment: { POSTGRES_DB: "\${DB}" }
  exporter: { image: prometheuscommunity/postgres-exporter }
  shop: { image: "mysql:8.4", environment: { MYSQL_DATABASE: shop, MYSQL_ROOT_PASSWORD: s3cret-word } }
  wiki: { image: docker.io/library/mariadb, environment: [MARIADB_ROOT_PASSWORD=s3cret-word] }
  sessions: { image: "valkey/valkey:8", command: [--requirepass, s3cret-word] }
volumes:
  data:
  bound: { driver_opts: { type: none, o: bind, device: /srv/data } }
  nfs: { driver: rexray }
`;

const KUBERNETES = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: pg, namespace: prod }
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: pg
          image: postgres:17
          env:
            - { name: POSTGRES_DB, value: orders }
            - { name: POSTGRES_PASSWORD, value: s3cret-word }
        - { name: queue, image: "redis:7" }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { resources: { requests: { storage: 10Gi } } }
---
apiVersion: v1
kind: Service
metadata: { name: pg, namespace: prod }
spec: { selector: { app: pg }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: managed, namespace: prod }
spec: { type: ExternalName, externalName: db.example.com, ports: [{ port: 5432 }] }
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: main, namespace: prod }
spec: { instances: 3, bootstrap: { initdb: { database: billing } } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: files, namespace: prod }
spec: { resources: { requests: { storage: 5Gi } }, storageClassName: fast }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: x }
`;

interface Printed {
  readonly entries: readonly { id: string; connection: string; kind: string; entry: Record<string, unknown>; todo: readonly string[] }[];
  readonly skipped: readonly { type: string; name: string; why: string }[];
}

describe('rollcall import', function () {
  this.timeout(120_000);
  let site: Site;
  beforeEach(() => {
    site = new Site({ pgUrl: 'postgres://x@127.0.0.1:1/postgres', resources: [database('x')] });
  });
  afterEach(() => site[Symbol.dispose]());
  const ROLLCALL = `'${process.execPath}' '${fileURLToPath(new URL('../../src/cli.ts', import.meta.url))}'`;
  const bash = (line: string) => spawnSync('bash', ['-c', line.replace('$R', ROLLCALL)], { cwd: site.path, encoding: 'utf8' });
  const run = (...args: string[]) => runCli(['import', ...args], { cwd: site.path });
  async function imported(format: string, text: string): Promise<Printed> {
    site.write('in', text);
    const { code, stdout, stderr } = await run(format, 'in', '--json');
    assert.equal(code, 0, stderr);
    assert.ok(!`${stdout}${stderr}`.includes('s3cret-word'));
    return JSON.parse(stdout) as Printed;
  }
  const lines = ({ entries }: Printed) =>
    entries.map(({ id, connection, kind, entry }) => `${id} ${kind} on ${connection}: ${JSON.stringify(entry)}`);

  it('makes entries of a compose file', async () => {
    const printed = await imported('compose', COMPOSE);
    assert.deepEqual(lines(printed), [
      'orders postgres.database on pg: {"name":"orders"}',
      'mapper postgres.database on pg: {"name":"mapper"}',
      'fallback postgres.database on pg: {"name":"fallback"}',
      'unknown postgres.database on pg: {"name":"TODO-database-name"}',
      'shop mysql.database on TODO-mysql-connection: {"name":"shop"}',
      'wiki mysql.database on TODO-mysql-connection: {"name":"TODO-database-name"}',
      'sessions redis.database on TODO-redis-connection: {"database":0}',
      'data file.volume on disk: {"path":"/var/lib/docker/volumes/shop_data/_data"}',
      'bound file.volume on disk: {"path":"/srv/data"}',
    ]);
    assert.deepEqual(
      printed.skipped.map(({ type, name, why }) => `${type} ${name}: ${why}`),
      ['service exporter: no probe of this version knows it', 'volume nfs: its driver rexray keeps it where this probe cannot look'],
    );
  });

  it('takes what a shell hands over, however it is called', () => {
    for (const by of [
      'cat in | $R import compose -',
      'cat in | $R import compose /dev/stdin',
      '$R import compose ../../../../../../../dev/stdin < in',
      '$R import compose <(sleep 0.2; cat in)',
      'cat in | $R import compose /proc/self/fd/0',
    ]) {
      site.write('in', COMPOSE);
      const { status, stdout, stderr } = bash(by);
      assert.equal(status, 0, `${by}: ${stderr}`);
      assert.match(stdout, /name: orders/, by);
    }
  });

  it('waits for no pipe that lies in a folder, and reads no more than there can be', async () => {
    assert.equal(spawnSync('mkfifo', [join(site.path, 'pipe')]).status, 0);
    truncateSync(site.write('huge', ''), 5 * 1024 ** 3);
    for (const [file, said] of [
      ['pipe', /^pipe:1:1 .*no plain file.*RC_FILE_UNREADABLE$/m],
      ['/dev/zero', /^\/dev\/zero:1:1 .*no plain file.*RC_FILE_UNREADABLE$/m],
      ['huge', /^huge:1:1 .*is larger than 64 MiB.*RC_IMPORT_UNREADABLE$/m],
    ] as const) {
      const { code, stderr } = await run('compose', file);
      assert.equal(code, 78);
      assert.match(stderr, said);
    }
    const { status, stderr } = bash('cat /dev/zero | $R import compose -');
    assert.equal(status, 78);
    assert.match(stderr, /^-:1:1 .*is larger than 64 MiB/m);
  });

  it('makes entries of manifests of Kubernetes', async () => {
    const printed = await imported('kubernetes', KUBERNETES);
    assert.deepEqual(lines(printed), [
      'prod-data-pg-0 file.volume on disk: {"path":"TODO-absolute-path"}',
      'prod-data-pg-1 file.volume on disk: {"path":"TODO-absolute-path"}',
      'orders postgres.database on pg: {"name":"orders"}',
      'prod-pg redis.database on TODO-redis-connection: {"database":0}',
      'prod-managed postgres.database on pg: {"name":"TODO-database-name"}',
      'billing postgres.database on pg: {"name":"billing"}',
      'prod-files file.volume on disk: {"path":"TODO-absolute-path"}',
    ]);
    assert.match(printed.entries[5]?.todo.join() ?? '', /main-rw\.prod\.svc:5432/);
    assert.deepEqual(
      printed.skipped.map(({ type, name }) => `${type} ${name}`),
      ['Service prod/pg', 'ConfigMap default/x'],
    );
  });

  it('makes entries of a Terraform state, and tells what it skipped', async () => {
    const state = {
      version: 4,
      resources: [
        {
          mode: 'managed',
          type: 'postgresql_database',
          name: 'a',
          instances: [{ attributes: { name: 'e\u202evil', password: 's3cret-word' } }],
        },
        { mode: 'managed', type: 'nobody_knows', name: 'b', instances: [{ attributes: { password: 's3cret-word' } }] },
      ],
    };
    const printed = await imported('terraform', JSON.stringify(state));
    assert.deepEqual(lines(printed), [`e-vil postgres.database on pg: {"name":"e\u202evil"}`]);
    assert.deepEqual(printed.skipped, [{ type: 'nobody_knows', name: 'nobody_knows.b', why: 'no probe of this version knows it' }]);
  });

  it('makes entries of the databases of MySQL in a Terraform state', async () => {
    const instances = [{ attributes: { name: 'shop', default_collation: 'utf8mb4_bin' } }, { attributes: {} }];
    const resources = [
      { mode: 'managed', type: 'mysql_database', name: 'shop', provider: 'provider["registry.terraform.io/petoju/mysql"]', instances },
    ];
    const printed = await imported('terraform', JSON.stringify({ version: 4, resources }));
    assert.deepEqual(lines(printed), ['shop mysql.database on TODO-mysql-connection: {"name":"shop"}']);
    assert.deepEqual(
      printed.skipped.map(({ why }) => why),
      ['it has no name'],
    );
  });

  it('marks what is to be filled in, and is not taken for a manifest before it is', async () => {
    site.rewrite({
      config: { connections: { a: { probe: 'postgres', url: { file: './pg.url' } }, b: { probe: 'postgres', url: { file: './pg.url' } } } },
    });
    site.write('in', COMPOSE);
    const { code, stdout } = await run('compose', 'in', '-o', 'draft.yaml');
    assert.deepEqual([code, stdout], [0, '']);
    const draft = readFileSync(join(site.path, 'draft.yaml'), 'utf8');
    assert.match(draft, /# TODO: connection: one of a, b\n/);
    assert.match(draft, /# TODO: connection: a connection of probe file, to be declared in config\.yaml\n/);
    assert.match(draft, /# skipped: service exporter: /);
    assert.equal((parse(draft) as { resources: object[] }).resources.length, 9);
    site.write('manifest.yaml', draft);
    const valid = await runCli(['validate'], { cwd: site.path });
    assert.equal(valid.code, 78);
    assert.match(valid.stdout, /there is no connection "TODO-file-connection".*RC_CONNECTION_UNKNOWN/);
    assert.equal((await run('compose', 'in', '-o', 'draft.yaml')).code, 64);
  });

  it('needs no config', async () => {
    site.write('sub/in', COMPOSE);
    const { code, stderr, stdout } = await runCli(['import', 'compose', 'in'], { cwd: join(site.path, 'sub') });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /connection: TODO-postgres-connection/);
  });

  it('says where a file is wrong', async () => {
    site.write('in', 'services:\n  db: [\n');
    const wrong = await run('compose', 'in');
    assert.equal(wrong.code, 78);
    assert.match(wrong.stderr, /^in:\d+:\d+ {2}\(file\) {2}is not well-formed YAML.* {2}RC_YAML_SYNTAX$/m);
    const missing = await run('compose', 'nowhere');
    assert.equal(missing.code, 78);
    assert.match(missing.stderr, /^nowhere:1:1 {2}\(file\) {2}cannot be read: ENOENT {2}RC_FILE_UNREADABLE$/m);
    assert.equal((await run('ansible', 'in')).code, 64);
  });
});
