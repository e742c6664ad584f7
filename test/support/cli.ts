import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const PATIENCE_MS = 90_000;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start to the end of the process, ms. */
  readonly tookMs: number;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that node loads before the command's own. */
  readonly preload?: readonly string[];
}

/** `rollcall` as a process of its own, run to its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<Ran> {
  const process = startCli(args, options);
  const began = performance.now();
  const code = await process.ended;
  return { code, stdout: process.stdout, stderr: process.stderr, tookMs: performance.now() - began };
}

/** A `rollcall` that runs until it is told to end. */
export interface RunningCli extends AsyncDisposable {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves once stderr holds `text`; rejects where the process ends first. */
  says(text: string, withinMs?: number): Promise<void>;
  /** The same, once `is` holds of what it has said. */
  heard(is: () => boolean): Promise<void>;
}

export function startCli(args: readonly string[], { cwd, env = {}, preload = [] }: CliOptions): RunningCli {
  const child = spawn(process.execPath, [...preload.map((module) => `--import=${module}`), CLI, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heard = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      heard[name] += text;
      child.emit('heard');
    });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    ended,
    get stdout() {
      return heard.stdout;
    },
    get stderr() {
      return heard.stderr;
    },
    signal: (signal) => void child.kill(signal),
    says: (text, withinMs) =>
      said(
        child,
        text,
        () => heard.stderr.includes(text),
        () => heard.stderr,
        withinMs,
      ),
    heard: (is) => said(child, 'what was waited for', is, () => heard.stderr),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function said(child: ChildProcess, text: string, is: () => boolean, heard: () => string, withinMs = PATIENCE_MS): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not said within ${withinMs} ms: ${text}\n${heard()}`)), withinMs);
    const done = (error?: Error): void => {
      clearTimeout(timer);
      child.off('heard', look);
      if (error) reject(error);
      else resolve();
    };
    const look = (): void => {
      if (is()) done();
    };
    child.on('heard', look);
    child.once('close', () => done(is() ? undefined : new Error(`ended without saying ${text}\n${heard()}`)));
    look();
  });
}
