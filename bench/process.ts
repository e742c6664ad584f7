import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const MIB = 1024;

export interface Memory {
  /** MiB, shared pages counted in full. */
  readonly rss: number;
  /** MiB, shared pages counted by share. */
  readonly pss: number;
  /** MiB, the most `rss` ever was. */
  readonly peak: number;
}

/** A child of the bench, ended by its own handle. */
export class Child {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #errors = '';

  /** Runs `node` as this process does, with `args`. `env` replaces the environment but for PATH. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors = (this.#errors + text).slice(-65_536)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The first JSON line on its stdout or stderr that `wanted` accepts. @throws Error with its last words where it ends before, or takes longer than `ms`. */
  async says<T>(wanted: (line: Readonly<Record<string, unknown>>) => T | undefined, ms: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => reject(new Error(`said nothing for ${ms} ms: ${this.#errors.slice(-2000)}`)), ms);
    void this.#ended.then((code) => reject(new Error(`ended with ${code}: ${this.#errors.slice(-2000)}`)));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const found = line.startsWith('{') ? wanted(JSON.parse(line) as Record<string, unknown>) : undefined;
          if (found !== undefined) resolve(found);
        }
      });
    }
    return promise.finally(() => clearTimeout(timer));
  }

  /** Seconds of CPU it has used, user and system, all threads; the kernel counts in steps of 10 ms. */
  async cpu(): Promise<number> {
    const stat = await readFile(`/proc/${this.pid}/stat`, 'utf8');
    // The name in brackets may hold blanks; user and system time are the 14th and 15th field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async memory(): Promise<Memory> {
    const [rollup, status] = await Promise.all(['smaps_rollup', 'status'].map((name) => readFile(`/proc/${this.pid}/${name}`, 'utf8')));
    const field = (text: string | undefined, name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text ?? '')?.[1]) / MIB;
    return { rss: field(rollup, 'Rss'), pss: field(rollup, 'Pss'), peak: field(status, 'VmHWM') };
  }

  /** Asks it to end, and waits until it has. */
  async end(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await this.#ended;
    clearTimeout(timer);
  }
}

/** How long one run of `node` with `args` takes from start to end, ms. Exit codes other than `expected` are an error. */
export async function timeRun(args: readonly string[], expected = 0): Promise<number> {
  const began = performance.now();
  const code = await promisify(execFile)(process.execPath, [...args]).then(
    () => 0,
    (error: { code?: number; stderr?: string }) => {
      if (error.code !== expected) throw new Error(`node ${args.join(' ')} ended with ${error.code}: ${error.stderr}`);
      return error.code;
    },
  );
  const took = performance.now() - began;
  if (code !== expected) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return took;
}
