import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { storeError } from './error.ts';
import { migrate, recognize } from './migrate.ts';
import type { Migration } from './schema.ts';

// The daemon's event loop stands still while it waits for a lock, so not long. Nobody but `ack` and its like write beside the daemon.
const BUSY_TIMEOUT_MS = 1000;

// The tables every round needs. The ledger is not among them: it only grows, and `verifyLedger` reads it whole.
const CHECKED = ['resource', 'incident', 'post', 'meta'] as const;

/** Makes the folder (0700) and the file (0600) where they are missing, and takes the file from the eyes of others. */
export function prepareFile(dir: string, path: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // Before SQLite sees it, which would make it readable by others; its -wal and -shm files take the mode of this one. A file that is there
  // is not opened: to close it again would give up every lock this process has on it (fcntl(2)).
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
}

/** Opens, recognizes, migrates and checks the file at `path`; a connection that is returned is fit for use. It waits `patience` ms for a lock. */
export function openDatabase(path: string, readOnly: boolean, migrations: readonly Migration[], patience = BUSY_TIMEOUT_MS): DatabaseSync {
  if (readOnly && !existsSync(path)) throw storeError('missing', `there is no store at ${path}`);
  const db = new DatabaseSync(path, { readOnly, timeout: patience, enableDoubleQuotedStringLiterals: false, defensive: true });
  try {
    db.exec('PRAGMA trusted_schema = OFF');
    const version = recognize(db, path, migrations);
    if (readOnly) refuseOutdated(version, path, migrations);
    else {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864');
      migrate(db, migrations);
      checkTables(db, path);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function refuseOutdated(version: number, path: string, migrations: readonly Migration[]): void {
  const known = migrations.at(-1)?.to ?? 0;
  if (version < known) throw storeError('outdated', `${path} is a store of version ${version}, and this rollcall reads version ${known}`);
}

function checkTables(db: DatabaseSync, path: string): void {
  for (const table of CHECKED) {
    const said = db.prepare(`PRAGMA quick_check('${table}')`).get()?.['quick_check'];
    if (said !== 'ok') throw storeError('corrupt', `${path} is damaged in table ${table}: ${String(said).slice(0, 200)}`);
  }
}
