import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../../src/adapters/sqlite/file.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../../src/adapters/sqlite/schema.ts';
import { openStore } from '../../../src/adapters/store-sqlite.ts';
import { entryBytes, GENESIS } from '../../../src/core/chain.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { makeEntry, makeRecord, makeRequest } from '../../support/store-fixtures.ts';

const NEXT = MIGRATIONS.length + 1;
const FUTURE = [...MIGRATIONS, { to: NEXT, sql: `ALTER TABLE resource ADD COLUMN shard INTEGER NOT NULL DEFAULT 0` }];

describe('the migrations of the store', () => {
  let folder: Folder;
  let path: string;
  beforeEach(() => {
    folder = makeFolder();
    path = join(folder.path, 'rollcall.db');
  });
  afterEach(() => folder.remove());
  const version = (db: DatabaseSync) => db.prepare('PRAGMA user_version').get()?.['user_version'];

  it('lead from 1 to the last version without a gap', () => {
    assert.deepEqual(
      MIGRATIONS.map(({ to }) => to),
      MIGRATIONS.map((_, index) => index + 1),
    );
  });

  it('each lead from the version before to their own, with the mark of rollcall', () => {
    for (const [index, { to }] of MIGRATIONS.entries()) {
      const db = openDatabase(path, false, MIGRATIONS.slice(0, index + 1));
      assert.equal(version(db), to);
      assert.equal(db.prepare('PRAGMA application_id').get()?.['application_id'], APPLICATION_ID);
      db.close();
    }
  });

  it('1 makes the tables and the guards of the ledger', () => {
    const db = openDatabase(path, false, MIGRATIONS.slice(0, 1));
    const names = db
      .prepare(`SELECT name FROM sqlite_schema WHERE type IN ('table', 'trigger') AND name NOT LIKE 'sqlite_%' ORDER BY name`)
      .all();
    assert.deepEqual(
      names.map((row) => row['name']),
      ['command', 'incident', 'ledger', 'ledger_in_order', 'ledger_no_delete', 'ledger_no_update', 'meta', 'post', 'resource'],
    );
    db.close();
  });

  it('keep what an older store holds', async () => {
    const store = await openStore(folder.path);
    await store.commit({ resources: new Map([['a', makeRecord(1)]]) });
    await store.close();
    const db = openDatabase(path, false, FUTURE);
    assert.equal(version(db), NEXT);
    assert.equal(db.prepare('SELECT count(*) AS n FROM resource WHERE shard = 0').get()?.['n'], 1);
    db.close();
  });

  for (const from of [1, 2])
    it(`take a store of version ${from} to one that keeps requests, with all that it held`, async () => {
      const old = openDatabase(path, false, MIGRATIONS.slice(0, from));
      old.prepare(`INSERT INTO resource (id, doc) VALUES ('a', ?)`).run(JSON.stringify(makeRecord(1)));
      old.close();
      const store = await openStore(folder.path);
      assert.deepEqual((await store.load()).resources, new Map([['a', makeRecord(1)]]));
      assert.deepEqual(await store.requests(), []);
      await store.commit({ requests: [makeRequest('01KAAAAAAAAAAAAAAAAAAAAAAA')] });
      assert.equal((await store.requests()).length, 1);
      await store.close();
    });

  it('gather the stories of an older ledger, and let what nobody can read of it stand', async () => {
    const old = openDatabase(path, false, MIGRATIONS.slice(0, 5));
    const insert = old.prepare('INSERT INTO ledger (seq, bytes, hash) VALUES (?, ?, ?)');
    insert.run(1, entryBytes(1, GENESIS, { ...makeEntry(1), about: 'a' }), 'h1');
    insert.run(2, 'no JSON any more', 'h2');
    insert.run(3, entryBytes(3, 'h2', { ...makeEntry(3), about: 'a' }), 'h3');
    insert.run(4, entryBytes(4, 'h3', { ...makeEntry(4), about: 'a', kind: 'rounds' }), 'h4');
    old.close();
    const store = await openStore(folder.path);
    assert.deepEqual(
      (await store.story('a', 10)).map(({ seq }) => seq),
      [1, 3],
    );
    await store.close();
  });

  it('that fail leave the store at the version it had', () => {
    openDatabase(path, false, MIGRATIONS).close();
    const broken = [...MIGRATIONS, { to: NEXT, sql: 'CREATE TABLE half (id INTEGER); CREATE TABLE meta (id INTEGER)' }];
    assert.throws(() => openDatabase(path, false, broken), /already exists/);
    const db = new DatabaseSync(path);
    assert.equal(version(db), MIGRATIONS.length);
    assert.equal(db.prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'`).get()?.['n'], 0);
    db.close();
  });

  it('do not go back: an older rollcall refuses a newer store, writing or reading', async () => {
    openDatabase(path, false, FUTURE).close();
    for (const readOnly of [false, true]) {
      await assert.rejects(openStore(folder.path, { readOnly }), {
        code: 'newer',
        message: new RegExp(`store of version ${NEXT}, .* knows versions up to ${NEXT - 1}\\. What to do`),
      });
    }
  });

  it('are not taken by a reader', () => {
    openDatabase(path, false, MIGRATIONS).close();
    assert.throws(() => openDatabase(path, true, FUTURE), { code: 'outdated' });
  });
});
