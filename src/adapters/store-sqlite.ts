import { join } from 'node:path';
import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { LedgerHead } from '../core/chain.ts';
import type { Change, Store } from '../ports.ts';
import { archiveBlock, type Frozen } from './sqlite/archives.ts';
import { readConsistency, readFrozen } from './sqlite/blocks.ts';
import { storeError, toStoreError } from './sqlite/error.ts';
import { openDatabase, prepareFile } from './sqlite/file.ts';
import {
  readHead,
  readHistory,
  readIncident,
  readLedger,
  readOrders,
  readRequest,
  readRequests,
  readRevisions,
  readSnapshot,
  readTrend,
} from './sqlite/reader.ts';
import { readStory } from './sqlite/stories.ts';
import { MIGRATIONS } from './sqlite/schema.ts';
import { createWriter } from './sqlite/writer.ts';

export { StoreError } from './sqlite/error.ts';

/** For a command beside a daemon, which may be writing down the first round over a large roll, ms. */
export const PATIENT = 15_000;

/** The embedded store: the port, and what keeps it small. Every method rejects with a StoreError. */
export interface SqliteStore extends Store {
  /** Forgets closed incidents but the newest `keep`, with their delivered posts. The ledger keeps what happened. */
  prune(keep: number): Promise<void>;
  /** What the store keeps of the entries that lie in archives. */
  frozen(): Promise<Frozen>;
}

interface Opening {
  /** Nothing is made or changed, and a daemon may be writing meanwhile. */
  readonly readOnly?: boolean;
  /** Where archives of old entries lie now; where one is not there it is looked for where it was written. */
  readonly archives?: string | undefined;
  /** How long to wait for another process that writes, ms. Whoever has an event loop holds it meanwhile. */
  readonly patience?: number;
  /** Resolves once whatever else is ready has had its turn, between two parts of a large change. */
  readonly turn?: () => Promise<unknown>;
}

/**
 * Opens `rollcall.db` in the state folder `dir`: makes folder and file where they are missing, brings an older store up to date.
 * @throws StoreError, whose `code` says why and whose message says where and what to do.
 */
export async function openStore(dir: string, options: Opening = {}): Promise<SqliteStore> {
  const path = join(dir, 'rollcall.db');
  const readOnly = options.readOnly ?? false;
  try {
    if (!readOnly) prepareFile(dir, path);
    return createStore(openDatabase(path, readOnly, MIGRATIONS, options.patience), path, options);
  } catch (error) {
    throw toStoreError(error, `cannot open ${path}`);
  }
}

function createStore(db: DatabaseSync, path: string, { readOnly = false, archives, turn = () => setImmediate() }: Opening): SqliteStore {
  const writer = readOnly ? undefined : createWriter(db);
  const opened = inode(path);
  // A change of ten thousand rows is written in parts: what is asked meanwhile waits for its end, and never sees half of it.
  const busy: { until: Promise<void> | undefined } = { until: undefined };
  const attempt = async <T>(verb: string, work: () => T | Promise<T>): Promise<T> => {
    while (busy.until) await busy.until;
    if (!db.isOpen) throw storeError('closed', `cannot ${verb} ${path}: the store was closed`);
    try {
      return await work();
    } catch (error) {
      throw toStoreError(error, `cannot ${verb} ${path}`);
    }
  };
  const write = async (change: Change): Promise<LedgerHead | null> => {
    const over = Promise.withResolvers<void>();
    busy.until = over.promise;
    try {
      return await writable().write(change, turn);
    } finally {
      busy.until = undefined;
      over.resolve();
    }
  };
  const writable = () => {
    if (!writer) throw storeError('read-only', `cannot write ${path}: it was opened for reading`);
    // SQLite goes on writing into a file that has no name any more, and nothing of it would be there after a restart.
    if (inode(path) !== opened) throw storeError('gone', `cannot write ${path}: the file was deleted or replaced`);
    return writer;
  };
  return {
    load: () => attempt('read', () => readSnapshot(db)),
    commit: (change) => attempt('write', () => write(change)),
    ledger: (from, limit) => attempt('read', () => readLedger(db, from, limit, archives)),
    story: (about, limit) => attempt('read', () => readStory(db, about, limit)),
    trend: (resource) => attempt('read', () => readTrend(db, resource)),
    head: () => attempt('read', () => readHead(db)),
    consistency: (older, newer) => attempt('read', () => readConsistency(db, older, newer, archives)),
    archive: (order) =>
      attempt('archive', () => {
        const to = writable();
        return archiveBlock(db, order, (body) => to.append([{ at: order.at, kind: 'archived', about: '@watchdog', body: { ...body } }]));
      }),
    frozen: () => attempt('read', () => readFrozen(db)),
    incident: (id) => attempt('read', () => readIncident(db, id)),
    orders: () => attempt('read', () => readOrders(db)),
    requests: () => attempt('read', () => readRequests(db)),
    requestRevisions: () => attempt('read', () => readRevisions(db)),
    request: (id) => attempt('read', () => readRequest(db, id)),
    history: (limit) => attempt('read', () => readHistory(db, limit)),
    prune: (keep) => attempt('write', () => writable().prune(keep)),
    async close() {
      while (busy.until) await busy.until;
      if (db.isOpen) db.close();
    },
  };
}

/** Which file stands under a name; undefined where none does. */
function inode(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino}`;
}
