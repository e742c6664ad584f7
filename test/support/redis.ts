import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeFolder, type Folder } from './folder.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
/** Of Debian's redis-tools: one program, which is the server where it is called so. The package of that name starts one that nobody asked for. */
const PROGRAM = '/usr/bin/redis-check-rdb';
const READY_MS = 20_000;

/** A real Redis on loopback in a folder of its own, ended with the test. Asked by redis-cli, so that nothing of ours stands between. */
export class TestRedis implements AsyncDisposable {
  readonly port: number;
  readonly folder: Folder;
  readonly #settings: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: Folder, settings: readonly string[]) {
    this.port = port;
    this.folder = folder;
    this.#settings = settings;
  }

  /** `settings`: as redis-server takes them, `--appendonly yes`. Nothing is saved unless they say so. */
  static async start(...settings: readonly string[]): Promise<TestRedis> {
    for (let attempt = 1; ; attempt++) {
      const server = new TestRedis(await freePort(), makeFolder(), settings);
      try {
        await server.up();
        return server;
      } catch (error) {
        await server[Symbol.asyncDispose]();
        // Somebody else may have taken the port meanwhile.
        if (attempt === 3) throw error;
      }
    }
  }

  /** Starts it, on the folder as it is. Resolves once it answers and has loaded everything. */
  async up(): Promise<void> {
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder.path];
    const settings = [...place, '--save', '', '--repl-diskless-sync-delay', '0', ...this.#settings];
    const child = spawn(PROGRAM, settings, { argv0: 'redis-server', stdio: 'ignore' });
    await once(child, 'spawn');
    this.#child = child;
    const end = performance.now() + READY_MS;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      const answer = await this.ask('PING').catch(() => '');
      // Of an error that asks for a password is known that it is there.
      if (answer === 'PONG' || answer.startsWith('NOAUTH')) return;
      if (performance.now() > end) throw new Error(`redis-server does not answer: ${answer}`);
      await sleep(20);
    }
  }

  /** As if the power had gone (KILL), or as its service would end it (TERM). */
  async down(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** What redis-cli prints, refusals included. */
  async ask(...words: readonly string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-p', String(this.port), ...words], { timeout: READY_MS });
    return stdout.trim();
  }

  /** @throws Error where the server does not say OK to it, or a number. */
  async must(...words: readonly string[]): Promise<void> {
    const answer = await this.ask(...words);
    if (!/^(?:OK|\d+|Background .*)$/.test(answer)) throw new Error(`${words.join(' ')}: ${answer}`);
  }

  /** `count` keys without an expiry, `key:1` to `key:COUNT`, in the database named. */
  async fill(count: number, database = 0): Promise<void> {
    const script = `for n = 1, tonumber(ARGV[1]) do redis.call('SET', 'key:' .. n, n) end return 1`;
    await this.must('-n', String(database), 'EVAL', script, '0', String(count));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
    this.folder.remove();
  }
}
