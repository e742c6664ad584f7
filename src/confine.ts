/** A part of `app`: what of the machine the daemon's own process may touch, as flags of Node's permission model (docs/decisions/0026). */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config/types.ts';
import type { Probe } from './probe.ts';

/** Where this program lies: the package, or the checkout. */
const PROGRAM = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Confining {
  /** Absolute path of config.yaml. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly probes: ReadonlyMap<string, Pick<Probe, 'spawns'>>;
  /** Whether this Node has a flag. */
  readonly knows: (flag: string) => boolean;
}

/**
 * Flags that leave the daemon what it needs: to read itself, config, manifest and what the config names; to write its state; the network. Child
 * processes where a probe looks through them, `node:ffi` where systemd is spoken to. Undefined where it cannot be confined: a `command` pager may be
 * any program, and Node hands its flags down to every program that it starts.
 */
export function confinement(
  config: Pick<Config, 'watchdog' | 'manifest' | 'connections' | 'pagers' | 'paths' | 'secrets'>,
  confining: Confining,
): string[] | undefined {
  const { file, env, probes, knows } = confining;
  if (!knows('--permission') || [...config.pagers.values()].some(({ type }) => type === 'command')) return undefined;
  const { state, listen } = config.watchdog;
  const secrets = config.secrets.flatMap(({ ref }) => ('file' in ref ? [ref.file] : []));
  const credentials = env['CREDENTIALS_DIRECTORY'];
  const reads = [PROGRAM, file, dirname(config.manifest), ...config.paths, ...secrets, state, ...(credentials ? [credentials] : [])];
  const socket: readonly string[] = listen !== 'off' && 'socket' in listen ? [listen.socket] : [];
  const notified = Boolean(env['NOTIFY_SOCKET']);
  const ffi = notified && knows('--allow-ffi');
  const spawns = [...config.connections.values()].some(({ probe }) => probes.get(probe)?.spawns) || (notified && !ffi);
  return [
    '--permission',
    // They are about the flags below, and the log is JSON.
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    ...within([...reads, ...socket]).map((path) => `--allow-fs-read=${path}`),
    ...within([state, ...socket]).map((path) => `--allow-fs-write=${path}`),
    ...(knows('--allow-net') ? ['--allow-net'] : []),
    ...(spawns ? ['--allow-child-process'] : []),
    ...(ffi ? ['--allow-ffi'] : []),
  ];
}

/**
 * Each path, and what is or will be in it; the shorter first, and none that lies in another. Node 26 loses a folder that is granted after something
 * in it (`--allow-fs-read=/a/b --allow-fs-read=/a`: `/a` is denied).
 */
function within(paths: readonly string[]): string[] {
  const sorted = [...new Set(paths)].toSorted((a, b) => a.length - b.length);
  const kept = sorted.filter(
    (path, at) => !sorted.slice(0, at).some((above) => path.startsWith(above.endsWith('/') ? above : `${above}/`)),
  );
  return kept.flatMap((path) => [path, join(path, '*')]);
}
