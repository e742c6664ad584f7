import assert from 'node:assert/strict';
import { verifyLedger } from '../../../src/adapters/ledger-verify.ts';
import { openStore, type SqliteStore } from '../../../src/adapters/store-sqlite.ts';
import type { Change, ResourceRecord, Snapshot } from '../../../src/ports.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { makeEntry, makeRecord } from '../../support/store-fixtures.ts';

const ROWS = 450;
const change = (from = 1): Change => ({
  resources: new Map(Array.from({ length: ROWS }, (_, n) => [`db-${n}`, makeRecord(from + n)])),
  ledger: Array.from({ length: ROWS }, (_, n) => makeEntry(from + n)),
});

describe('a large change', () => {
  let folder: Folder;
  let store: SqliteStore;
  /** What a test wants to happen between two parts. */
  let between: (turn: number) => unknown;
  let turns: number;

  beforeEach(async () => {
    folder = makeFolder();
    [between, turns] = [() => {}, 0];
    store = await openStore(folder.path, { turn: async () => void (await between(++turns)) });
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });

  const fromOutside = async (): Promise<Snapshot> => {
    const other = await openStore(folder.path, { readOnly: true });
    try {
      return await other.load();
    } finally {
      await other.close();
    }
  };

  it('lets others have their turn, and is all there or not at all for whoever reads meanwhile', async () => {
    const inside: Promise<Snapshot>[] = [];
    between = async () => {
      const { resources, head } = await fromOutside();
      assert.deepEqual([resources.size, head], [0, null], 'another process');
      inside.push(store.load());
    };
    const head = await store.commit(change());
    assert.equal(turns, 8);
    assert.equal(head?.seq, ROWS);
    for (const { resources, head: read } of await Promise.all(inside)) assert.deepEqual([resources.size, read?.seq], [ROWS, ROWS]);
    assert.equal((await verifyLedger(store)).bad, undefined);
  });

  it('keeps its place among others: what is written meanwhile follows it', async () => {
    const later: Promise<unknown>[] = [];
    between = (turn) => {
      if (turn > 8) return;
      later.push(store.commit({ ledger: [makeEntry(1000 + turn)], meta: { turn: String(turn) } }), store.prune(10), store.frozen());
      if (turn === 4) later.push(store.commit(change(2000)));
    };
    await store.commit(change());
    await Promise.all(later);
    const entries = await store.ledger(1, 10_000);
    assert.deepEqual(
      entries.map(({ about }) => about),
      [
        ...Array.from({ length: ROWS }, (_, n) => `db-${n + 1}`),
        'db-1001',
        'db-1002',
        'db-1003',
        'db-1004',
        ...Array.from({ length: ROWS }, (_, n) => `db-${n + 2000}`),
        'db-1005',
        'db-1006',
        'db-1007',
        'db-1008',
      ],
    );
    assert.equal((await verifyLedger(store)).bad, undefined);
  });

  it('leaves nothing behind where its last row cannot be written, and the store goes on', async () => {
    const bad = { state: { harm: 1n } } as unknown as ResourceRecord;
    const resources = new Map([...(change().resources ?? []), ['last', bad] as const]);
    await assert.rejects(store.commit({ ...change(), resources }), /cannot write/);
    assert.ok(turns > 0);
    assert.deepEqual([(await store.load()).resources.size, await store.head()], [0, null]);
    assert.equal((await store.commit(change()))?.seq, ROWS);
  });

  it('is written to its end before the store is closed', async () => {
    let closing: Promise<void> | undefined;
    between = () => void (closing ??= store.close());
    await store.commit(change());
    await closing;
    const { resources, head } = await fromOutside();
    assert.deepEqual([resources.size, head?.seq], [ROWS, ROWS]);
    await assert.rejects(store.load(), { code: 'closed' });
  });

  it('of a few rows is written without a pause', async () => {
    await store.commit({ resources: new Map([['db-1', makeRecord(1)]]), ledger: [makeEntry(1)] });
    assert.equal(turns, 0);
  });
});
