import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { formatComplaint, unreadable } from './config/complaint.ts';
import { MAX_BYTES } from './config/document.ts';
import type { IsCron } from './config/fields.ts';
import { readConfig } from './config/read-config.ts';
import { readManifest } from './config/read-manifest.ts';
import { checkSecrets, resolveSecret, type SecretSources } from './config/secrets.ts';
import type { Complaint, Config, Loaded, Manifest } from './config/types.ts';
import { readPlainFile } from './plain-file.ts';
import type { Probe } from './probe.ts';
import type { Secret, SecretRef } from './values/secret.ts';

/** One byte more than a document may have, so that it is the document that complains. */
export const LARGEST_FILE = MAX_BYTES + 1;

/** What the files are read with. */
export interface FilesContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly probes: ReadonlyMap<string, Probe>;
  /** Loads what can tell a cron expression from other text. */
  readonly loadCron: () => Promise<IsCron>;
  /** The public half of the watcher's own key (Ed25519, 32 bytes), as the state folder has it; undefined where there is none yet. */
  readonly ownKey: (state: string) => Uint8Array | undefined;
}

export interface Files {
  readonly config: Config;
  readonly manifest: Manifest;
}

/** Everything wrong with the files, in their order. `message` is what a person reads, one complaint a line. */
export class FilesError extends Error {
  override readonly name = 'FilesError';
  readonly complaints: readonly Complaint[];

  constructor(complaints: readonly Complaint[]) {
    super(complaints.map(formatComplaint).join('\n'));
    this.complaints = complaints;
  }
}

/** CONTRACT §1: `-c`, else $ROLLCALL_CONFIG, else ./config.yaml, else /etc/rollcall/config.yaml. */
export async function findConfig(option: string | undefined, context: Pick<FilesContext, 'env' | 'cwd'>): Promise<string> {
  const named = option ?? context.env['ROLLCALL_CONFIG'];
  if (named !== undefined && named !== '') return named;
  const here = join(context.cwd, 'config.yaml');
  const found = await access(here, constants.R_OK).then(
    () => true,
    () => false,
  );
  return found ? 'config.yaml' : '/etc/rollcall/config.yaml';
}

/** config.yaml, and what is wrong with the secrets it refers to. */
export interface ConfigRead {
  readonly config: Config;
  readonly complaints: readonly Complaint[];
}

/** Throws `FilesError` where config.yaml itself is wrong. */
export async function readConfigFile(option: string | undefined, context: FilesContext): Promise<ConfigRead> {
  const file = await findConfig(option, context);
  const { loaded } = await readOne(file, context.cwd, (bytes) =>
    withCron(context, (isCron) => readConfig({ file, bytes, baseDir: context.cwd, isCron, ...context })),
  );
  if (!loaded.ok) throw new FilesError(loaded.complaints);
  return { config: loaded.value, complaints: await checkSecrets(loaded.value, secretSources(context.env)) };
}

/** A manifest's bytes and what they say; no bytes where the file cannot be read. */
export interface ManifestRead {
  readonly bytes: Uint8Array | undefined;
  readonly loaded: Loaded<Manifest>;
}

/** `signed`: whether people have to sign it. */
export function readManifestFile(config: Config, context: FilesContext, signed: boolean): Promise<ManifestRead> {
  const shown = relative(context.cwd, config.manifest);
  const file = shown.startsWith('..') ? config.manifest : shown;
  return readOne(file, context.cwd, (bytes) => compileManifest(bytes, config, context, { file, signed }));
}

/** What a running daemon cannot change: who it is, where its memory lies, where it can be asked and who hears its heart. */
export function refuseMoves(was: Files, is: Files): void {
  const fixed = ({ config: { watchdog, heartbeat, claims, requests, ledger } }: Files): [string, string][] => {
    const { name, state, listen: address, token = null, witness = null, tls = null, behindProxy = false } = watchdog;
    const parts = {
      'watchdog.name': name,
      'watchdog.state': state,
      'watchdog.listen': address,
      'watchdog.token': token,
      'watchdog.tls': tls,
      'watchdog.behind_proxy': behindProxy,
      'watchdog.witness': witness,
      heartbeat: heartbeat ?? null,
      claims: [...claims],
      ledger: ledger ?? null,
      requests: { ...requests, requesters: [...requests.requesters] },
    };
    return Object.entries(parts).map(([key, value]) => [key, JSON.stringify(value)]);
  };
  const before = new Map(fixed(was));
  const moved = fixed(is).flatMap(([key, value]) => (before.get(key) === value ? [] : [key]));
  if (moved.length > 0) throw new Error(`${moved.join(' and ')} cannot change while running: restart for that`);
  if (was.manifest.id !== is.manifest.id)
    throw new Error(`the manifest is another one (${is.manifest.id}, was ${was.manifest.id}): restart for that`);
}

/** Reads a secret anew at every call, so that a rotated credential is picked up. */
export function secretReader(env: FilesContext['env']): (ref: SecretRef) => Promise<Secret> {
  const sources = secretSources(env);
  return (ref) => resolveSecret(ref, sources);
}

/** A manifest from its bytes; without more, the one that people last signed. */
export function compileManifest(
  bytes: Uint8Array,
  config: Config,
  context: FilesContext,
  as = { file: 'the manifest in force', signed: true },
): Promise<Loaded<Manifest>> {
  return withCron(context, (isCron) => readManifest({ ...as, bytes, config, isCron, ...context }));
}

/** Most files have no cron expression, and what reads one is slow to load: only where something like it stands is a file read with it. */
async function withCron<T>(context: FilesContext, read: (isCron: IsCron) => T): Promise<T> {
  let asked = false;
  const first = read(() => (asked = true));
  return asked ? read(await context.loadCron()) : first;
}

/** Config and manifest as they lie on the disk, whoever signed them; throws `FilesError` with every complaint of both at once. */
export async function readFiles(option: string | undefined, context: FilesContext): Promise<Files> {
  const { config, complaints } = await readConfigFile(option, context);
  const { loaded } = await readManifestFile(config, context, config.signers !== undefined);
  if (!loaded.ok) throw new FilesError([...complaints, ...loaded.complaints]);
  if (complaints.length > 0) throw new FilesError(complaints);
  return { config, manifest: loaded.value };
}

async function readOne<T>(
  file: string,
  cwd: string,
  read: (bytes: Uint8Array) => Promise<Loaded<T>>,
): Promise<{ readonly bytes: Uint8Array | undefined; readonly loaded: Loaded<T> }> {
  try {
    const bytes = await readPlainFile(resolve(cwd, file), LARGEST_FILE);
    return { bytes, loaded: await read(bytes) };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'cannot be read';
    return { bytes: undefined, loaded: { ok: false, complaints: [unreadable(file, why)] } };
  }
}

function secretSources(env: FilesContext['env']): SecretSources {
  return { env, readFile: (path) => readFile(path), stat: (path) => stat(path) };
}
