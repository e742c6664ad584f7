import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child } from './process.ts';

export const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const START_MS = 60_000;

/** The daemon as a process of its own, ready: the whole roll has been called once. `nodeArgs` come before the script. */
export async function startDaemon(config: string, nodeArgs: readonly string[] = []): Promise<Child> {
  const child = new Child([...nodeArgs, CLI, '-c', config, 'watch']);
  try {
    const url = await child.says((line) => (line['msg'] === 'watching' ? String(line['status']) : undefined), START_MS);
    for (const signal = AbortSignal.timeout(START_MS); !(await fetch(new URL('/readyz', url), { signal })).ok;) await sleep(50);
    return child;
  } catch (error) {
    await child.end();
    throw error;
  }
}
