import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { startPostgres, type TestPostgres } from '../test/support/postgres.ts';
import { startReceiver, type Receiver } from '../test/support/receiver.ts';
import { startDaemon } from './daemon.ts';
import { writeDaemonFiles } from './files.ts';
import { Child } from './process.ts';
import type { Side } from './row.ts';

/** Who logs in: each side under a role of its own, so that the server can tell them apart. */
export const ROLES = { rollcall: 'rollcall_ro', catalogue: 'floor_catalogue', held: 'floor_held', peer: 'peer_each' } as const;
export type Role = keyof typeof ROLES;

const MAX_CONNECTIONS = 200;
const LANES = 2;
const PASSWORD = 'only-for-the-bench';
const SETTINGS = [
  `max_connections=${MAX_CONNECTIONS}`,
  'log_connections=on',
  'shared_preload_libraries=pg_stat_statements',
  'autovacuum=off',
  'max_wal_size=4GB',
];

export interface Options {
  readonly drops: number;
  /** How long a cost is measured for, s. */
  readonly seconds: number;
  /** Where CPU profiles of the daemon go, if anywhere. */
  readonly profiles?: string;
  /** How many times a whole process is timed. */
  readonly starts: number;
  /** How long a day is. */
  readonly hours: number;
}

/** What a daemon watches otherwise than the databases of this run's server, without tripwires. */
export interface Watched {
  readonly tripwires?: ReadonlySet<string>;
  readonly urls?: readonly string[];
}

/** The one server, the one receiver and the one run id that everything in a run shares. */
export class World {
  readonly run: string;
  readonly options: Options;
  readonly server: TestPostgres;
  readonly receiver: Receiver;
  readonly admin: Client;
  readonly folder: string;
  readonly #databases = new Set<string>();
  #folders = 0;

  private constructor(run: string, options: Options, server: TestPostgres, receiver: Receiver, admin: Client, folder: string) {
    [this.run, this.options, this.server, this.receiver, this.admin, this.folder] = [run, options, server, receiver, admin, folder];
  }

  static async start(run: string, options: Options): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
    const server = await startPostgres({ auth: 'scram', settings: SETTINGS });
    const admin = new Client({ connectionString: server.url() });
    await admin.connect();
    await admin.query('CREATE EXTENSION pg_stat_statements');
    for (const role of Object.values(ROLES)) await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
    return new World(run, options, server, await startReceiver({ status: 202 }), admin, folder);
  }

  url(role: Role, database = 'postgres'): string {
    return this.server.url(database, ROLES[role], PASSWORD);
  }

  side(name: string, value: number, samples?: readonly number[]): Side {
    return { name, run: this.run, value, ...(samples && { samples }) };
  }

  /** The first `count` databases of this run, made where they are missing; the server holds no others of it. */
  async databases(count: number): Promise<string[]> {
    const wanted = Array.from({ length: count }, (_, n) => `db_${n + 1}`);
    const missing = wanted.filter((name) => !this.#databases.has(name));
    for (const name of this.#databases)
      if (!wanted.includes(name)) {
        await this.admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
        this.#databases.delete(name);
      }
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let name = missing.pop(); name !== undefined; name = missing.pop()) {
          await this.server.query(`CREATE DATABASE ${name} TEMPLATE template0 STRATEGY FILE_COPY`);
          this.#databases.add(name);
        }
      }),
    );
    return wanted;
  }

  /** Drops one and says when that returned, ms since 1970. */
  async drop(name: string): Promise<number> {
    await this.admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    const at = Date.now();
    this.#databases.delete(name);
    return at;
  }

  /** Config, manifest and secret of a daemon that watches `databases`; the path of the config. */
  async files(databases: readonly string[], { tripwires = new Set(), urls = [this.url('rollcall')] }: Watched = {}): Promise<string> {
    const folder = join(this.folder, `daemon-${++this.#folders}`);
    return writeDaemonFiles(folder, {
      manifest: this.run,
      urls,
      pageUrl: `${this.receiver.url}/rollcall`,
      databases,
      tripwires,
    });
  }

  async daemon(databases: readonly string[], watched?: Watched): Promise<Child> {
    return (await this.daemonAt(databases, watched)).daemon;
  }

  /** The same, with where it listens. */
  async daemonAt(databases: readonly string[], watched?: Watched): Promise<{ readonly daemon: Child; readonly url: string }> {
    const { profiles } = this.options;
    return startDaemon(await this.files(databases, watched), profiles === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profiles]);
  }

  /** Starts one of `floors/` and waits until it says that it is ready. */
  async floor(script: string, role: Role, more: object = {}): Promise<Child> {
    const task = { url: this.url(role), post: `${this.receiver.url}/${role}`, run: this.run, everyMs: 1000, ...more };
    const child = new Child([fileURLToPath(new URL(`./floors/${script}.ts`, import.meta.url))], { BENCH_TASK: JSON.stringify(task) });
    try {
      await child.says((line) => (line['ready'] === true ? true : undefined), 60_000);
      return child;
    } catch (error) {
      await child.end();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.admin.end();
    await this.receiver.close();
    await this.server[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
