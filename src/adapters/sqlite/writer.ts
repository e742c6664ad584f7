import type { DatabaseSync } from 'node:sqlite';
import { GENESIS, type LedgerEntry, type LedgerHead } from '../../core/chain.ts';
import { isOpen, type RequestRecord } from '../../core/request-state.ts';
import { addSample, packTrend } from '../../core/trend.ts';
import type { Change, ResourceRecord } from '../../ports.ts';
import { keepBlock } from './blocks.ts';
import { chainEntry, encodeDocument, phaseOf } from './codec.ts';
import { storeError } from './error.ts';
import { readHead, readTrend } from './reader.ts';
import { storyKeeper } from './stories.ts';
import { transaction, transactionInTurns } from './transaction.ts';
import { growTree, printRoot, readTree, writeTree } from './tree.ts';

export interface Writer {
  /** The whole change or nothing of it, in one transaction; the ledger's head after it. Much of it is written in parts, between which `turn` is awaited. */
  write(change: Change, turn: () => Promise<unknown>): Promise<LedgerHead | null>;
  /** Entries at the end of the ledger, within a transaction of the caller's. */
  append(entries: readonly LedgerEntry[]): LedgerHead | null;
  /** Forgets closed incidents but the newest `keep`, with their delivered posts. */
  prune(keep: number): void;
}

/** Rows written before others have their turn: some milliseconds. */
const AT_ONCE = 100;

/** Prepares the statements once: a round over ten thousand resources runs them ten thousand times. */
export function createWriter(db: DatabaseSync): Writer {
  const putResource = db.prepare('INSERT INTO resource (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc');
  const dropResource = db.prepare('DELETE FROM resource WHERE id = ?');
  const putTrend = db.prepare('INSERT INTO trend (resource, doc) VALUES (?, ?) ON CONFLICT (resource) DO UPDATE SET doc = excluded.doc');
  const dropTrend = db.prepare('DELETE FROM trend WHERE resource = ?');
  const putIncident = db.prepare(
    'INSERT INTO incident (id, phase, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, doc = excluded.doc',
  );
  const putPost = db.prepare(
    `INSERT INTO post (id, seq, incident, delivered, doc) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, incident = excluded.incident, delivered = excluded.delivered, doc = excluded.doc`,
  );
  const dropPost = db.prepare('DELETE FROM post WHERE id = ?');
  const putMeta = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value');
  const putOrder = db.prepare('INSERT INTO command (id, doc) VALUES (?, ?) ON CONFLICT (id) DO NOTHING');
  const dropOrder = db.prepare('DELETE FROM command WHERE id = ?');
  const putRequest = db.prepare(
    `INSERT INTO request (id, revision, open, doc) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, open = excluded.open, doc = excluded.doc
     WHERE request.revision = excluded.revision - 1`,
  );
  const putEntry = db.prepare('INSERT INTO ledger (seq, bytes, hash) VALUES (?, ?, ?)');
  const keepStory = storyKeeper(db);
  const old = `SELECT id FROM incident WHERE phase = 'closed' ORDER BY ordinal DESC LIMIT -1 OFFSET ?`;
  const prunePosts = db.prepare(`DELETE FROM post WHERE delivered = 1 AND incident IN (${old})`);
  const pruneRequests = db.prepare(
    'DELETE FROM request WHERE id IN (SELECT id FROM request WHERE open = 0 ORDER BY id DESC LIMIT -1 OFFSET ?)',
  );
  const pruneIncidents = db.prepare(`DELETE FROM incident WHERE id IN (${old})`);

  const applyRequest = (record: RequestRecord): void => {
    const { changes } = putRequest.run(record.id, record.revision, isOpen(record) ? 1 : 0, encodeDocument(record));
    if (Number(changes) !== 1) throw storeError('conflict', `the request ${record.id} was changed meanwhile`);
  };

  const applyResource = (id: string, record: ResourceRecord | null): void => {
    if (record) putResource.run(id, encodeDocument(record));
    else {
      dropResource.run(id);
      dropTrend.run(id);
    }
  };

  const applyDocuments = function* (change: Change): Generator<void, void, void> {
    yield* inParts(change.resources ?? [], ([id, record]) => applyResource(id, record));
    yield* inParts(change.samples ?? [], ([id, sample]) => putTrend.run(id, packTrend(addSample(readTrend(db, id), sample))));
    for (const incident of change.incidents ?? []) putIncident.run(incident.id, phaseOf(incident), encodeDocument(incident));
    for (const post of change.posts ?? []) putPost.run(post.id, post.seq, post.incident, post.receipt ? 1 : 0, encodeDocument(post));
    for (const id of change.dropPosts ?? []) dropPost.run(id);
    for (const [key, value] of Object.entries(change.meta ?? {})) putMeta.run(key, value);
    for (const order of change.orders ?? []) putOrder.run(order.id, encodeDocument(order));
    for (const id of change.doneOrders ?? []) dropOrder.run(id);
    for (const record of change.requests ?? []) applyRequest(record);
  };

  // The head is read here and not remembered: this process may not be the only one that writes.
  const append = function* (entries: readonly LedgerEntry[]): Generator<void, LedgerHead | null, void> {
    let head = readHead(db);
    if (entries.length === 0) return head;
    let tree = readTree(db);
    yield* inParts(entries, (entry) => {
      const seq: number = (head?.seq ?? 0) + 1;
      const { bytes, hash } = chainEntry(seq, head?.hash ?? GENESIS, entry);
      putEntry.run(seq, bytes, hash);
      keepBlock(db, seq);
      keepStory(seq, entry);
      tree = growTree(tree, bytes);
      head = { seq, hash };
    });
    writeTree(db, tree);
    return head && { ...head, root: printRoot(tree) };
  };

  return {
    append: (entries) => atOnce(append(entries)),
    write: (change, turn) =>
      transactionInTurns(
        db,
        function* () {
          yield* applyDocuments(change);
          return yield* append(change.ledger ?? []);
        },
        turn,
      ),
    prune: (keep) =>
      transaction(db, 'IMMEDIATE', () => {
        pruneRequests.run(keep);
        prunePosts.run(keep);
        pruneIncidents.run(keep);
      }),
  };
}

/** Each of them in order; pauses where so many have been done that others should have their turn. */
function* inParts<T>(items: Iterable<T>, write: (item: T) => void): Generator<void, void, void> {
  let done = 0;
  for (const item of items) {
    if (done > 0 && done % AT_ONCE === 0) yield;
    write(item);
    done++;
  }
}

/** Without a pause. */
function atOnce<T>(parts: Generator<void, T, void>): T {
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}
