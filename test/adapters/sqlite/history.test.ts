import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../../src/adapters/store-sqlite.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { makeEntry, makeIncident, makePost, makeRecord, makeRequest } from '../../support/store-fixtures.ts';

describe('the history of incidents in the store', () => {
  let folder: Folder;
  let store: SqliteStore;
  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
    await store.commit({
      incidents: [
        makeIncident('z-first', 'closed'),
        makeIncident('y-open', 'paged'),
        makeIncident('x-third', 'closed'),
        makeIncident('w-last', 'closed'),
      ],
      posts: [
        makePost('first-delivered', 1, 'z-first', true),
        makePost('first-undelivered', 2, 'z-first', false),
        makePost('open-delivered', 3, 'y-open', true),
        makePost('last-delivered', 4, 'w-last', true),
      ],
      ledger: [makeEntry(1)],
    });
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });
  const ids = async (limit: number) => (await store.history(limit)).map((incident) => incident.id);

  it('lists open and closed ones, the newest first, whatever became of them since', async () => {
    await store.commit({ incidents: [makeIncident('y-open', 'resolving')] });
    assert.deepEqual(await ids(10), ['w-last', 'x-third', 'y-open', 'z-first']);
    assert.deepEqual(await ids(2), ['w-last', 'x-third']);
  });

  it('is cut to the newest closed ones, and loses nothing that is open, undelivered or in the ledger', async () => {
    const closed = { status: 'FAILED', code: 'EXPIRED' } as const;
    await store.commit({ requests: [makeRequest('A1'), makeRequest('A2', closed), makeRequest('A3', closed)] });
    await store.prune(1);
    assert.deepEqual(
      (await store.requests()).map(({ id }) => id),
      ['A1', 'A3'],
    );
    assert.deepEqual(await ids(10), ['w-last', 'y-open']);
    const { posts, head } = await store.load();
    assert.deepEqual(
      posts.map((post) => post.id),
      ['first-undelivered', 'open-delivered'],
    );
    assert.equal(head?.seq, 1);
    // The last one's receipt is kept with it: once open again, it is loaded.
    await store.commit({ incidents: [makeIncident('w-last', 'paging')] });
    assert.equal((await store.load()).posts.at(-1)?.id, 'last-delivered');
  });

  it('stands beside ten thousand resources, committed at once and loaded whole', async () => {
    const resources = new Map(Array.from({ length: 10_000 }, (_, n) => [`r-${n}`, makeRecord(n)]));
    await store.commit({ resources });
    assert.deepEqual((await store.load()).resources, resources);
  });
});
