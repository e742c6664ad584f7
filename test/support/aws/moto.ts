import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { ROOT } from '../source-file.ts';

/** Where `test/live/moto/setup.sh` puts it. */
export const MOTO_PROGRAM = process.env['ROLLCALL_TEST_MOTO'] ?? join(ROOT, 'node_modules/.cache/moto/bin/moto_server');
/** Python takes seconds to load it, and more on a busy machine. */
const START_MS = 180_000;

export interface Moto extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`: the endpoint of every service. */
  readonly url: string;
}

/** Starts moto's server on loopback, with nothing in it. Ended by its own process id. */
export async function startMoto(): Promise<Moto> {
  if (!existsSync(MOTO_PROGRAM)) throw new Error(`${MOTO_PROGRAM} is not there: run test/live/moto/setup.sh, or set ROLLCALL_TEST_MOTO`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(MOTO_PROGRAM, ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-2000)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const until = Date.now() + START_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`moto did not start: ${said}`);
    }
    await sleep(100);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/moto-api/data.json`)).ok;
  } catch {
    return false;
  }
}
