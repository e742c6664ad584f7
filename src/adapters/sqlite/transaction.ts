import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` between BEGIN and COMMIT; a throw inside, or of COMMIT itself, leaves the database as it was. */
export function transaction<T>(db: DatabaseSync, mode: 'DEFERRED' | 'IMMEDIATE', work: () => T): T {
  db.exec(`BEGIN ${mode}`);
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // On a full disk SQLite may have rolled back by itself; a second ROLLBACK would hide the first error.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * The same in parts, one transaction none the less: between two of them whatever else is ready has its turn. Nothing else may be asked of `db`
 * until it has ended. What has one part only is done before this returns.
 */
export async function transactionInTurns<T>(
  db: DatabaseSync,
  parts: () => Generator<void, T, void>,
  turn: () => Promise<unknown>,
): Promise<T> {
  db.exec('BEGIN IMMEDIATE');
  try {
    const work = parts();
    let part = work.next();
    for (; !part.done; part = work.next()) await turn();
    db.exec('COMMIT');
    return part.value;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
