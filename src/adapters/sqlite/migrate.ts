import type { DatabaseSync } from 'node:sqlite';
import { storeError } from './error.ts';
import { APPLICATION_ID, type Migration } from './schema.ts';
import { transaction } from './transaction.ts';

/** The first column of the first row of a PRAGMA or query that always answers with one number. */
function readNumber(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

/**
 * Says what the file is before anything is written to it.
 * @throws StoreError `foreign` where it is another program's database, `newer` where a newer rollcall wrote it.
 * @returns the store's version; 0 for an empty file.
 */
export function recognize(db: DatabaseSync, path: string, migrations: readonly Migration[]): number {
  const version = readNumber(db, 'PRAGMA user_version');
  const ours = readNumber(db, 'PRAGMA application_id') === APPLICATION_ID;
  const tables = readNumber(db, 'SELECT count(*) FROM sqlite_schema');
  if (!ours && (tables > 0 || version > 0)) throw storeError('foreign', `${path} is a database, but not a store of rollcall`);
  const known = migrations.at(-1)?.to ?? 0;
  if (version > known)
    throw storeError('newer', `${path} is a store of version ${version}, and this rollcall knows versions up to ${known}`);
  return version;
}

/** Takes the steps the store has not taken, each in a transaction of its own with the version it leads to. */
export function migrate(db: DatabaseSync, migrations: readonly Migration[]): void {
  for (const { to, sql, fill } of migrations) {
    transaction(db, 'IMMEDIATE', () => {
      // Asked inside the transaction: another process may have taken the step meanwhile.
      if (readNumber(db, 'PRAGMA user_version') >= to) return;
      db.exec(sql);
      fill?.(db);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${to}`);
    });
  }
}
