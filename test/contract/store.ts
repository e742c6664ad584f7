import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { verifyLedger } from '../../src/adapters/ledger-verify.ts';
import { entryBytes, GENESIS, type LedgerEntry, type LedgerKind } from '../../src/core/chain.ts';
import type { Sample } from '../../src/core/trend.ts';
import type { Change, Store } from '../../src/ports.ts';
import { makeEntry, makeIncident, makePost, makeRecord, makeRequest } from '../support/store-fixtures.ts';
import { hash } from 'node:crypto';

/** One place where a store lives, and the ways to it. */
export interface StoreHarness {
  open(): Promise<Store>;
  /** A second way in, for reading, while the first is open. */
  openReader(): Promise<Store>;
  /** Arguments for node: a process that commits without end, as `test/support/commit-forever.ts` does. */
  readonly committer: readonly string[];
  dispose(): Promise<void>;
}

/** What every implementation of the port Store must do. */
export function testStore(name: string, make: () => Promise<StoreHarness>): void {
  describe(`the store ${name}`, () => {
    let harness: StoreHarness;
    const opened: Store[] = [];
    const open = async (how: 'open' | 'openReader' = 'open') => {
      const store = await harness[how]();
      opened.push(store);
      return store;
    };
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await harness.dispose();
    });

    it('is empty at first', async () => {
      const snapshot = await (await open()).load();
      assert.deepEqual(snapshot, { resources: new Map(), incidents: [], posts: [], meta: {}, head: null });
    });

    it('gives back after a restart what was committed', async () => {
      const store = await open();
      const head = await store.commit(fullChange());
      await store.close();
      const snapshot = await (await open()).load();
      assert.deepEqual(snapshot.resources, fullChange().resources);
      assert.deepEqual(snapshot.meta, { manifest: 'sha256:1' });
      assert.deepEqual(snapshot.head, head);
      assert.equal(head?.seq, 2);
    });

    it('replaces by id, merges meta, and drops what it is told to drop', async () => {
      const store = await open();
      await store.commit(fullChange());
      await store.commit({
        resources: new Map([
          ['a', null],
          ['b', makeRecord(9)],
        ]),
        dropPosts: ['p-2'],
        meta: { steady: '12' },
      });
      const snapshot = await store.load();
      assert.deepEqual(snapshot.resources, new Map([['b', makeRecord(9)]]));
      assert.deepEqual(
        snapshot.posts.map((post) => post.id),
        ['p-1'],
      );
      assert.deepEqual(snapshot.meta, { manifest: 'sha256:1', steady: '12' });
    });

    it('keeps requests, hands out those that are open, and finds any by its id', async () => {
      const store = await open();
      const used = makeRequest('A3', { status: 'APPROVED', execution: 'EXECUTED', burned: 1, exit: 0 });
      await store.commit({ requests: [makeRequest('A1'), makeRequest('A2', { status: 'FAILED', code: 'REJECTED' }), used] });
      assert.deepEqual(
        (await store.requests()).map(({ id }) => id),
        ['A1', 'A2', 'A3'],
      );
      assert.deepEqual(
        [...(await store.requestRevisions())],
        [
          ['A1', 1],
          ['A2', 1],
          ['A3', 1],
        ],
      );
      assert.deepEqual(await store.request('A3'), used);
      assert.equal(await store.request('A9'), undefined);
    });

    it('takes of two who change one request at once the first, and nothing of what the other changes', async () => {
      const [one, other] = [await open(), await open()];
      await one.commit({ requests: [makeRequest('A1')] });
      await one.commit({ requests: [makeRequest('A1', { revision: 2, refused: 1 })] });
      await assert.rejects(other.commit({ requests: [makeRequest('A1', { revision: 2, burned: 5 })], meta: { late: 'yes' } }), {
        code: 'conflict',
      });
      assert.equal((await one.request('A1'))?.burned, undefined);
      assert.deepEqual((await one.load()).meta, {});
      await assert.rejects(other.commit({ requests: [makeRequest('A1')] }), { code: 'conflict' });
    });

    it('tells the story of a resource or an incident by the ledger, the latest of it, oldest first', async () => {
      const store = await open();
      const about = (name: string, kind: LedgerKind, n: number): LedgerEntry => ({ ...makeEntry(n), about: name, kind });
      await store.commit({
        ledger: [about('a', 'verdict', 1), about('b', 'verdict', 2), about('a', 'rounds', 3), about('a', 'receipt', 4)],
      });
      await store.commit({ ledger: [about('a', 'verdict', 5)] });
      const numbers = async (name: string, limit = 100) => (await store.story(name, limit)).map(({ seq }) => seq);
      assert.deepEqual(await numbers('a'), [1, 4, 5]);
      assert.deepEqual(await numbers('a', 2), [4, 5]);
      assert.deepEqual(await numbers("a' OR 1=1 --"), []);
      assert.deepEqual((await store.story('b', 1))[0]?.body, makeEntry(2).body);
    });

    it('keeps how measures moved, and forgets it with their resource', async () => {
      const store = await open();
      const sample = (minute: number, value: number): Sample => ({ at: minute * 60_000, measures: { size: { value, unit: 'bytes' } } });
      await store.commit({ resources: new Map([['a', makeRecord(1)]]), samples: new Map([['a', sample(100, 5)]]) });
      await store.commit({ samples: new Map([['a', sample(130, 6)]]) });
      const points = [
        [100, 5],
        [130, 6],
      ];
      assert.deepEqual(await store.trend('a'), { size: { unit: 'bytes', points } });
      assert.deepEqual(await store.trend('b'), {});
      await store.commit({ resources: new Map([['a', null]]) });
      assert.deepEqual(await store.trend('a'), {});
    });

    it('finds an incident by its id, open or closed, and none of another', async () => {
      const store = await open();
      await store.commit({ incidents: [makeIncident('open', 'paged'), makeIncident('closed', 'closed')] });
      assert.deepEqual(await store.incident('open'), makeIncident('open', 'paged'));
      assert.deepEqual(await store.incident('closed'), makeIncident('closed', 'closed'));
      assert.equal(await store.incident("' OR 1=1 --"), undefined);
    });

    it('loads open incidents only, and of the posts the undelivered and those of open incidents, by seq', async () => {
      const store = await open();
      await store.commit({
        incidents: [makeIncident('open', 'paged'), makeIncident('closed', 'closed')],
        posts: [
          makePost('late', 4, 'open', false),
          makePost('closed-delivered', 1, 'closed', true),
          makePost('closed-undelivered', 2, 'closed', false),
          makePost('open-delivered', 3, 'open', true),
        ],
      });
      const snapshot = await store.load();
      assert.deepEqual(snapshot.incidents, [makeIncident('open', 'paged')]);
      assert.deepEqual(
        snapshot.posts.map((post) => post.id),
        ['closed-undelivered', 'open-delivered', 'late'],
      );
    });

    it('takes an incident off the load once it is closed, and a post once it is delivered', async () => {
      const store = await open();
      await store.commit({ incidents: [makeIncident('i', 'paging')], posts: [makePost('p', 1, 'i', false)] });
      await store.commit({ incidents: [makeIncident('i', 'closed')], posts: [makePost('p', 1, 'i', true)] });
      const snapshot = await store.load();
      assert.deepEqual([snapshot.incidents, snapshot.posts], [[], []]);
    });

    it('chains ledger entries over commits by the hash that core/chain.ts describes', async () => {
      const store = await open();
      assert.equal(await store.commit({ meta: { a: '1' } }), null);
      await store.commit({ ledger: [makeEntry(1), makeEntry(2)] });
      const head = await store.commit({ ledger: [makeEntry(3)] });
      let previous = GENESIS;
      for (const seq of [1, 2, 3]) previous = hash('sha256', entryBytes(seq, previous, makeEntry(seq)));
      assert.deepEqual([head?.seq, head?.hash], [3, previous]);
      assert.deepEqual(await store.commit({}), head);
      assert.deepEqual(await verifyLedger(store, head ?? assert.fail()), { entries: 3, head });
      const [second, ...rest] = await store.ledger(2, 1);
      assert.deepEqual([second?.seq, second?.at, second?.kind, second?.about, second?.body, rest], [2, ...Object.values(makeEntry(2)), []]);
    });

    it('finds a ledger that was cut off at its end by a head that was kept elsewhere', async () => {
      const store = await open();
      const head = await store.commit({ ledger: [makeEntry(1)] });
      assert.deepEqual((await verifyLedger(store, { seq: 5, hash: 'f'.repeat(64) })).bad?.seq, 2);
      assert.deepEqual((await verifyLedger(store, { seq: 1, hash: 'f'.repeat(64) })).bad?.seq, 1);
      assert.equal((await verifyLedger(store, head ?? assert.fail())).bad, undefined);
    });

    it('records nothing of a change that it cannot record whole, and works on', async () => {
      const store = await open();
      const head = await store.commit(fullChange());
      const before = await store.load();
      const broken = { ...makeEntry(4), body: { unfit: 1n } };
      const change: Change = {
        resources: new Map([['c', makeRecord(3)]]),
        meta: { half: 'done' },
        dropPosts: ['p-1'],
        ledger: [makeEntry(3), broken],
      };
      await assert.rejects(store.commit(change), Error);
      assert.deepEqual(await store.load(), before);
      assert.equal((await store.commit({ ledger: [makeEntry(3)] }))?.seq, (head?.seq ?? 0) + 1);
    });

    it('lets two readers read while it is written', async () => {
      const store = await open();
      await store.commit(fullChange());
      const readers = [await open('openReader'), await open('openReader')];
      for (let n = 3; n < 23; n++) {
        const head = await store.commit({ resources: new Map([['a', makeRecord(n)]]), ledger: [makeEntry(n)] });
        for (const reader of readers) {
          const snapshot = await reader.load();
          assert.deepEqual(snapshot.head, head);
          assert.deepEqual(snapshot.resources.get('a'), makeRecord(n));
        }
      }
      await assert.rejects(readers[0]!.commit({ meta: { a: '1' } }), Error);
    });

    it('may be closed twice, and refuses everything after that', async () => {
      const store = await open();
      await store.close();
      await store.close();
      await assert.rejects(store.load(), Error);
      await assert.rejects(store.commit({ meta: { a: '1' } }), Error);
      await assert.rejects(store.ledger(1, 1), Error);
    });

    it('has every acknowledged commit, whole, and a ledger that verifies, each time its process is killed with SIGKILL', async function () {
      this.timeout(120_000);
      let last = 0;
      for (const commits of [1, 7, 40, 150, 23]) {
        const acknowledged = await killAfter(harness.committer, commits);
        const store = await open();
        const { meta, resources, posts, head } = await store.load();
        const n = Number(meta['n']);
        assert.ok(acknowledged >= last + commits, 'the process went on where the one before it ended');
        // It may have been killed between the commit and the acknowledgement.
        assert.ok(n === acknowledged || n === acknowledged + 1, `${acknowledged} commits acknowledged, ${n} found`);
        assert.deepEqual([resources.size, posts.length, head?.seq], [n, n, n]);
        assert.deepEqual(await verifyLedger(store), { entries: n, head });
        await store.close();
        last = n;
      }
    });
  });
}

function fullChange(): Change & { resources: ReadonlyMap<string, ReturnType<typeof makeRecord>> } {
  return {
    resources: new Map([
      ['a', makeRecord(1)],
      ['b', makeRecord(2)],
    ]),
    incidents: [makeIncident('i-1', 'paging')],
    posts: [makePost('p-1', 1, 'i-1', true), makePost('p-2', 2, 'i-1', false)],
    meta: { manifest: 'sha256:1' },
    ledger: [makeEntry(1), makeEntry(2)],
  };
}

/** Runs the committer until it has acknowledged so many commits, kills it in the middle of whatever it does, and says the last one. */
async function killAfter(committer: readonly string[], commits: number): Promise<number> {
  const child = spawn(process.execPath, committer, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let last = 0;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (++count === commits) child.kill('SIGKILL');
  }
  assert.equal((await ended)[1], 'SIGKILL');
  return last;
}
