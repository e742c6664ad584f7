#!/usr/bin/env node
/** The process: argv, signals, exit codes, stdout. The only file that touches `process`; everything heavier is loaded by its command. */
import { addAbortSignal } from 'node:stream';
import { CommanderError } from 'commander';
import { makeProgram } from './cli/program.ts';
import type { Io } from './commands/io.ts';

const EXIT_USAGE = 64;
const EXIT_BUG = 70;
const EXIT_CONFIG = 78;

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort(new Error(signal)));
// A reader that closed its end (`rollcall check | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' || process.exit(EXIT_BUG));

const io: Io = {
  env: process.env,
  cwd: process.cwd(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  showsProgress: process.stderr.isTTY,
  terminal: process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : undefined,
  ask: async (question) => (process.stdin.isTTY ? lineFrom(question) : undefined),
  input: () => addAbortSignal(ending.signal, process.stdin),
  readLine: () => lineFrom(''),
  signal: ending.signal,
  onHangup: (reload) => void process.on('SIGHUP', reload),
  uid: process.getuid?.(),
  pid: process.pid,
  // What hrtime reads on Linux.
  monotonicUsec: () => process.hrtime.bigint() / 1000n,
  flags: process.execArgv,
  knows: (flag) => process.allowedNodeEnvironmentFlags.has(flag),
  become: process.permission ? undefined : startOver,
};

function startOver(flags: readonly string[]): void {
  // That Node calls it experimental is no news to whoever reads the log.
  process.removeAllListeners('warning');
  process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...flags, ...process.argv.slice(1)], process.env);
}

/** The next line of the standard input; undefined at its end. */
async function lineFrom(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin });
  process.stderr.write(question);
  for await (const line of lines) return line;
  return undefined;
}

let exitCode = 0;
try {
  await makeProgram({ io, exit: (code) => (exitCode = code) }).parseAsync();
} catch (error) {
  exitCode = report(error);
}
// Not process.exit(): what is still on its way to stdout must arrive. Whatever else is open has been closed by its command.
process.exitCode = exitCode;

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  io.err(`${name === 'FilesError' ? message : `rollcall: ${message}`}\n`);
  // What the files say is impossible, here or at all: nothing that trying again would mend.
  return ['FilesError', 'StoreError', 'StartError'].includes(name) ? EXIT_CONFIG : EXIT_BUG;
}
