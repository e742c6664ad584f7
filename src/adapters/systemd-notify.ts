import { clean } from '../values/text.ts';
import { openFfiSocket } from './systemd/send-ffi.ts';
import { sendBySpawn } from './systemd/send-spawn.ts';

/** What the service manager is told (sd_notify(3)). Each resolves with whether the message was handed over; none rejects. */
export interface Notifier {
  ready(status: string): Promise<boolean>;
  /** @param monotonicUsec CLOCK_MONOTONIC in microseconds, which `Type=notify-reload` asks for. */
  reloading(monotonicUsec: bigint): Promise<boolean>;
  stopping(status: string): Promise<boolean>;
  status(text: string): Promise<boolean>;
  /** Owed more often than every WATCHDOG_USEC; to be sent on progress made, not on a timer alone. */
  watchdog(): Promise<boolean>;
  close(): void;
}

/**
 * Speaks to the service manager: in this process where `node:ffi` is there and works, else by `systemd-notify`.
 * @param socket NOTIFY_SOCKET; undefined or not a unix path: nobody listens, and every message resolves false.
 * @param pid of the main process, for the fallback.
 * @param connect how a datagram socket is made.
 */
export async function createNotifier(socket: string | undefined, pid: number, connect = openFfiSocket): Promise<Notifier> {
  const path = socket !== undefined && /^[/@]/.test(socket) ? socket : undefined;
  const direct = path === undefined ? undefined : await connect(path);
  const send = async (...assignments: string[]): Promise<boolean> => {
    if (path === undefined) return false;
    return direct?.send(assignments.join('\n')) === true || sendBySpawn(path, pid, assignments);
  };
  return {
    ready: (status) => send('READY=1', statusLine(status)),
    reloading: (monotonicUsec) => send('RELOADING=1', `MONOTONIC_USEC=${monotonicUsec}`),
    stopping: (status) => send('STOPPING=1', statusLine(status)),
    status: (text) => send(statusLine(text)),
    watchdog: () => send('WATCHDOG=1'),
    close: () => direct?.close(),
  };
}

// On one line: a line break would begin another assignment.
function statusLine(text: string): string {
  return `STATUS=${clean(text)}`;
}
