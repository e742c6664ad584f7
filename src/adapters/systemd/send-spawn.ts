import { spawn } from 'node:child_process';

const TIMEOUT_MS = 5000;

/**
 * Sends by running `systemd-notify`, which speaks for process `pid`: the unit then needs `NotifyAccess=all`.
 * False where there is no such program or it failed.
 */
export function sendBySpawn(path: string, pid: number, assignments: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    spawn('systemd-notify', [`--pid=${pid}`, ...assignments], {
      // A fixed search path: what the environment says must not choose the program.
      env: { NOTIFY_SOCKET: path, PATH: '/usr/bin:/bin' },
      stdio: 'ignore',
      timeout: TIMEOUT_MS,
    })
      .on('error', () => resolve(false))
      .on('exit', (code) => resolve(code === 0));
  });
}
