import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';

const run = promisify(execFile);
const runAs = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const templates = new Map<MysqlFlavour, Promise<string>>();
const folders: string[] = [];

export type MysqlFlavour = 'mariadb' | 'mysql';

/** A program that runs a MySQL: no package of Debian's stable releases has one. Where none is named, MariaDB is all there is to try. */
const MYSQLD = process.env['ROLLCALL_TEST_MYSQLD'];
export const MYSQL_FLAVOURS: readonly MysqlFlavour[] = MYSQLD === undefined ? ['mariadb'] : ['mariadb', 'mysql'];

process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-my-'));
  folders.push(folder);
  if (runAs.uid !== undefined) await chown(folder, runAs.uid, runAs.gid);
  return folder;
}

/** A data folder of a new server, in which `root` has no password. */
async function initialize(flavour: MysqlFlavour, data: string): Promise<void> {
  const options = { ...runAs, cwd: '/' };
  if (flavour === 'mysql') await run(MYSQLD ?? '', ['--no-defaults', '--initialize-insecure', `--datadir=${data}`], options);
  else
    await run(
      'mariadb-install-db',
      ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'],
      options,
    );
}

async function makeTemplate(flavour: MysqlFlavour): Promise<string> {
  const data = join(await makeFolder(), 'data');
  await initialize(flavour, data);
  return data;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A throw-away MariaDB or MySQL on loopback, and nowhere else. Nothing of it survives `Symbol.asyncDispose`. */
export class MysqlServer {
  readonly host = '127.0.0.1';
  readonly flavour: MysqlFlavour;
  readonly port: number;
  readonly #folder: string;
  readonly #settings: readonly string[];
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();

  private constructor(flavour: MysqlFlavour, folder: string, port: number, settings: readonly string[]) {
    this.flavour = flavour;
    this.#folder = folder;
    this.port = port;
    this.#settings = settings;
  }

  /** `settings`: `--name=value` each. `data`: `new` makes a server of its own; copies of a MySQL are told apart by it. */
  static async start(
    flavour: MysqlFlavour,
    { settings = [], port, data = 'copy' }: { settings?: readonly string[]; port?: number; data?: 'copy' | 'new' } = {},
  ): Promise<MysqlServer> {
    const folder = await makeFolder();
    const server = new MysqlServer(flavour, folder, port ?? (await freePort()), settings);
    if (data === 'new') await initialize(flavour, server.dataDir);
    else {
      const made = templates.get(flavour) ?? makeTemplate(flavour);
      templates.set(flavour, made);
      await run('cp', ['-a', await made, server.dataDir]);
    }
    await server.restart();
    return server;
  }

  get dataDir(): string {
    return join(this.#folder, 'data');
  }

  get socket(): string {
    return join(this.#folder, 'socket');
  }

  url(user: string, password: string): string {
    return `mysql://${user}:${password}@${this.host}:${this.port}`;
  }

  /** As `root`, whose statements nobody times; several are run one after the other. */
  async query(...statements: readonly string[]): Promise<unknown[]> {
    const connection = await createConnection({ socketPath: this.socket, user: 'root', charset: 'utf8mb4' });
    try {
      let rows: unknown = [];
      for (const sql of statements) [rows] = await connection.query(sql);
      return Array.isArray(rows) ? rows : [];
    } finally {
      await connection.end();
    }
  }

  /** As `query`, in a session that stays open, and so keeps its locks and its transaction, for as long as the server runs. */
  async hold(...statements: readonly string[]): Promise<void> {
    const connection = await createConnection({ socketPath: this.socket, user: 'root', charset: 'utf8mb4' });
    connection.on('error', () => undefined);
    for (const sql of statements) await connection.query(sql);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#child?.kill(signal);
    await this.#exited;
  }

  /** Ends it where it runs, and starts it anew over the same data. @throws Error with its last words where it does not come up. */
  async restart(): Promise<void> {
    await this.stop();
    const log = join(this.#folder, 'log');
    const program = this.flavour === 'mysql' ? (MYSQLD ?? '') : 'mariadbd';
    const child = spawn(
      program,
      [
        '--no-defaults',
        `--datadir=${this.dataDir}`,
        `--socket=${this.socket}`,
        `--pid-file=${join(this.#folder, 'pid')}`,
        `--port=${this.port}`,
        '--bind-address=127.0.0.1',
        '--skip-name-resolve',
        `--log-error=${log}`,
        '--innodb-flush-log-at-trx-commit=2',
        '--innodb-buffer-pool-size=64M',
        '--secure-file-priv=',
        ...(this.flavour === 'mysql' ? ['--mysqlx=OFF'] : []),
        ...this.#settings,
      ],
      { ...runAs, cwd: '/', stdio: 'ignore' },
    );
    this.#child = child;
    let gone = false;
    this.#exited = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    void this.#exited.then(() => (gone = true));
    for (;;) {
      try {
        await this.query('select 1');
        return;
      } catch (error) {
        const said = await readFile(log, 'utf8').catch(() => '');
        if (gone) throw new Error(`${program} did not come up: ${said.slice(-2000)}`, { cause: error });
        await sleep(50);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
