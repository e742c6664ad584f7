import { lstat, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Io } from './io.ts';

type Said = Pick<Io, 'cwd' | 'err'>;

/** Writes a file that must not be there yet, unless `force`; false, with a word on stderr, where it is. Others may read it unless `mode` says no. */
export async function writeNew(io: Said, file: string, text: string, force: boolean, mode = 0o644): Promise<boolean> {
  try {
    await writeFile(resolve(io.cwd, file), text, { flag: force ? 'w' : 'wx', mode });
    return true;
  } catch (error) {
    io.err(`rollcall: ${file} ${whyNot(error)}\n`);
    return false;
  }
}

/** Whether `writeNew` would have a chance, asked before long work; false with the same word where not. Nothing is written. */
export async function canWriteNew(io: Said, file: string, force: boolean): Promise<boolean> {
  const path = resolve(io.cwd, file);
  try {
    if (!(await stat(dirname(path))).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (found && !force) throw Object.assign(new Error(), { code: 'EEXIST' });
    return true;
  } catch (error) {
    io.err(`rollcall: ${file} ${whyNot(error)}\n`);
    return false;
  }
}

function whyNot(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EEXIST' ? 'is there already; --force writes over it' : `cannot be written: ${String(code ?? error)}`;
}
