import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../../src/adapters/sqlite/file.ts';
import { MIGRATIONS } from '../../../src/adapters/sqlite/schema.ts';
import { openStore } from '../../../src/adapters/store-sqlite.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { makeRecord } from '../../support/store-fixtures.ts';

const NOBODY = 65_534;

describe('the file of the store', () => {
  let folder: Folder;
  let dir: string;
  let path: string;
  beforeEach(() => {
    folder = makeFolder();
    dir = join(folder.path, 'new', 'state');
    path = join(dir, 'rollcall.db');
  });
  afterEach(() => folder.remove());
  const fill = async () => {
    const store = await openStore(dir);
    await store.commit({ resources: new Map(Array.from({ length: 500 }, (_, n) => [`r-${n}`, makeRecord(n)])) });
    await store.close();
  };

  it('is made for its owner alone, with its folder and the files SQLite adds', async () => {
    const store = await openStore(dir);
    await store.commit({ meta: { a: '1' } });
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    const files = readdirSync(dir);
    assert.ok(files.includes('rollcall.db-wal'));
    for (const file of files) assert.equal(statSync(join(dir, file)).mode & 0o777, 0o600, file);
    await store.close();
  });

  it('is taken from the eyes of others when it is opened', async () => {
    await fill();
    chmodSync(path, 0o644);
    await (await openStore(dir)).close();
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('is written ahead and synchronized at every commit, and trusts no schema', () => {
    mkdirSync(dir, { recursive: true });
    const db = openDatabase(path, false, MIGRATIONS);
    const read = (pragma: string) => Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
    assert.deepEqual([read('journal_mode'), read('synchronous'), read('trusted_schema')], ['wal', 2, 0]);
    assert.deepEqual(
      db
        .prepare(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'`)
        .all(),
      [],
    );
    db.close();
  });

  it('is not made by a reader', async () => {
    await assert.rejects(openStore(dir, { readOnly: true }), {
      code: 'missing',
      message: /no store at .*rollcall\.db\. What to do: start `rollcall watch`/,
    });
    assert.equal(existsSync(dir), false);
  });

  it('can be read while no daemon runs', async () => {
    await fill();
    const reader = await openStore(dir, { readOnly: true });
    assert.equal((await reader.load()).resources.size, 500);
    await assert.rejects(reader.commit({ meta: { a: '1' } }), { code: 'read-only' });
    await reader.close();
  });

  it('is refused, and left as it is, when it is no database', async () => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(path, 'All systems nominal. '.repeat(500), { mode: 0o600 });
    const before = readFileSync(path);
    for (const readOnly of [true, false]) {
      await assert.rejects(openStore(dir, { readOnly }), {
        name: 'StoreError',
        code: 'corrupt',
        message: /cannot open .*rollcall\.db: .*not a database.*evidence/,
      });
    }
    assert.deepEqual(readFileSync(path), before);
  });

  it('is refused when a page in its middle was overwritten', async () => {
    await fill();
    const fd = openSync(path, 'r+');
    const size = statSync(path).size;
    for (let at = 4096 * 8; at < size; at += 4096) writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, at);
    closeSync(fd);
    await assert.rejects(openStore(dir), { code: 'corrupt', message: /rollcall\.db/ });
  });

  it('is refused when it was cut off', async () => {
    await fill();
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    await assert.rejects(openStore(dir), { code: 'corrupt' });
  });

  it('says which record cannot be read when a document in it is broken', async () => {
    await fill();
    const db = new DatabaseSync(path);
    db.exec(`UPDATE resource SET doc = '{' WHERE id = 'r-7'`);
    db.close();
    const store = await openStore(dir);
    await assert.rejects(store.load(), { code: 'corrupt', message: /record r-7 of table resource/ });
    await store.close();
  });

  it('is refused, and left as it is, when it belongs to another program', async () => {
    mkdirSync(dir, { recursive: true });
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE mail (id INTEGER)');
    db.close();
    const before = readFileSync(path);
    await assert.rejects(openStore(dir), { code: 'foreign', message: /not a store of rollcall/ });
    assert.deepEqual(readFileSync(path), before);
  });

  it('that another process keeps locked rejects a commit as busy, and takes it once it is free', async () => {
    const store = await openStore(dir);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.commit({ meta: { a: '1' } }), { code: 'busy' });
    assert.deepEqual((await store.load()).meta, {});
    other.exec('ROLLBACK');
    other.close();
    await store.commit({ meta: { a: '1' } });
    assert.deepEqual((await store.load()).meta, { a: '1' });
    await store.close();
  });

  it('cannot be opened in a folder that this user may not write, or under a file', async () => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(folder.path, 'file'), '');
    await assert.rejects(openStore(join(folder.path, 'file', 'state')), { code: 'denied' });
    for (const part of [folder.path, join(folder.path, 'new')]) chmodSync(part, 0o755);
    chmodSync(dir, 0o555);
    await asNobody(dir, () =>
      assert.rejects(openStore(dir), { code: 'denied', message: /cannot open .*rollcall\.db.*What to do: give the folder/ }),
    );
    assert.deepEqual(readdirSync(dir), []);
  });
});

/** A superuser may write anywhere, so for this long it is nobody, who owns the folder. */
async function asNobody(dir: string, work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  chownSync(dir, NOBODY, NOBODY);
  process.seteuid?.(NOBODY);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
