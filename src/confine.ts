/** A part of `app`: what of the machine the daemon's own process may touch, as flags of Node's permission model (docs/decisions/0026). */
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config/types.ts';
import type { Probe } from './probe.ts';

/** Where this program lies: the package, or the checkout. */
const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
/** What is not in the bundle (the SDK of a cloud) is installed beside it. */
const PROGRAM = basename(dirname(PACKAGE)) === 'node_modules' ? dirname(PACKAGE) : PACKAGE;

export interface Confining {
  /** Absolute path of config.yaml. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly probes: ReadonlyMap<string, Pick<Probe, 'spawns' | 'chained'>>;
  /** Whether this Node has a flag. */
  readonly knows: (flag: string) => boolean;
}

/**
 * Flags that leave the daemon what it needs: to read itself, config, manifest and what the config names; to write its state; the network. Child
 * processes where a probe looks through them, `node:ffi` where systemd is spoken to. Undefined where it cannot be confined: a `command` pager may be
 * any program, and Node hands its flags down to every program that it starts.
 */
export function confinement(
  config: Pick<Config, 'watchdog' | 'manifest' | 'connections' | 'pagers' | 'ledger' | 'paths' | 'secrets'>,
  confining: Confining,
): string[] | undefined {
  const { file, env, probes, knows } = confining;
  if (!knows('--permission') || [...config.pagers.values()].some(({ type }) => type === 'command')) return undefined;
  const { state, listen } = config.watchdog;
  const secrets = config.secrets.flatMap(({ ref }) => ('file' in ref ? [ref.file] : []));
  const credentials = env['CREDENTIALS_DIRECTORY'];
  const archive = config.ledger?.archive ? [config.ledger.archive.folder] : [];
  const used = [...config.connections.values()].flatMap(({ probe }) => probes.get(probe) ?? []);
  const chained = config.ledger?.anchor !== undefined || used.some((probe) => probe.chained);
  const reads = [
    PROGRAM,
    file,
    dirname(config.manifest),
    ...config.paths,
    ...secrets,
    state,
    ...archive,
    ...(credentials ? [credentials] : []),
    ...(chained ? chainOf(env) : []),
  ];
  const socket: readonly string[] = listen !== 'off' && 'socket' in listen ? [listen.socket] : [];
  const notified = Boolean(env['NOTIFY_SOCKET']);
  const ffi = notified && knows('--allow-ffi');
  const spawns = used.some((probe) => probe.spawns) || (notified && !ffi);
  return [
    '--permission',
    // They are about the flags below, and the log is JSON.
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    ...within([...reads, ...socket]).map((path) => `--allow-fs-read=${path}`),
    ...within([state, ...archive, ...socket]).map((path) => `--allow-fs-write=${path}`),
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

/** Whether a process with these flags may do what a flag stands for: by the flag itself, or by that of a folder above. */
export function isGranted(flag: string, flags: readonly string[]): boolean {
  return flags.some((granted) => granted === flag || (granted.endsWith('/*') && flag.startsWith(granted.slice(0, -1))));
}

/**
 * Where the chain of the AWS SDK looks: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html. Not what it would start
 * (`credential_process`) or write (a cache of single sign-on): a daemon has neither.
 */
function chainOf(env: Confining['env']): string[] {
  const named = [
    'AWS_CONFIG_FILE',
    'AWS_SHARED_CREDENTIALS_FILE',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    'AWS_CA_BUNDLE',
  ].flatMap((name) => env[name] ?? []);
  return [...named, join(env['HOME'] ?? homedir(), '.aws')];
}
