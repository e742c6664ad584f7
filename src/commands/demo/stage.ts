import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from '../../adapters/embedded-postgres-binaries.ts';
import { EmbeddedPostgres } from '../../adapters/embedded-postgres.ts';
import { settleFiles } from '../../app.ts';
import { grantParts } from '../grant-parts.ts';

const NOBODY = { uid: 65534, gid: 65534 };
const DAY_MS = 86_400_000;
const CUSTOMERS = 1200;
const ORDERS = 48_000;

/** Everything the story plays on: a real PostgreSQL, its dumps, a volume folder, and the watcher's own files. */
export interface Stage {
  readonly folder: string;
  readonly dumps: string;
  readonly config: string;
  readonly server: EmbeddedPostgres;
  /** The agent's own superuser: what it found lying about. */
  readonly rogueUrl: string;
  clear(): Promise<void>;
}

/** Builds the stage in a temporary folder. `pageUrl`: where the pages go. @throws Error where PostgreSQL is not installed. */
export async function buildStage(pageUrl: string, uid: number | undefined): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-'));
  const runAs = uid === 0 ? NOBODY : undefined;
  const passwords = { admin: password(), watcher: password(), rogue: password() };
  let server: EmbeddedPostgres | undefined;
  try {
    const binaries = await findBinaries('embedded-postgres', folder, runAs);
    server = await EmbeddedPostgres.start({ binaries, tmp: tmpdir(), runAs, password: passwords.admin, auth: 'scram' });
    await fill(server, passwords);
    const dumps = await writeDumps(folder);
    const config = await writeFiles(folder, server, passwords.watcher, pageUrl);
    await makeWatcher(config, server, passwords.watcher);
    const started = server;
    const clear = async (): Promise<void> => {
      await started[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    };
    return { folder, dumps, config, server, rogueUrl: server.url('postgres', 'billing_agent', passwords.rogue), clear };
  } catch (error) {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function fill(server: EmbeddedPostgres, passwords: { readonly rogue: string }): Promise<void> {
  await server.query(`CREATE ROLE billing_agent SUPERUSER LOGIN PASSWORD '${passwords.rogue}'`);
  for (const name of ['orders', 'metrics']) await server.query(`CREATE DATABASE ${name}`);
  await server.query(
    `CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
     CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric NOT NULL);
     INSERT INTO customers SELECT n, 'customer ' || n FROM generate_series(1, ${CUSTOMERS}) n;
     INSERT INTO orders SELECT n, 1 + n % ${CUSTOMERS}, n * 1.5 FROM generate_series(1, ${ORDERS}) n;
     ANALYZE`,
    'orders',
  );
}

/** The watcher's role, made of what `rollcall grants` prints for these very files, and of nothing more. */
async function makeWatcher(config: string, server: EmbeddedPostgres, secret: string): Promise<void> {
  const parts = await grantParts(await settleFiles(config, { env: {}, cwd: tmpdir() }), { env: {}, role: undefined });
  for (const { grants } of parts) {
    if (grants?.language !== 'sql') continue;
    for (const { run, at } of grants.statements) await server.query(run, at);
    await server.query(`ALTER ROLE ${grants.role} PASSWORD '${secret}'`);
  }
}

/** Seven nightly dumps in plain SQL, written here because the npm package of the server has no `pg_dump`. */
async function writeDumps(folder: string): Promise<string> {
  const dumps = join(folder, 'vault', 'orders');
  await mkdir(dumps, { recursive: true });
  await mkdir(join(folder, 'data', 'pgdata'), { recursive: true });
  await writeFile(join(folder, 'data', 'pgdata', 'PG_VERSION'), '18\n');
  const rows = Array.from({ length: 2000 }, (_, n) => `${n + 1}\tcustomer ${n + 1}`).join('\n');
  const dump = `--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.customers (id bigint, name text);\n\nCOPY public.customers (id, name) FROM stdin;\n${rows}\n\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n`;
  for (let age = 6; age >= 0; age--) {
    const at = new Date(Date.now() - age * DAY_MS - 3_600_000);
    const file = join(dumps, `orders-${at.toISOString().slice(0, 10)}.dump`);
    await writeFile(file, dump);
    await utimes(file, at, at);
  }
  return dumps;
}

async function writeFiles(folder: string, server: EmbeddedPostgres, watcher: string, pageUrl: string): Promise<string> {
  const secret = join(folder, 'orders-pg.url');
  await writeFile(secret, server.url('postgres', 'rollcall_ro', watcher), { mode: 0o600 });
  await writeFile(join(folder, 'manifest.yaml'), manifest(folder));
  const config = join(folder, 'config.yaml');
  await writeFile(
    config,
    `watchdog: { name: demo, state: ./state, listen: off }
manifest: ./manifest.yaml
connections:
  orders-pg: { probe: postgres, url: { file: ./orders-pg.url } }
  # The demo runs as you and looks at files of yours; a watcher has an account of its own.
  vault-disk: { probe: file, accept: [root, write] }
defaults: { sweep: 1s, inspect: 10s }
pagers:
  phone: { type: webhook, url: ${JSON.stringify(pageUrl)} }
routes:
  - { pagers: [phone] }
`,
  );
  return config;
}

const manifest = (folder: string): string => `schema: rollcall/manifest/v1
manifest: demo
version: 1
resources:
  - id: orders-db
    kind: postgres.database
    connection: orders-pg
    name: orders
    owner: payments
    expect:
      tables:
        public.orders: { min_rows: 40000, max_shrink: 5% }
        public.customers: { min_rows: 1000 }
    protected_by: [orders-dumps]
  - id: metrics-db
    kind: postgres.database
    connection: orders-pg
    name: metrics
  - id: orders-dumps
    kind: file.backups
    connection: vault-disk
    path: ${folder}/vault/orders/*.dump
    expect: { newest_within: 26h, min_count: 7 }
  - id: data-volume
    kind: file.volume
    connection: vault-disk
    path: ${folder}/data
    expect: { contains: [pgdata/PG_VERSION] }
`;

function password(): string {
  return randomBytes(16).toString('hex');
}
