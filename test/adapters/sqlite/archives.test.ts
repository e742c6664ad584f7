import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { proveEntries } from '../../../src/adapters/ledger-prove.ts';
import { verifyFrom, verifyLedger } from '../../../src/adapters/ledger-verify.ts';
import { openDatabase } from '../../../src/adapters/sqlite/file.ts';
import { MIGRATIONS } from '../../../src/adapters/sqlite/schema.ts';
import { chainEntry } from '../../../src/adapters/sqlite/codec.ts';
import { sha256 } from '../../../src/adapters/sqlite/tree.ts';
import { openStore, type SqliteStore } from '../../../src/adapters/store-sqlite.ts';
import { GENESIS } from '../../../src/core/chain.ts';
import { leafHash, provesConsistency, provesInclusion } from '../../../src/core/merkle.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { AT, makeEntry } from '../../support/store-fixtures.ts';

const ENTRIES = 3500;
const FOREVER = fileURLToPath(new URL('../../support/archive-forever.ts', import.meta.url));
const LAST = 'ledger-000000001025-000000002048.gz';
const FIRST = 'ledger-000000000001-000000001024.gz';

describe('archives of old entries', function () {
  this.timeout(120_000);
  let [state, archives]: [Folder, Folder] = [makeFolder(), makeFolder()];
  let store: SqliteStore;
  /** Heads as they were before anything was archived, by size: what pages and witnesses hold. */
  const heads = new Map<number, { readonly seq: number; readonly hash: string; readonly root: string }>();

  beforeEach(async () => {
    [state, archives] = [makeFolder(), makeFolder()];
    store = await openStore(state.path);
    for (let n = 0; n < ENTRIES; n += 500) {
      const head = await store.commit({ ledger: Array.from({ length: 500 }, (_, m) => makeEntry(n + m + 1)) });
      if (head?.root !== undefined) heads.set(head.seq, { ...head, root: head.root });
    }
  });
  afterEach(async () => {
    await store.close();
    state.remove();
    archives.remove();
  });
  /** When it is archived: all that is in the store is of before. */
  const NOW = { ...AT, wall: AT.wall + 1_000_000 };
  const archive = async (before = AT.wall + ENTRIES) => {
    const done = [];
    for (let one = await store.archive({ folder: archives.path, before, at: NOW }); one;) {
      done.push(one);
      one = await store.archive({ folder: archives.path, before, at: NOW });
    }
    return done;
  };
  const kept = () => heads.get(ENTRIES) ?? assert.fail();
  const file = (name: string) => join(archives.path, name);
  const edit = (name: string, change: (text: string) => string) =>
    writeFileSync(file(name), gzipSync(change(gunzipSync(readFileSync(file(name))).toString())));
  const reopen = async (options: Parameters<typeof openStore>[1] = {}) => {
    await store.close();
    store = await openStore(state.path, options);
  };
  const rows = () => {
    const db = new DatabaseSync(join(state.path, 'rollcall.db'), { readOnly: true });
    const row = db.prepare('SELECT count(*) AS n, min(seq) AS first FROM ledger').get();
    db.close();
    return [Number(row?.['n']), Number(row?.['first'])];
  };

  it('take whole blocks that are old enough, and leave the rest', async () => {
    const done = await archive();
    assert.deepEqual(
      done.map(({ first, last }) => [first, last]),
      [
        [1, 1024],
        [1025, 2048],
        [2049, 3072],
      ],
    );
    // Three entries say that it was done.
    assert.deepEqual(rows(), [ENTRIES + 3 - 3072, 3073]);
    assert.deepEqual(readdirSync(archives.path).length, 3);
    assert.equal(statSync(file(FIRST)).mode & 0o077, 0);
    const entries = await store.ledger(ENTRIES + 1, 10);
    assert.deepEqual(
      entries.map(({ kind, body }) => [kind, body]),
      done.map((one) => ['archived', { ...one }]),
    );
  });

  it('take nothing that is younger, by its newest entry', async () => {
    assert.deepEqual(await archive(AT.wall + 1024), []);
    assert.equal((await archive(AT.wall + 1025)).length, 1);
    assert.deepEqual(rows()[1], 1025);
  });

  it('are not held up by an entry, or a whole block of them, that is dated in the future', async () => {
    const HOUR = 3_600_000;
    const [then, now] = [AT.wall + HOUR, AT.wall + 100 * HOUR];
    const dated = (walls: readonly number[]) => walls.map((wall, n) => ({ ...makeEntry(n), at: { ...AT, wall } }));
    const all = (count: number, wall: number): number[] => Array.from({ length: count }, () => wall);
    const order = (before: number) => store.archive({ folder: archives.path, before, at: { ...AT, wall: now } });
    await store.close();
    state.remove();
    state = makeFolder();
    store = await openStore(state.path);
    // The clock was a year ahead for the last of the first block, and for all of the second.
    await store.commit({
      ledger: dated([...all(1023, then), now + HOUR, ...all(1024, now + 2 * HOUR), then + HOUR, ...all(20, then + HOUR)]),
    });
    assert.equal(await order(then), null, 'as old as what was written before it');
    assert.equal((await order(then + 1))?.last, 1024);
    assert.equal(await order(then + HOUR), null, 'as old as what was written after it');
    assert.equal((await order(then + HOUR + 1))?.last, 2048);
    assert.equal((await verifyLedger(store)).bad, undefined);
    await store.commit({ ledger: dated(all(2000, now + HOUR)) });
    assert.equal(await order(now), null, 'as old as the two that say what was archived');
  });

  it('always leave a last row, from which the ledger goes on', async () => {
    await store.commit({ ledger: Array.from({ length: 4096 - ENTRIES }, (_, n) => makeEntry(n)) });
    assert.equal((await archive(AT.wall + 1_000_000)).length, 4);
    assert.deepEqual(rows(), [4, 4097]);
  });

  it('are read, exported and verified with what is in the store, also after a restart and by heads that were kept before', async () => {
    const before = await proveEntries(store, ({ about }) => about === 'db-7', 5);
    await archive();
    for (const again of [false, true]) {
      if (again) await reopen({ readOnly: true });
      const verdict = await verifyLedger(store, ...heads.values());
      assert.deepEqual([verdict.bad, verdict.entries], [undefined, ENTRIES + 3]);
      assert.equal((await store.head())?.root, verdict.head?.root);
    }
    const proven = await proveEntries(store, ({ about }) => about === 'db-7', 5);
    const [one] = proven.entries;
    assert.ok(one && one.bytes === before.entries[0]?.bytes);
    const of = {
      leaf: leafHash(sha256, Buffer.from(one.bytes)),
      index: one.seq - 1,
      size: proven.size,
      root: Buffer.from(proven.root, 'base64'),
    };
    assert.ok(
      provesInclusion(
        sha256,
        one.proof.map((each) => Buffer.from(each, 'base64')),
        of,
      ),
    );
    assert.deepEqual(
      (await store.ledger(1020, 3)).map(({ seq }) => seq),
      [1020, 1021, 1022],
    );
    assert.deepEqual(
      (await store.ledger(1020, 1000)).map(({ seq }) => seq),
      [1020, 1021, 1022, 1023, 1024],
    );
  });

  it('show a witness how the ledger has grown, from any size', async () => {
    await archive();
    const now = await store.head();
    assert.ok(now?.root);
    const newer = { size: now.seq, root: Buffer.from(now.root, 'base64') };
    for (const [size, { root }] of heads) {
      const hashes: readonly string[] = await store.consistency(size, now.seq);
      const proof = hashes.map((each) => Buffer.from(each, 'base64'));
      assert.ok(provesConsistency(sha256, proof, { size, root: Buffer.from(root, 'base64') }, newer), `from ${size}`);
    }
  });

  it('need not be there for what the store still holds: their frozen roots stand in, and a head shows that those are right', async () => {
    await archive();
    rmSync(file(FIRST));
    rmSync(file(LAST));
    const verdict = await verifyFrom(store, await store.frozen(), kept());
    assert.deepEqual([verdict.bad, verdict.entries], [undefined, ENTRIES + 3]);
    await store.commit({ ledger: [makeEntry(1)] });
    const wrong = { ...kept(), root: Buffer.alloc(32).toString('base64') };
    assert.match((await verifyFrom(store, await store.frozen(), wrong)).bad?.why ?? '', /written anew/);
  });

  for (const [what, change, seq, why] of [
    ['a changed entry', (text: string) => text.replace('"db-1030"', '"db-1031"'), 1030, /not what its hash was taken over/],
    [
      'a changed entry whose own hash was made to fit',
      (text: string) =>
        text
          .split('\n')
          .map((line) => {
            if (!line.includes('"db-1030"')) return line;
            const bytes = line.slice(65).replace('absent', 'present');
            return `${hash('sha256', bytes)} ${bytes}`;
          })
          .join('\n'),
      1031,
      /not what its hash was taken over/,
    ],
    ['a missing entry', (text: string) => text.slice(text.indexOf('\n') + 1), 1025, /holds 1023 entries/],
    ['an end cut off', (text: string) => text.slice(0, -9), 1025, /ends within a line/],
    ['two entries exchanged', (text: string) => text.replace(/^(.*\n)(.*\n)/, '$2$1'), 1025, /not the entry of that number/],
  ] as const)
    it(`show ${what}`, async () => {
      await archive();
      edit(LAST, change);
      const { bad } = await verifyLedger(store);
      assert.equal(bad?.seq, seq);
      assert.match(bad.why, why);
      // Whoever asks for a proof from within it is told, and gets none.
      if (seq > 1025) await assert.rejects(store.consistency(1500, ENTRIES), { code: 'archive', message: /does not hold what was cut/ });
    });

  it('show one that is missing, swapped for another, or no archive at all', async () => {
    await archive();
    copyFileSync(file(FIRST), file(LAST));
    assert.deepEqual((await verifyLedger(store)).bad?.seq, 1025);
    rmSync(file(LAST));
    mkdirSync(file(LAST));
    assert.match((await verifyLedger(store)).bad?.why ?? '', /is no archive/);
    rmdirSync(file(LAST));
    // Nobody writes to it, and nobody waits for that.
    execFileSync('mkfifo', [file(LAST)]);
    assert.match((await verifyLedger(store)).bad?.why ?? '', /is no archive/);
    rmSync(file(LAST));
    writeFileSync(file(LAST), 'nothing');
    assert.match((await verifyLedger(store)).bad?.why ?? '', /cannot be unpacked/);
    rmSync(file(LAST));
    const { bad } = await verifyLedger(store);
    assert.equal(bad?.seq, 1025);
    assert.match(bad.why, /ledger-000000001025-000000002048\.gz is missing.*ledger\.archive/);
  });

  it("show one of another watcher's ledger, be it whole and every hash in it right", async () => {
    await archive();
    let [previous, text] = [GENESIS, ''];
    for (let seq = 1; seq <= 2048; seq++) {
      const { bytes, hash: own } = chainEntry(seq, previous, makeEntry(9000 + seq));
      previous = own;
      if (seq > 1024) text += `${own} ${bytes}\n`;
    }
    edit(LAST, () => text);
    assert.deepEqual((await verifyLedger(store)).bad?.seq, 1025);
  });

  it('written anew with every hash made to fit show against a head, and against what the store kept of them', async () => {
    await archive();
    let [previous, text] = [GENESIS, ''];
    for (const { seq, hash: _hash, ...entry } of await store.ledger(1, 1024)) {
      const { bytes, hash: own } = chainEntry(seq, previous, { ...entry, about: entry.about.replace('db-7', 'db-8') });
      text += `${own} ${bytes}\n`;
      previous = own;
    }
    edit(FIRST, () => text);
    const { seq, hash: own, tree: _tree } = await store.frozen();
    assert.deepEqual((await verifyLedger(store)).bad?.seq, 1025);
    assert.ok((await verifyLedger(store, { seq, hash: own })).bad);
  });

  it('that were moved are found in the folder that config.yaml names', async () => {
    await archive();
    const elsewhere = makeFolder();
    renameSync(archives.path, join(elsewhere.path, 'moved'));
    assert.match((await verifyLedger(store)).bad?.why ?? '', /missing/);
    await reopen({ archives: join(elsewhere.path, 'moved') });
    assert.equal((await verifyLedger(store)).bad, undefined);
    elsewhere.remove();
  });

  it('do not take what another watcher put there', async () => {
    writeFileSync(file(FIRST), gzipSync('of another watcher\n'));
    await assert.rejects(store.archive({ folder: archives.path, before: AT.wall + ENTRIES, at: AT }), {
      code: 'archive',
      message: /holds something else/,
    });
    assert.deepEqual(rows(), [ENTRIES, 1]);
  });

  it('take no entry that is not as it was written, nor one that cannot be read', async () => {
    for (const [sql, why] of [
      [`UPDATE ledger SET bytes = replace(bytes, 'db-9"', 'db-8"') WHERE seq = 9`, /not as they were written \(rollcall ledger verify\)/],
      [`UPDATE ledger SET bytes = '{' WHERE seq = 1024`, /record 1024 of table ledger cannot be read/],
    ] as const) {
      const db = new DatabaseSync(join(state.path, 'rollcall.db'));
      db.exec(`DROP TRIGGER IF EXISTS ledger_no_update; ${sql}`);
      db.close();
      await assert.rejects(archive(), { code: 'corrupt', message: why });
      assert.deepEqual([rows(), readdirSync(archives.path)], [[ENTRIES, 1], []]);
    }
  });

  it('leave the store as it is where the folder cannot be written', async () => {
    writeFileSync(file('plain'), '');
    await assert.rejects(store.archive({ folder: file('plain'), before: AT.wall + ENTRIES, at: AT }), { code: 'denied' });
    assert.deepEqual(rows(), [ENTRIES, 1]);
    assert.equal((await verifyLedger(store, kept())).bad, undefined);
  });

  it('are written through no link that somebody laid in their way', async () => {
    const victim = join(state.path, 'victim');
    writeFileSync(victim, 'of somebody');
    symlinkSync(victim, file(`${FIRST}.part`));
    await archive(AT.wall + 1025);
    assert.equal(readFileSync(victim, 'utf8'), 'of somebody');
    assert.equal((await verifyLedger(store)).bad, undefined);
  });

  it('survive a crash between writing and cutting, and one within writing', async () => {
    const done = await archive();
    const packed = readFileSync(file(FIRST));
    // As the crash leaves it: a store that knows of no archive, a file that is whole, and another that is half written.
    await store.close();
    state.remove();
    state = makeFolder();
    store = await openStore(state.path);
    for (let n = 0; n < ENTRIES; n += 500) await store.commit({ ledger: Array.from({ length: 500 }, (_, m) => makeEntry(n + m + 1)) });
    writeFileSync(file(`${LAST}.part`), packed.subarray(0, 100));
    rmSync(file(LAST));
    assert.deepEqual(await archive(), done);
    assert.deepEqual(readFileSync(file(FIRST)), packed);
    assert.equal((await verifyLedger(store, kept())).bad, undefined);
  });

  it('lose no entry when the process is killed at any moment', async () => {
    await store.close();
    state.remove();
    state = makeFolder();
    let said = 0;
    for (const ms of [0, 3, 7, 11, 17]) {
      const child = spawn(process.execPath, [FOREVER, state.path, archives.path], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'exit');
      child.stdout.on('data', (data: Buffer) => {
        said = Math.max(said, ...data.toString().trim().split('\n').map(Number));
        setTimeout(() => child.kill('SIGKILL'), ms);
      });
      await ended;
      store = await openStore(state.path, { archives: archives.path });
      const verdict = await verifyLedger(store);
      assert.equal(verdict.bad, undefined);
      assert.ok((await store.frozen()).seq >= said && verdict.entries > said, `${verdict.entries} ${said}`);
      await store.close();
    }
    store = await openStore(state.path);
  });

  it('are guarded against mistakes: nothing else is cut, and nothing that was archived is forgotten', async () => {
    await archive(AT.wall + 1025);
    const db = new DatabaseSync(join(state.path, 'rollcall.db'));
    for (const sql of [
      'DELETE FROM ledger WHERE seq = 1025',
      'DELETE FROM archive',
      'UPDATE archive SET last = 2048',
      `INSERT INTO archive (last, hash, file) VALUES (3072, '', '')`,
    ])
      assert.throws(() => db.exec(sql), /append-only|stays archived|one after the other/, sql);
    db.close();
  });

  it('are not known to an older store, which is brought up to date with all that it held', async () => {
    await store.close();
    state.remove();
    state = makeFolder();
    const db = openDatabase(join(state.path, 'rollcall.db'), false, MIGRATIONS.slice(0, 1));
    let previous = GENESIS;
    for (let seq = 1; seq <= 1500; seq++) {
      const { bytes, hash: own } = chainEntry(seq, previous, makeEntry(seq));
      db.prepare('INSERT INTO ledger (seq, bytes, hash) VALUES (?, ?, ?)').run(seq, bytes, own);
      previous = own;
    }
    db.close();
    store = await openStore(state.path);
    assert.equal((await verifyLedger(store)).entries, 1500);
    assert.equal((await archive()).length, 1);
    const verdict = await verifyLedger(store);
    assert.deepEqual([verdict.bad, verdict.entries, (await store.head())?.root === verdict.head?.root], [undefined, 1501, true]);
  });
});
