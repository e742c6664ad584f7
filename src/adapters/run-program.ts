import { spawn } from 'node:child_process';
import { kill } from 'node:process';

const MAX_OUTPUT = 64 * 1024;
/** The only variable a program gets: ours may hold secrets. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface Run {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string;
  /** For the whole run, ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

export type RunEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly out: string; readonly err: string }
  | { readonly kind: 'killed'; readonly by: string; readonly err: string }
  | { readonly kind: 'late' }
  /** It never ran; `code` is the system's: ENOENT, EACCES, ... */
  | { readonly kind: 'unstarted'; readonly code: string };

/**
 * Runs a program without a shell, in a process group of its own, in `/`, with nothing but PATH in its environment and `input` on its
 * standard input. Whatever of the group is left when it ends, is late or is given up is killed. Never rejects.
 */
export function runProgram({ program, args, input, timeout, signal }: Run): Promise<RunEnd> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, cwd: '/', env: { PATH }, stdio: 'pipe' });
    let late = false;
    const killGroup = (): void => {
      if (child.pid !== undefined) end(child.pid);
    };
    const timer = setTimeout(() => {
      late = true;
      killGroup();
    }, timeout);
    signal.addEventListener('abort', killGroup, { once: true });
    const done = (ended: RunEnd): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', killGroup);
      resolve(ended);
    };
    const out = collect(child.stdout);
    const err = collect(child.stderr);
    // A program that does not read what it is told may still do its work.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', (error) => {
      if (child.pid === undefined) done({ kind: 'unstarted', code: 'code' in error ? String(error.code) : 'unknown error' });
    });
    // What it left running would hold its output open, and 'close' would wait for that.
    child.once('exit', killGroup);
    child.once('close', (code, by) => {
      if (late) done({ kind: 'late' });
      else if (code === null) done({ kind: 'killed', by: by ?? 'an unknown signal', err: err() });
      else done({ kind: 'exited', code, out: out(), err: err() });
    });
  });
}

function end(group: number): void {
  try {
    kill(-group, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

/** Reads everything, so that the writer never waits, and keeps the beginning. */
function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < MAX_OUTPUT) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).subarray(0, MAX_OUTPUT).toString('utf8');
}
