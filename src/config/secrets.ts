import { join } from 'node:path';
import { Secret, type SecretRef } from '../values/secret.ts';
import { clean } from '../values/text.ts';
import type { Complaint, Config } from './types.ts';

/** The world as a secret needs it; `stat` follows links. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly stat: (path: string) => Promise<{ isFile(): boolean; readonly mode: number; readonly uid: number; readonly size: number }>;
}

const MAX_BYTES = 64 * 1024;

/** Why a secret cannot be had. The message names the reference, never the value. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * The secret that a reference names, read anew; its trailing newlines are dropped. `file` is an absolute path (`readConfig` makes it
 * one). Throws `SecretError` where it is not there, is empty or no text, or where others than its owner can read the file.
 *
 * A credential that systemd handed over is owned by root with mode 0440: the group bits there are the mask of an access list that names
 * the service's user alone, so they are let pass for files of root below $CREDENTIALS_DIRECTORY, and only there.
 */
export async function resolveSecret(ref: SecretRef, sources: SecretSources): Promise<Secret> {
  if ('env' in ref) return secretOf(sources.env[ref.env], `the environment variable ${clean(ref.env, 100)}`);
  if ('file' in ref) return secretOf(await readSecret(ref.file, sources, false), `the file ${clean(ref.file)}`);
  const what = `the credential ${clean(ref.credential, 100)}`;
  const folder = sources.env['CREDENTIALS_DIRECTORY'];
  if (!folder) throw new SecretError(`${what} cannot be had: $CREDENTIALS_DIRECTORY is not set (systemd sets it: LoadCredential=)`);
  if (/[/\0]|^\.{0,2}$/.test(ref.credential)) throw new SecretError(`${what} is not a plain file name`);
  return secretOf(await readSecret(join(folder, ref.credential), sources, true), what);
}

async function readSecret(path: string, { stat, readFile }: SecretSources, credential: boolean): Promise<string> {
  const what = `the file ${clean(path)}`;
  try {
    const { mode, uid, size, ...file } = bind(await stat(path));
    if (!file.isFile()) throw new SecretError(`${what} is not a regular file`);
    const forbidden = credential && uid === 0 ? 0o037 : 0o077;
    if ((mode & forbidden) !== 0)
      throw new SecretError(`${what} can be read or changed by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')}); chmod 600 it`);
    if (size > MAX_BYTES) throw new SecretError(`${what} is larger than 64 KiB, which no secret is`);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof SecretError) throw error;
    if (error instanceof TypeError) throw new SecretError(`${what} is not text in UTF-8`);
    // Only the system's code: its message may say more than the reference does.
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
    throw new SecretError(`${what} cannot be read: ${clean(code, 40)}`);
  }
}

/** `stat`'s answer is an object of a class: its method is lost by spreading. */
function bind(stats: Awaited<ReturnType<SecretSources['stat']>>) {
  return { mode: stats.mode, uid: stats.uid, size: stats.size, isFile: () => stats.isFile() };
}

function secretOf(text: string | undefined, what: string): Secret {
  if (text === undefined) throw new SecretError(`${what} is not set`);
  const value = text.replace(/[\r\n]+$/, '');
  if (value === '') throw new SecretError(`${what} is empty`);
  return new Secret(value);
}

/** A complaint for every reference of the config that yields no secret, at its place in the file. */
export async function checkSecrets(config: Pick<Config, 'file' | 'secrets'>, sources: SecretSources): Promise<readonly Complaint[]> {
  const complaints: Complaint[] = [];
  for (const { ref, path, line, column } of config.secrets)
    try {
      await resolveSecret(ref, sources);
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      complaints.push({ file: config.file, line, column, path, message: error.message, code: 'RC_SECRET_UNREADABLE' });
    }
  return complaints;
}
