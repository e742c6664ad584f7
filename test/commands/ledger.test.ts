import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isSignedBy, parseCheckpoint } from '../../src/adapters/checkpoint.ts';
import { runCli, startCli } from '../support/cli.ts';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { AT, makeEntry } from '../support/store-fixtures.ts';
import { about, startPostBox, type PostBox } from '../support/post.ts';
import { Site, volume } from '../support/site.ts';

/** What somebody can do who is root on the watcher's host, and what a head that was kept elsewhere still shows. */
describe('rollcall ledger', function () {
  this.timeout(120_000);
  let box: PostBox;
  let site: Site;
  /** The page that left in the middle of it: its head is out of reach. */
  let page: string;

  before(async () => {
    box = await startPostBox();
    site = new Site({ pageUrl: box.url });
    site.rewrite({ resources: [volume('tmp', '/tmp'), volume('gone', '/nowhere/at/all')] });
    const daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    const sent = await box.page(about('gone'));
    page = join(site.path, 'page.json');
    writeFileSync(page, JSON.stringify(sent));
    daemon.signal('SIGTERM');
    await daemon.ended;
  });
  after(async () => {
    site[Symbol.dispose]();
    await box[Symbol.asyncDispose]();
  });

  const ledger = async (...args: string[]) => runCli(['ledger', ...args], { cwd: site.path });
  /** Changes the store as its owner can, looks at what `verify` says, and puts it back. */
  async function afterwards(sql: string, ...args: string[]): Promise<Awaited<ReturnType<typeof ledger>>> {
    const kept = `${site.state}.kept`;
    renameSync(site.state, kept);
    try {
      cpSync(kept, site.state, { recursive: true, preserveTimestamps: true });
      const db = new DatabaseSync(join(site.state, 'rollcall.db'));
      db.function('sha256', (text) => hash('sha256', String(text)));
      db.exec(`DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete; DROP TRIGGER ledger_in_order; ${sql}`);
      db.close();
      return await ledger('verify', ...args);
    } finally {
      rmSync(site.state, { recursive: true });
      renameSync(kept, site.state);
    }
  }
  /** What was watched from the start on is told differently, each hash made to fit: what only a head from elsewhere shows. */
  const REWRITE = `
    UPDATE ledger SET bytes = replace(bytes, '"version":1', '"version":2');
    CREATE TEMP TABLE anew AS WITH RECURSIVE walk(seq, bytes, hash) AS (
      SELECT seq, bytes, sha256(bytes) FROM ledger WHERE seq = 1
      UNION ALL SELECT ledger.seq, json_replace(ledger.bytes, '$[1]', walk.hash), sha256(json_replace(ledger.bytes, '$[1]', walk.hash))
      FROM walk JOIN ledger ON ledger.seq = walk.seq + 1) SELECT * FROM walk;
    UPDATE ledger SET bytes = (SELECT bytes FROM anew WHERE anew.seq = ledger.seq), hash = (SELECT hash FROM anew WHERE anew.seq = ledger.seq);
    DELETE FROM tree`;

  it('verifies what a daemon has written, and finds the head of a page that left again', async () => {
    const { code, stdout } = await ledger('verify', '--head', page);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^\d+ entries, each as it was written\nhead \d+:[0-9a-f]{64}\nroot .*\n1 head kept elsewhere: found again\n$/);
    const alone = await ledger('verify');
    assert.match(alone.stdout, /compared with no head kept elsewhere/);
  });

  it('signs every head: in the page, and on request', async () => {
    const line = readFileSync(join(site.state, 'watcher.pub'), 'utf8');
    const { ledger_head: carried } = JSON.parse(readFileSync(page, 'utf8')) as {
      ledger_head: { seq: number; root: string; checkpoint: string };
    };
    const { stdout } = await ledger('head');
    for (const note of [carried.checkpoint, stdout]) assert.ok(isSignedBy(parseCheckpoint(note) ?? assert.fail(note), line));
    assert.equal(parseCheckpoint(carried.checkpoint)?.root, carried.root);
    const kept = join(site.path, 'head.txt');
    writeFileSync(kept, carried.checkpoint);
    assert.equal((await ledger('verify', '--head', kept, '--head', page)).code, 0);
    writeFileSync(kept, carried.checkpoint.replace(/\n\d+\n/, '\n1\n'));
    const forged = await ledger('verify', '--head', kept);
    assert.equal(forged.code, 64);
    assert.match(forged.stderr, /not signed by the watcher's key/);
  });

  it('shows an altered entry, a missing one, and one cut off at the end', async () => {
    const altered = await afterwards(`UPDATE ledger SET bytes = replace(bytes, 'a', 'b') WHERE seq = 3`);
    assert.equal(altered.code, 2);
    assert.match(altered.stdout, /^entry 3: the entry is not (what its hash was taken over|.*)\n2 entries before it/);
    const missing = await afterwards('DELETE FROM ledger WHERE seq = 2');
    assert.match(missing.stdout, /^entry 2: the entry is missing/);
    const { ledger_head: head } = JSON.parse(readFileSync(page, 'utf8')) as { ledger_head: { seq: number } };
    const cut = await afterwards(`DELETE FROM ledger WHERE seq >= ${head.seq}; DELETE FROM tree`, '--head', page);
    assert.match(cut.stdout, new RegExp(`^entry ${head.seq}: the entry is missing`));
    assert.equal(cut.code, 2);
  });

  it('shows by the head of a page what nothing else can: a record written anew with every hash made to fit', async () => {
    const quiet = await afterwards(`${REWRITE}; DELETE FROM ledger WHERE seq > 100000`);
    // Whoever owns the disk can also make the tree fit; this one forgot to.
    assert.match(quiet.stdout, /^entry \d+: /);
    const told = await afterwards(REWRITE, '--head', page);
    assert.equal(told.code, 2);
    assert.match(told.stdout, /written anew/);
  });

  it('exports every entry as a line of JSON, with the hash that is in the record', async () => {
    const { stdout } = await ledger('export');
    const entries = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; kind: string; hash: string });
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      entries.map((_, index) => index + 1),
    );
    assert.ok(
      ['verdict', 'receipt', 'stop', 'rounds'].every((kind) => entries.some((entry) => entry.kind === kind)),
      stdout,
    );
    assert.equal((await ledger('export', '--from', String(entries.length))).stdout.trim().split('\n').length, 1);
  });

  it('refuses a head that is none, by name', async () => {
    const { code, stderr } = await ledger('verify', '--head', '12:abc', '--head', join(site.path, 'config.yaml'));
    assert.equal(code, 64);
    assert.match(stderr, /12:abc: neither SEQ:HASH/);
    assert.match(stderr, /config\.yaml: holds neither a checkpoint nor a page/);
  });
});

