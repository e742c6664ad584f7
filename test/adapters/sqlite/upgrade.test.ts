import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { verifyLedger } from '../../../src/adapters/ledger-verify.ts';
import { MIGRATIONS } from '../../../src/adapters/sqlite/schema.ts';
import { openStore } from '../../../src/adapters/store-sqlite.ts';
import { runCli, startCli } from '../../support/cli.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { ROOT } from '../../support/source-file.ts';
import { CONFIG, MANIFEST } from '../../support/store-files.ts';

interface Page {
  readonly reason: string;
  readonly resources: readonly { readonly id: string }[];
}

const fixture = (version: number) => join(ROOT, `test/testdata/store/v${version}.sql`);

describe('a store that an earlier rollcall wrote', function () {
  this.timeout(120_000);
  let folder: Folder;
  let state: string;
  beforeEach(() => {
    folder = makeFolder();
    state = join(folder.path, 'state');
    writeFileSync(join(folder.path, 'config.yaml'), CONFIG);
    writeFileSync(join(folder.path, 'manifest.yaml'), MANIFEST);
  });
  afterEach(() => folder.remove());

  /** Makes the store as it lay there, and reads from it by SQL what must still be there afterwards. */
  async function lay(version: number) {
    mkdirSync(state);
    const path = join(state, 'rollcall.db');
    const db = new DatabaseSync(path);
    db.exec(readFileSync(fixture(version), 'utf8'));
    const all = (sql: string) => db.prepare(sql).all();
    const was = {
      version: all('PRAGMA user_version')[0]?.['user_version'],
      resources: new Map(all('SELECT id, doc FROM resource').map(({ id, doc }) => [String(id), JSON.parse(String(doc)) as unknown])),
      incidents: all(`SELECT doc FROM incident ORDER BY ordinal`).map(({ doc }) => JSON.parse(String(doc)) as { id: string; key: string }),
      posts: all('SELECT doc FROM post ORDER BY seq, id').map(({ doc }) => JSON.parse(String(doc)) as unknown),
      meta: Object.fromEntries(all('SELECT key, value FROM meta').map(({ key, value }) => [key, value])),
      ledger: all('SELECT seq, hash FROM ledger ORDER BY seq').map(({ seq, hash }) => ({ seq, hash })),
    };
    db.close();
    return was;
  }

  /** Resources of the file probe that a first page has named, once it has named the canary. */
  async function firstPages(receiver: Receiver, ended: Promise<unknown>): Promise<string[]> {
    for (let count = 1; ; count++) {
      const pages = await Promise.race([receiver.received(count), ended.then(() => assert.fail('the watch ended'))]);
      const first = pages.map(({ body }) => body as Page).filter(({ reason }) => reason === 'first');
      const named = first.flatMap(({ resources }) => resources.map(({ id }) => id)).filter((id) => id !== '@watchdog');
      if (named.includes('canary')) return [...new Set(named)];
    }
  }

  it('is kept here for every version there has been', () => {
    for (const { to } of MIGRATIONS)
      assert.ok(existsSync(fixture(to)), `test/testdata/store/v${to}.sql is missing: node test/support/make-store-fixture.ts makes it`);
  });

  for (const { to: version } of MIGRATIONS) {
    it(`of version ${version} is brought up to date with all that it held`, async () => {
      const was = await lay(version);
      assert.equal(was.version, version);
      assert.ok(was.resources.size === 3 && was.incidents.length > 0 && was.posts.length > 0 && was.ledger.length > 5);
      const store = await openStore(state);
      try {
        const { resources, incidents, posts, meta, head } = await store.load();
        assert.deepEqual(resources, was.resources);
        assert.deepEqual(incidents, was.incidents);
        assert.deepEqual(posts, was.posts);
        assert.deepEqual(meta, was.meta);
        const entries = await store.ledger(1, 10_000);
        assert.deepEqual(
          entries.map(({ seq, hash }) => ({ seq, hash })),
          was.ledger,
        );
        const { bad, head: verified } = await verifyLedger(store);
        assert.equal(bad, undefined);
        assert.deepEqual(head, verified);
        assert.deepEqual(await store.requests(), []);
      } finally {
        await store.close();
      }
      const db = new DatabaseSync(join(state, 'rollcall.db'), { readOnly: true });
      assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], MIGRATIONS.length);
      db.close();
    });

    it(`of version ${version} is watched on: the same incidents stay open, and nobody is told of them as of something new`, async () => {
      const { incidents } = await lay(version);
      const receiver = await startReceiver();
      const env = { ORDERS_PG_URL: 'postgres://watcher@127.0.0.1:1/postgres', HOOK_URL: receiver.url };
      // What is on the roll since: once its loss is told, the older ones have been looked at as often.
      writeFileSync(
        join(folder.path, 'manifest.yaml'),
        `${MANIFEST}  - { id: canary, kind: file.volume, connection: vault, path: /srv/nothing/canary, expect: { mounted: true } }\n`,
      );
      try {
        await using daemon = startCli(['watch'], { cwd: folder.path, env });
        const first = await firstPages(receiver, daemon.ended);
        daemon.signal('SIGTERM');
        await daemon.ended;
        assert.deepEqual(first, ['canary']);
        const { stdout } = await runCli(['incidents', '--json'], { cwd: folder.path, env });
        for (const { id } of incidents) assert.ok(stdout.includes(id), id);
      } finally {
        await receiver.close();
      }
    });
  }

  it('of a later version is left alone by this one, which says what to do', async () => {
    await lay(MIGRATIONS.length);
    const path = join(state, 'rollcall.db');
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const before = readFileSync(path);
    const env = { ORDERS_PG_URL: 'postgres://watcher@127.0.0.1:1/postgres', HOOK_URL: 'http://127.0.0.1:1' };
    for (const command of ['watch', 'status']) {
      const { code, stderr } = await runCli([command], { cwd: folder.path, env });
      assert.equal(code, 78, stderr);
      assert.match(stderr, /is a store of version 99, and this rollcall knows versions up to \d+\. What to do: /);
    }
    assert.deepEqual(readFileSync(path), before);
  });
});
