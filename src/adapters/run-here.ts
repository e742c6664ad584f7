import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const NOT_FOUND = 127;
const NOT_STARTED = 126;
const BY_SIGNAL = 128;

/**
 * Runs a command in the place of this process, without a shell: on the same terminal, in the same folder. Resolves with its exit code, as a
 * shell would give it; `signal` ends it with SIGTERM.
 */
export function runHere(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...env } });
    const end = (): void => void child.kill();
    signal.addEventListener('abort', end, { once: true });
    const done = (code: number): void => {
      signal.removeEventListener('abort', end);
      resolve(code);
    };
    child.once('error', (error) => done('code' in error && error.code === 'ENOENT' ? NOT_FOUND : NOT_STARTED));
    child.once('close', (code, by) => done(code ?? BY_SIGNAL + (by ? constants.signals[by] : 0)));
  });
}
