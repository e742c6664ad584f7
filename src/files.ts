import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { formatComplaint, unreadable } from './config/complaint.ts';
import type { IsCron } from './config/fields.ts';
import { readConfig } from './config/read-config.ts';
import { readManifest } from './config/read-manifest.ts';
import { checkSecrets, resolveSecret, type SecretSources } from './config/secrets.ts';
import type { Complaint, Config, Loaded, Manifest } from './config/types.ts';
import type { Probe } from './probe.ts';
import type { Secret, SecretRef } from './values/secret.ts';

/** What the files are read with. */
export interface FilesContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly probes: ReadonlyMap<string, Probe>;
  /** Loads what can tell a cron expression from other text. */
  readonly loadCron: () => Promise<IsCron>;
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

/** Reads config and manifest whole, secrets' readability included; throws `FilesError` with every complaint of both at once. */
export async function readFiles(option: string | undefined, context: FilesContext): Promise<Files> {
  // Most files have no cron expression, and what reads one is slow to load: only where something like it stands is all read with it.
  let asked = false;
  try {
    const files = await readBoth(option, context, () => (asked = true));
    if (!asked) return files;
  } catch (error) {
    if (!asked) throw error;
  }
  return readBoth(option, context, await context.loadCron());
}

async function readBoth(option: string | undefined, context: FilesContext, isCron: IsCron): Promise<Files> {
  const file = await findConfig(option, context);
  const config = await readOne(file, context.cwd, (bytes) => readConfig({ file, bytes, baseDir: context.cwd, isCron, ...context }));
  if (!config.ok) throw new FilesError(config.complaints);
  const shown = relative(context.cwd, config.value.manifest);
  const path = shown.startsWith('..') ? config.value.manifest : shown;
  const [secrets, manifest] = await Promise.all([
    checkSecrets(config.value, secretSources(context.env)),
    readOne(path, context.cwd, (bytes) => readManifest({ file: path, bytes, config: config.value, isCron, ...context })),
  ]);
  if (!manifest.ok) throw new FilesError([...secrets, ...manifest.complaints]);
  if (secrets.length > 0) throw new FilesError(secrets);
  return { config: config.value, manifest: manifest.value };
}

/** Reads a secret anew at every call, so that a rotated credential is picked up. */
export function secretReader(env: FilesContext['env']): (ref: SecretRef) => Promise<Secret> {
  const sources = secretSources(env);
  return (ref) => resolveSecret(ref, sources);
}

async function readOne<T>(file: string, cwd: string, read: (bytes: Uint8Array) => Loaded<T>): Promise<Loaded<T>> {
  try {
    return read(await readFile(resolve(cwd, file)));
  } catch (error) {
    return { ok: false, complaints: [unreadable(file, error instanceof Error && 'code' in error ? String(error.code) : 'cannot be read')] };
  }
}

function secretSources(env: FilesContext['env']): SecretSources {
  return { env, readFile: (path) => readFile(path), stat: (path) => stat(path) };
}
