import type { DatabaseSync } from 'node:sqlite';
import { BLOCK } from './block-size.ts';
import { keepBlocks } from './blocks.ts';
import { keepStories } from './stories.ts';
import { growFromLedger } from './tree.ts';

/** One step forward. Steps are never changed once released: a store in the field has already taken them. */
export interface Migration {
  /** The `user_version` the store has after this step. */
  readonly to: number;
  readonly sql: string;
  /** What SQL alone cannot do, after it and in the same transaction. */
  readonly fill?: (db: DatabaseSync) => void;
}

/** Marks the file as a store of rollcall (`PRAGMA application_id`): the letters RCLL. */
export const APPLICATION_ID = 0x52434c4c;

/**
 * Documents are JSON; columns beside them are only what a query needs. The ledger keeps the very bytes its hashes were taken over,
 * so that anybody can check it with `sqlite3` and `sha256sum` alone. Its insert trigger also stops REPLACE, which fires no delete trigger.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    to: 1,
    sql: `
CREATE TABLE resource (id TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE incident (ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, phase TEXT NOT NULL, doc TEXT NOT NULL) STRICT;
CREATE INDEX incident_open ON incident (ordinal) WHERE phase <> 'closed';
CREATE TABLE post (
  id TEXT PRIMARY KEY, seq INTEGER NOT NULL, incident TEXT NOT NULL, delivered INTEGER NOT NULL CHECK (delivered IN (0, 1)), doc TEXT NOT NULL
) STRICT;
CREATE INDEX post_undelivered ON post (seq) WHERE delivered = 0;
CREATE INDEX post_incident ON post (incident);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE command (id TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE ledger (seq INTEGER PRIMARY KEY, bytes TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
  WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
  BEGIN SELECT RAISE(ABORT, 'the ledger only grows, one entry after the other'); END;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
`,
  },
  {
    to: 2,
    // The tree over the entries' bytes, old ones too: what they say and how they are chained stays as it is.
    sql: 'CREATE TABLE tree (id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, subtrees TEXT NOT NULL) STRICT;',
    fill: growFromLedger,
  },
  {
    to: 3,
    // `open`: pending, or approved and not used up. Those are what a daemon asks for every second.
    sql: `
CREATE TABLE request (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, open INTEGER NOT NULL CHECK (open IN (0, 1)), doc TEXT NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE INDEX request_open ON request (id) WHERE open = 1;
`,
  },
  {
    to: 4,
    // Roots over whole blocks of entries, so that showing how the ledger has grown does not read all of it.
    sql: 'CREATE TABLE block (last INTEGER PRIMARY KEY, root TEXT NOT NULL) STRICT;',
    fill: keepBlocks,
  },
  {
    to: 5,
    // Old entries may leave for an archive: only those, and never the last one, from which the ledger goes on.
    sql: `
CREATE TABLE archive (last INTEGER PRIMARY KEY, hash TEXT NOT NULL, file TEXT NOT NULL) STRICT;
CREATE TRIGGER archive_in_order BEFORE INSERT ON archive
  WHEN NEW.last <> (SELECT coalesce(max(last), 0) + ${BLOCK} FROM archive)
  BEGIN SELECT RAISE(ABORT, 'archives follow one after the other'); END;
CREATE TRIGGER archive_no_update BEFORE UPDATE ON archive BEGIN SELECT RAISE(ABORT, 'what was archived stays archived'); END;
CREATE TRIGGER archive_no_delete BEFORE DELETE ON archive BEGIN SELECT RAISE(ABORT, 'what was archived stays archived'); END;
DROP TRIGGER ledger_no_delete;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
  WHEN OLD.seq > (SELECT coalesce(max(last), 0) FROM archive) OR OLD.seq = (SELECT max(seq) FROM ledger)
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
`,
  },
  {
    to: 6,
    // Which entries tell of one resource or incident, so that who asks need not read the whole ledger; and how measures moved, thinned and bounded.
    sql: `
CREATE TABLE story (about TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (about, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE trend (ordinal INTEGER PRIMARY KEY, resource TEXT NOT NULL UNIQUE, doc TEXT NOT NULL) STRICT;
`,
    fill: keepStories,
  },
];
