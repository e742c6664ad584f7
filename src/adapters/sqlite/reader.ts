import type { DatabaseSync } from 'node:sqlite';
import type { LedgerHead } from '../../core/chain.ts';
import type { Incident } from '../../core/incident.ts';
import type { RequestRecord } from '../../core/request-state.ts';
import type { Order, Post, ResourceRecord, Snapshot } from '../../ports.ts';
import { unpackTrend, type Trend } from '../../core/trend.ts';
import { archivedThrough, readArchived } from './archives.ts';
import { decodeDocument, decodeEntry, type ChainedEntry } from './codec.ts';
import { storeError } from './error.ts';
import { transaction } from './transaction.ts';
import { printRoot, readTree } from './tree.ts';

const OPEN_INCIDENTS = `SELECT id, doc FROM incident WHERE phase <> 'closed' ORDER BY ordinal`;
const LATEST_INCIDENTS = 'SELECT id, doc FROM incident ORDER BY ordinal DESC LIMIT ?';
const ONE_INCIDENT = 'SELECT id, doc FROM incident WHERE id = ?';
const POSTS = `SELECT id, doc FROM post WHERE delivered = 0 OR incident IN (SELECT id FROM incident WHERE phase <> 'closed') ORDER BY seq, id`;

/** Everything a start needs, as of one moment, whatever another process writes meanwhile. */
export function readSnapshot(db: DatabaseSync): Snapshot {
  return transaction(db, 'DEFERRED', () => {
    const resources = new Map<string, ResourceRecord>();
    for (const row of db.prepare('SELECT id, doc FROM resource').iterate()) {
      resources.set(String(row['id']), decodeDocument(row['doc'], 'resource', row['id']) as ResourceRecord);
    }
    const meta = Object.fromEntries(
      db
        .prepare('SELECT key, value FROM meta')
        .all()
        .map((row) => [String(row['key']), String(row['value'])]),
    );
    return {
      resources,
      incidents: readDocuments(db, 'incident', OPEN_INCIDENTS) as Incident[],
      posts: readDocuments(db, 'post', POSTS) as Post[],
      meta,
      head: readHead(db),
    };
  });
}

/** Incidents, open and closed, the newest first. */
export function readHistory(db: DatabaseSync, limit: number): Incident[] {
  return readDocuments(db, 'incident', LATEST_INCIDENTS, limit) as Incident[];
}

/** One incident, open or closed; undefined once it is forgotten. */
export function readIncident(db: DatabaseSync, id: string): Incident | undefined {
  return readDocuments(db, 'incident', ONE_INCIDENT, id)[0] as Incident | undefined;
}

/** What another process asked for, oldest first: ids are ULIDs. */
export function readOrders(db: DatabaseSync): Order[] {
  return readDocuments(db, 'command', 'SELECT id, doc FROM command ORDER BY id') as Order[];
}

const CLOSED_REQUESTS_READ = 200;
const REQUESTS = `SELECT id FROM request WHERE open = 1
  UNION SELECT id FROM (SELECT id FROM request WHERE open = 0 ORDER BY id DESC LIMIT ${CLOSED_REQUESTS_READ})`;

/** Open requests and the latest of the others, oldest first: ids are ULIDs. */
export function readRequests(db: DatabaseSync): RequestRecord[] {
  return readDocuments(db, 'request', `SELECT id, doc FROM request WHERE id IN (${REQUESTS}) ORDER BY id`) as RequestRecord[];
}

/** The revision of each of the same, by id. */
export function readRevisions(db: DatabaseSync): ReadonlyMap<string, number> {
  const rows = db.prepare(`SELECT id, revision FROM request WHERE id IN (${REQUESTS}) ORDER BY id`).all();
  return new Map(rows.map((row) => [String(row['id']), Number(row['revision'])]));
}

export function readRequest(db: DatabaseSync, id: string): RequestRecord | undefined {
  const row = db.prepare('SELECT doc FROM request WHERE id = ?').get(id);
  return row && (decodeDocument(row['doc'], 'request', id) as RequestRecord);
}

export function readHead(db: DatabaseSync): LedgerHead | null {
  const row = db.prepare('SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1').get();
  return row ? { seq: Number(row['seq']), hash: String(row['hash']), root: printRoot(readTree(db)) } : null;
}

/** Entries from `wanted` on, at most `limit`: rows, or those of one archive, which lies in `archives` where it was moved. */
export function readLedger(db: DatabaseSync, wanted: number, limit: number, archives?: string): ChainedEntry[] {
  // What is before the first entry is in no archive: asked from there on, it begins with the first.
  const from = Math.max(1, wanted);
  // Of one moment: a daemon may be cutting what has just been looked for.
  return transaction(db, 'DEFERRED', () => {
    if (from <= archivedThrough(db))
      return readArchived(db, from, archives)
        .slice(0, limit)
        .map(({ seq, bytes, hash }) => decodeEntry(seq, bytes, hash));
    const rows = db.prepare('SELECT seq, bytes, hash FROM ledger WHERE seq >= ? ORDER BY seq LIMIT ?').all(from, limit);
    return rows.map((row) => decodeEntry(Number(row['seq']), String(row['bytes']), String(row['hash'])));
  });
}

/** How the measures of a resource moved. @throws StoreError `corrupt`. */
export function readTrend(db: DatabaseSync, resource: string): Trend {
  const row = db.prepare('SELECT doc FROM trend WHERE resource = ?').get(resource);
  try {
    return row ? unpackTrend(String(row['doc'])) : {};
  } catch (error) {
    throw storeError('corrupt', `the record ${resource} of table trend cannot be read`, error);
  }
}

function readDocuments(db: DatabaseSync, table: string, sql: string, ...parameters: (number | string)[]): unknown[] {
  return db
    .prepare(sql)
    .all(...parameters)
    .map((row) => decodeDocument(row['doc'], table, row['id']));
}
