import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 120_000;
let booted = 0;

/** A Debian booted by its own systemd beside this one; it shares our loopback, and what it writes is forgotten. */
export interface Booted {
  /** Runs a program in it as root. Its exit code and what it printed, both streams in one. */
  run(...command: readonly string[]): Promise<{ readonly code: number; readonly out: string }>;
  stop(): Promise<void>;
}

/**
 * Boots the tree of a Debian with systemd in a namespace of its own (systemd-nspawn(1)); needs root.
 *
 * @param tree its folder, which is only read
 * @param binds `HOST:GUEST` to be seen in it, read-only
 */
export async function boot(tree: string, binds: readonly string[]): Promise<Booted> {
  const said: string[] = [];
  const child = spawn(
    'systemd-nspawn',
    [
      '--quiet',
      '--register=no',
      '--keep-unit',
      // Two at a time must not be of one name.
      `--machine=rollcall-${process.pid}-${booted++}`,
      '--boot',
      '--console=pipe',
      '--volatile=overlay',
      `--directory=${tree}`,
      ...binds.map((bind) => `--bind-ro=${bind}`),
      // Whatever server the tree holds for other tests: it would listen on our loopback.
      'systemd.mask=postgresql.service',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  try {
    const leader = await until(async () => firstChild(child, said), `no init in the tree: ${said.join('')}`);
    const inside = async (...command: readonly string[]) => enter(leader, command);
    await until(
      async () => (await inside('systemctl', 'show', '--property=SystemState', '--value')).out.match(/running|degraded/)?.[0],
      'it does not boot',
    );
    return { run: inside, stop: async () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function enter(leader: number, command: readonly string[]): Promise<{ code: number; out: string }> {
  try {
    const { stdout, stderr } = await run('nsenter', ['--target', String(leader), '--all', '--', ...command]);
    return { code: 0, out: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, out: `${stdout}${stderr}` };
  }
}

/** The pid, out here, of the init in there. */
async function firstChild(child: ChildProcess, said: readonly string[]): Promise<number | undefined> {
  assert.equal(child.exitCode, null, `systemd-nspawn ended: ${said.join('')}`);
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '');
  const pid = Number(children.trim().split(' ')[0]);
  return pid > 0 ? pid : undefined;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(timer);
}

/** What `ask` finds, asked again until it finds something. */
export async function until<T>(ask: () => Promise<T | undefined>, orElse: string): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    const found = await ask();
    if (found !== undefined) return found;
    await sleep(250);
  }
  throw new assert.AssertionError({ message: orElse });
}
