import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { verifyLedger } from '../../../src/adapters/ledger-verify.ts';
import { openStore, type SqliteStore } from '../../../src/adapters/store-sqlite.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { makeEntry } from '../../support/store-fixtures.ts';

const ENTRIES = 2500;

describe('the ledger in the store', () => {
  let folder: Folder;
  let store: SqliteStore;
  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
    await store.commit({ ledger: Array.from({ length: ENTRIES }, (_, n) => makeEntry(n + 1)) });
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });
  /** What somebody does who has the file and knows SQL. */
  const tamper = (sql: string) => {
    const db = new DatabaseSync(join(folder.path, 'rollcall.db'));
    db.function('sha256', (text) => hash('sha256', String(text)));
    try {
      db.exec(sql);
    } finally {
      db.close();
    }
  };
  const withoutGuards = (sql: string) =>
    tamper(`DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete; DROP TRIGGER ledger_in_order; ${sql}`);

  for (const [what, sql] of [
    ['an update', `UPDATE ledger SET hash = '0' WHERE seq = 777`],
    ['a deletion', 'DELETE FROM ledger WHERE seq = 777'],
    ['a deletion of all of it', 'DELETE FROM ledger'],
    ['a replacement', `INSERT OR REPLACE INTO ledger (seq, bytes, hash) VALUES (777, '[]', '0')`],
    ['an entry out of order', `INSERT INTO ledger (seq, bytes, hash) VALUES (9999, '[]', '0')`],
  ] as const) {
    it(`refuses ${what}`, async () => {
      assert.throws(() => tamper(sql), /append-only|only grows/);
      assert.equal((await verifyLedger(store)).entries, ENTRIES);
    });
  }

  for (const [what, sql, seq] of [
    ['an altered entry', `UPDATE ledger SET bytes = replace(bytes, 'absent', 'present') WHERE seq = 777`, 777],
    [
      'an altered entry whose own hash was made to fit',
      `UPDATE ledger SET bytes = replace(bytes, 'absent', 'present') WHERE seq = 777; UPDATE ledger SET hash = sha256(bytes) WHERE seq = 777`,
      778,
    ],
    ['an altered hash', `UPDATE ledger SET hash = '${'0'.repeat(64)}' WHERE seq = 1777`, 1777],
    ['an entry that is no longer JSON', `UPDATE ledger SET bytes = '{' WHERE seq = 1234`, 1234],
    ['an entry in the place of another', `UPDATE ledger SET bytes = (SELECT bytes FROM ledger WHERE seq = 3) WHERE seq = 2400`, 2400],
    ['a missing entry', 'DELETE FROM ledger WHERE seq = 777', 777],
    ['a missing first entry', 'DELETE FROM ledger WHERE seq = 1', 1],
  ] as const) {
    it(`shows ${what} at its number`, async () => {
      withoutGuards(sql);
      const verdict = await verifyLedger(store);
      assert.equal(verdict.bad?.seq, seq);
      assert.equal(verdict.entries, seq - 1);
      assert.equal(verdict.bad?.why === 'the entry is missing', what.startsWith('a missing'));
    });
  }

  it('can be checked with nothing but the bytes and SHA-256', () => {
    const db = new DatabaseSync(join(folder.path, 'rollcall.db'), { readOnly: true });
    const row = db.prepare('SELECT bytes, hash FROM ledger WHERE seq = 2').get();
    assert.equal(hash('sha256', String(row?.['bytes'])), row?.['hash']);
    db.close();
  });
});