describe('rollcall ledger over archived entries', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = new Site({ pageUrl: 'http://127.0.0.1:9/', config: { ledger: { archive: { folder: './archive', after: '30d' } } } });
    const store = await openStore(site.state);
    await store.commit({ ledger: Array.from({ length: 2100 }, (_, n) => makeEntry(n + 1)) });
    await store.archive({ folder: join(site.path, 'elsewhere'), before: AT.wall + 2100, at: AT });
    await store.archive({ folder: join(site.path, 'elsewhere'), before: AT.wall + 2100, at: AT });
    await store.close();
  });
  after(() => site[Symbol.dispose]());
  const ledger = async (...args: string[]) => runCli(['ledger', ...args], { cwd: site.path });

  it('verifies and exports them from the folder of config.yaml, and says which is missing', async () => {
    renameSync(join(site.path, 'elsewhere'), join(site.path, 'archive'));
    const whole = await ledger('verify', '--json');
    assert.equal(whole.code, 0, whole.stdout);
    const { entries, archived, believed, bad } = JSON.parse(whole.stdout) as Record<string, unknown>;
    assert.deepEqual([entries, archived, believed, bad], [2102, 2048, 0, null]);
    const exported = await ledger('export');
    assert.equal(exported.stdout.trim().split('\n').length, 2102);
    renameSync(join(site.path, 'archive'), join(site.path, 'tape'));
    const missing = await ledger('verify');
    assert.equal(missing.code, 2);
    assert.match(missing.stdout, /^entry 1: the archive .*ledger-000000000001-000000001024\.gz is missing/);
    assert.equal((await ledger('export')).code, 78);
  });

  it('verifies what is in the store alone, and no head from before it', async () => {
    const { stdout: head } = await ledger('head');
    writeFileSync(join(site.path, 'head.txt'), head);
    const live = await ledger('verify', '--live', '--head', head.trim());
    assert.equal(live.code, 0, live.stdout + live.stderr);
    assert.match(live.stdout, /^2102 entries, each as it was written, but for the first 2048, which lie in archives\n/);
    const early = await ledger('verify', '--live', '--head', `7:${'0'.repeat(64)}`);
    assert.equal(early.code, 64);
    assert.match(early.stderr, /--head 7 is of an entry that lies in an archive \(up to 2048\)/);
  });

  it('finds in `verify` that the roots the store kept are not those of its archives', async () => {
    renameSync(join(site.path, 'tape'), join(site.path, 'archive'));
    const db = new DatabaseSync(join(site.state, 'rollcall.db'));
    const root = Buffer.alloc(32).toString('base64');
    db.exec(`UPDATE block SET root = '${root}' WHERE last = 2048`);
    db.close();
    const { code, stdout } = await ledger('verify');
    assert.equal(code, 2);
    assert.match(stdout, /^entry 2048: the root is not that of what the store kept of its archives/);
  });
});
