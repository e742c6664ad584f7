import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storeError, toStoreError, type StoreError } from './sqlite/error.ts';
import { prepareFile } from './sqlite/file.ts';

export interface StateLock {
  /** Gives the folder free; a second call does nothing. */
  release(): void;
}

// A connection nobody refers to is closed by the garbage collector, and its lock is gone: these are referred to until they are released.
const held = new Set<DatabaseSync>();

/**
 * Takes the state folder `dir` for one daemon, by an exclusive transaction on a database of its own (`rollcall.lock`). The kernel gives
 * its locks free when the process ends, however it ends: there is no file with a number in it that could be stale.
 * @throws StoreError `locked` where another daemon, or this process, holds it; `denied` or `read-only` where the folder cannot be written.
 */
export function acquireLock(dir: string): StateLock {
  const path = join(dir, 'rollcall.lock');
  let db: DatabaseSync | undefined;
  try {
    prepareFile(dir, path);
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    throw explain(error, dir, path);
  }
  const lock = db;
  held.add(lock);
  return {
    release: () => {
      if (held.delete(lock)) lock.close();
    },
  };
}

function explain(error: unknown, dir: string, path: string): StoreError {
  const known = toStoreError(error, `cannot lock ${path}`);
  return known.code === 'busy' ? storeError('locked', `another rollcall watches with the state folder ${dir}`, error) : known;
}
