import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child } from './process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What users run: the program of the npm package. */
export const CLI = `${ROOT}dist/cli.js`;
const START_MS = 60_000;

/** Makes what is measured, from the sources as they are. */
export function buildPackage(): void {
  execFileSync(process.execPath, [`${ROOT}scripts/build.ts`], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The options that the unit starts the daemon with. */
function unitOptions(): string[] {
  const unit = readFileSync(`${ROOT}systemd/rollcall.service`, 'utf8');
  const [, options] = /^ExecStart=\/usr\/bin\/env node ([-\w= ]+) \//m.exec(unit) ?? [];
  if (options === undefined) throw new Error('the unit names no options');
  return options.split(' ');
}

/** The daemon as a process of its own, ready: the whole roll has been called once. `nodeArgs` come before the script. */
export async function startDaemon(
  config: string,
  nodeArgs: readonly string[] = [],
): Promise<{ readonly daemon: Child; readonly url: string }> {
  const child = new Child([...unitOptions(), ...nodeArgs, CLI, '-c', config, 'watch']);
  try {
    const url = await child.says((line) => (line['msg'] === 'watching' ? String(line['status']) : undefined), START_MS);
    const signal = AbortSignal.timeout(START_MS);
    while (!(await fetch(new URL('/readyz', url), { signal })).ok) await sleep(50);
    // What a roll costs that cannot be seen says nothing.
    const { counts } = (await (await fetch(new URL('/api/v1/status', url), { signal })).json()) as { counts: Record<string, number> };
    if (Object.keys(counts).join() !== 'present') throw new Error(`not everything is present at the start: ${JSON.stringify(counts)}`);
    return { daemon: child, url };
  } catch (error) {
    await child.end();
    throw error;
  }
}
