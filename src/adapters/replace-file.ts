import { randomUUID } from 'node:crypto';
import { chmod, chown, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Puts `text` in the place of a file at once, so that nobody ever reads half of it; its mode and, as far as this account may, its owner stay, and a link goes on leading to it.
 * @throws what node:fs throws; the file is then as it was.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const real = await realpath(path);
  const { mode, uid, gid } = await stat(real);
  const next = join(dirname(real), `.rollcall-${randomUUID()}`);
  try {
    const file = await open(next, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chown(next, uid, gid).catch(() => undefined);
    await chmod(next, mode & 0o777);
    await rename(next, real);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}
