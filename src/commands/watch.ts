import { createPinoLog, type LogLevel } from '../adapters/log-pino.ts';
import { createNotifier } from '../adapters/systemd-notify.ts';
import { confinement, filesContext, isGranted, probes, startApp } from '../app.ts';
import { resolve } from 'node:path';
import type { Config } from '../config/types.ts';
import { readConfigFile } from '../files.ts';
import { readVersion } from '../version.ts';
import type { Io } from './io.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const satisfies readonly LogLevel[];
const STDERR = 2;

export interface WatchOptions {
  readonly config: string | undefined;
  readonly logLevel: LogLevel;
  readonly unconfined?: boolean;
}

/** The daemon. Ends with 0 when told to end; rejects where it cannot start. */
export async function watch(io: Io, options: WatchOptions): Promise<number> {
  if (io.become && !options.unconfined) {
    const { config } = await readConfigFile(options.config, filesContext(io));
    const flags = flagsFor(io, config);
    // From here on it is the same process with less to reach for; where the system does not do that, it goes on as it is.
    if (flags) io.become(flags);
  }
  const log = createPinoLog(STDERR, { level: options.logLevel, name: 'rollcall' });
  const notifier = await createNotifier(io.env['NOTIFY_SOCKET'], io.pid);
  const hangup = catchHangup(io);
  const app = await startApp(options.config, {
    env: io.env,
    cwd: io.cwd,
    out: { write: (text: string) => (io.err(text), true) },
    log,
    version: readVersion(),
    beyond: (config) => beyond(io, config),
  });
  const beat = startBeat(io, () => app.watch.progress(), notifier);
  try {
    const { watchdog } = app.files.config;
    const count = app.files.manifest.resources.length;
    log.info('watching', {
      watchdog: watchdog.name,
      manifest: app.files.manifest.id,
      version: app.files.manifest.version,
      signing: app.files.standing.state,
      resources: count,
      status: app.url ?? 'off',
    });
    await notifier.ready(`watching ${count} resources`);
    hangup.ready(() => void reload(io, app, notifier));
    const ended = new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve();
      io.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([app.run(), ended]);
    await notifier.stopping('ending what is under way');
    return 0;
  } finally {
    beat();
    await app.stop();
    notifier.close();
    log.info('stopped');
  }
}

/** A SIGHUP that comes while the watcher starts would end it, for good where systemd takes that for a clean end: it is carried out once it has started. */
function catchHangup(io: Io): { readonly ready: (reload: () => void) => void } {
  let [act, waiting]: [(() => void) | undefined, boolean] = [undefined, false];
  io.onHangup(() => (act ? act() : (waiting = true)));
  return {
    ready: (reload) => {
      act = reload;
      if (waiting) reload();
    },
  };
}

async function reload(
  io: Io,
  app: Awaited<ReturnType<typeof startApp>>,
  notifier: Awaited<ReturnType<typeof createNotifier>>,
): Promise<void> {
  // systemd compares this with its own CLOCK_MONOTONIC, which is what hrtime reads on Linux.
  await notifier.reloading(io.monotonicUsec());
  await app.reload();
  await notifier.ready(`watching ${app.files.manifest.resources.length} resources`);
}

function flagsFor({ cwd, env, knows }: Io, config: Config): string[] | undefined {
  return confinement(config, { file: resolve(cwd, config.file), env, probes, knows });
}

/** Why a changed config is more than a confined daemon can follow. */
function beyond(io: Io, config: Config): string | undefined {
  if (!io.flags.includes('--permission')) return undefined;
  const missing = flagsFor(io, config)?.find((flag) => !isGranted(flag, io.flags));
  const what = missing ?? ([...config.pagers.values()].some(({ type }) => type === 'command') ? 'a command pager' : undefined);
  return what && `this process may not do what the config now asks for (${what}): restart for that`;
}

/** Feeds systemd's watchdog from progress made, never from a bare timer: a wedged loop must look wedged. */
function startBeat(io: Io, progress: () => number, notifier: Awaited<ReturnType<typeof createNotifier>>): () => void {
  const period = Number(io.env['WATCHDOG_USEC'] ?? 0) / 1000 / 3;
  if (!(period > 0)) return () => {};
  let seen = -1;
  const timer = setInterval(() => {
    const now = progress();
    if (now !== seen) void notifier.watchdog();
    seen = now;
  }, period);
  return () => clearInterval(timer);
}
