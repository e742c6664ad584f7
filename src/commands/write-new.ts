import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Io } from './io.ts';

/** Writes a file that must not be there yet, unless `force`; false, with a word on stderr, where it is. Others may read it unless `mode` says no. */
export async function writeNew(io: Pick<Io, 'cwd' | 'err'>, file: string, text: string, force: boolean, mode = 0o644): Promise<boolean> {
  try {
    await writeFile(resolve(io.cwd, file), text, { flag: force ? 'w' : 'wx', mode });
    return true;
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = code === 'EEXIST' ? 'is there already; --force writes over it' : `cannot be written: ${String(code ?? error)}`;
    io.err(`rollcall: ${file} ${why}\n`);
    return false;
  }
}
