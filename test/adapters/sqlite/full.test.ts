import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { verifyLedger } from '../../../src/adapters/ledger-verify.ts';
import { openStore, type SqliteStore } from '../../../src/adapters/store-sqlite.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts';
import { makeEntry, makeRecord } from '../../support/store-fixtures.ts';

const TOO_MUCH = fileURLToPath(new URL('../../support/commit-too-much.ts', import.meta.url));

describe('a store that cannot grow', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => folder.remove());

  it('records nothing of a change beyond the file size limit of its process, and takes the next one', () => {
    // 512-byte blocks: files end at 256 KiB.
    const child = spawnSync('sh', ['-c', 'ulimit -f 512 && exec "$0" "$@"', process.execPath, TOO_MUCH, folder.path], { encoding: 'utf8' });
    assert.equal(child.stderr, '');
    assert.deepEqual(JSON.parse(child.stdout), {
      code: 'io',
      between: { first: '1' },
      meta: { first: '1', third: '3' },
      resources: 0,
      seq: 2,
    });
  });
});

// Only a superuser may mount; everywhere else the limit above is the proof.
const trial = mountSmallDisk(64);
trial?.remove();
if (trial) {
  describe('a store on a full disk', () => {
    let disk: SmallDisk;
    let store: SqliteStore;
    beforeEach(async () => {
      const mounted = mountSmallDisk(512);
      assert.ok(mounted);
      disk = mounted;
      store = await openStore(disk.path);
    });
    afterEach(async () => {
      try {
        await store.close();
      } finally {
        disk.remove();
      }
    });

    it('refuses a commit whole, says that the disk is full, and works again once there is room', async () => {
      const many = new Map(Array.from({ length: 2000 }, (_, n) => [`r-${n}`, makeRecord(n)]));
      await store.commit({ meta: { first: '1' }, ledger: [makeEntry(1)] });
      const before = await store.load();
      const change = { resources: many, meta: { second: '2' }, ledger: [makeEntry(2)] };
      await assert.rejects(store.commit(change), {
        name: 'StoreError',
        code: 'full',
        message: /rollcall\.db: .*full.*What to do: free space/,
      });
      assert.deepEqual(await store.load(), before);
      disk.resize(65_536);
      await store.commit(change);
      const after = await store.load();
      assert.equal(after.resources.size, 2000);
      assert.deepEqual(await verifyLedger(store), { entries: 2, head: after.head });
    });

    it('fills up commit by commit without losing one, and can be opened and read while full', async () => {
      let acknowledged = 0;
      await assert.rejects(async () => {
        for (;;) {
          await store.commit({ resources: new Map([[`r-${acknowledged}`, makeRecord(acknowledged)]]), ledger: [makeEntry(acknowledged)] });
          acknowledged++;
        }
      });
      assert.ok(acknowledged > 10);
      const reader = await openStore(disk.path, { readOnly: true });
      assert.equal((await reader.load()).resources.size, acknowledged);
      assert.equal((await verifyLedger(reader)).entries, acknowledged);
      await reader.close();
    });
  });
}
