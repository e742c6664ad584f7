import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries, RunAs } from './embedded-postgres-binaries.ts';

const run = promisify(execFile);
const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' };
const HOST = '127.0.0.1';
const STOP_SIGNAL = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;
// A standby is ready for as much as it will ever take.
const READY = /ready to accept (read-only )?connections/;
const LOG_KEPT = 8 * 1024 * 1024;

export interface EmbeddedOptions {
  readonly binaries: Binaries;
  /** Folder under which the server's own is made. */
  readonly tmp: string;
  readonly runAs?: RunAs | undefined;
  /** Of the superuser `postgres`. */
  readonly password: string;
  /** A data folder made by `initCluster`, copied instead of making one: 0.1 s against 0.6 s. */
  readonly template?: string;
  readonly auth?: 'trust' | 'scram';
  /** `name=value` each, as after `-c`. */
  readonly settings?: readonly string[];
}

/** A data folder of a new cluster at `folder`, owned by the superuser `postgres`. Not synced to disk: it is to be thrown away. */
export async function initCluster({ binaries, runAs, password }: EmbeddedOptions, folder: string): Promise<void> {
  const secret = `${folder}.pw`;
  await writeFile(secret, password, { mode: 0o600 });
  if (runAs) await chown(secret, runAs.uid, runAs.gid);
  const flags = ['-U', 'postgres', '-A', 'trust', `--pwfile=${secret}`, '--no-sync', '--locale=C', '-E', 'UTF8'];
  try {
    await run(binaries.initdb, ['-D', folder, ...flags], { ...runAs, env: ENVIRONMENT, cwd: '/' });
  } finally {
    await rm(secret, { force: true });
  }
}

/** A folder under `tmp` that belongs to the server's user. */
export async function makeServerFolder(tmp: string, runAs: RunAs | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmp, 'rollcall-pg-'));
  if (runAs) await chown(folder, runAs.uid, runAs.gid);
  return folder;
}

/** A throw-away PostgreSQL on loopback. Nothing of it survives `Symbol.asyncDispose`; nothing in it survives a power cut. */
export class EmbeddedPostgres {
  readonly host = HOST;
  readonly port: number;
  readonly dataDir: string;
  readonly #options: EmbeddedOptions;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #log = '';

  private constructor(options: EmbeddedOptions, folder: string, port: number) {
    this.#options = options;
    this.#folder = folder;
    this.dataDir = join(folder, 'data');
    this.port = port;
  }

  /** @throws Error with the server's last words where it does not come up. */
  static async start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    const folder = await makeServerFolder(options.tmp, options.runAs);
    try {
      const server = new EmbeddedPostgres(options, folder, await freePort());
      if (options.template === undefined) await initCluster(options, server.dataDir);
      // `cp` and not `fs.cp`: it keeps the owner, and is several times faster on a thousand small files.
      else await run('cp', ['-a', options.template, server.dataDir]);
      if (options.auth === 'scram')
        await writeFile(
          join(server.dataDir, 'pg_hba.conf'),
          `host all all ${HOST}/32 scram-sha-256\nhost replication all ${HOST}/32 scram-sha-256\n`,
        );
      await server.restart();
      return server;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Of the postmaster. @throws Error while it does not run. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('this PostgreSQL does not run');
    return pid;
  }

  /** What the server wrote to its log since it was first started, the last 8 MiB of it. */
  get log(): string {
    return this.#log;
  }

  url(database = 'postgres', user = 'postgres', password = this.#options.password): string {
    const [u, p, d] = [user, password, database].map(encodeURIComponent);
    return `postgres://${u}:${p}@${HOST}:${this.port}/${d}`;
  }

  /** The rows of one statement run by the superuser on a connection of its own. */
  async query(sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const { default: pg } = await import('pg');
    const { password } = this.#options;
    // In parts: the driver's own reading of a URL leaves some encoded characters as they are.
    const client = new pg.Client({
      host: HOST,
      port: this.port,
      user: 'postgres',
      password,
      database,
      application_name: 'rollcall-embedded',
    });
    // A server stopped under us says so on an event as well as on the promise; unheard, the event would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const result = (await client.query(sql)) as { rows: Record<string, unknown>[] } | { rows: Record<string, unknown>[] }[];
      return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async stop(mode: keyof typeof STOP_SIGNAL = 'fast'): Promise<void> {
    await this.#end(STOP_SIGNAL[mode]);
  }

  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it (fast) where it runs and starts it again on the same port. */
  async restart(): Promise<void> {
    await this.stop();
    for (let attempt = 1; ; attempt++) {
      const before = this.#log.length;
      if (await this.#launch()) return;
      // After a kill the orphaned backends hold the shared memory for a moment, and somebody's connection may have the port for as long.
      if (attempt === 50) throw new Error(`PostgreSQL did not start: ${this.#log.slice(before).slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (!/shared memory|still in use|lock file|Address already in use/.test(this.#log.slice(before)))
        throw new Error(`PostgreSQL did not start: ${this.#log.slice(before).slice(-2000)}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGQUIT');
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#child?.kill(signal);
    await this.#exited;
  }

  async #launch(): Promise<boolean> {
    const { binaries, runAs, settings = [] } = this.#options;
    const fixed = [`listen_addresses=${HOST}`, 'unix_socket_directories=', 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
    const flags = [...fixed, ...settings].flatMap((setting) => ['-c', setting]);
    const child = spawn(binaries.postgres, ['-D', this.dataDir, '-p', String(this.port), ...flags], {
      ...runAs,
      env: ENVIRONMENT,
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    const exited = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    this.#exited = exited.finally(() => {
      if (this.#child === child) this.#child = undefined;
    });
    return new Promise((resolve) => {
      let seen = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-LOG_KEPT);
        if (seen === 'ready') return;
        seen = (seen + text).slice(-4096);
        if (!READY.test(seen)) return;
        seen = 'ready';
        resolve(true);
      });
      void exited.then(() => resolve(false));
    });
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
