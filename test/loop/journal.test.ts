import assert from 'node:assert/strict';
import { Desk } from '../../src/loop/desk.ts';
import { Journal } from '../../src/loop/journal.ts';
import { wordPage } from '../../src/core/page-words.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeRecord } from '../support/store-fixtures.ts';
import { FlakyStore, makeIds, SILENT } from '../support/watching.ts';

function make() {
  const clock = new FakeClock();
  const store = new FlakyStore();
  const desk = new Desk(
    {
      manifest: 'm',
      watchdog: 'w',
      repeat: () => 1000,
      pagersFor: () => ['oncall'],
      laterFor: () => undefined,
      newId: makeIds(),
      word: (incident, event, reason, at) =>
        wordPage(incident, { watchdog: 'w', event, reason, at, print: () => undefined, head: null, statusUrl: undefined }),
    },
    [],
    [],
  );
  const raise = () => {
    desk.raise({ resource: 'a', connection: 'pg', class: 'lost', severity: 'critical', episode: 1, at: clock.now() });
    desk.write(clock.now());
  };
  return { clock, store, desk, raise, journal: new Journal({ store, clock, log: SILENT }, desk, null) };
}

describe('the journal', () => {
  it('says what is missing where the store was away for too long to keep it all', async () => {
    const { clock, store, journal } = make();
    store.failing = true;
    for (let n = 0; n < 10_500; n++) journal.record('verdict', `db-${n}`, {});
    await journal.commit();
    for (let n = 10_500; n < 10_700; n++) journal.record('verdict', `db-${n}`, {});
    await journal.commit();
    store.failing = false;
    await clock.advance(1000);
    await journal.commit();
    const entries = store.changes[0]?.ledger ?? [];
    assert.equal(entries.length, 10_000);
    assert.deepEqual([entries[0]?.kind, entries[0]?.body], ['gap', { missing: 701 }]);
    assert.deepEqual([entries[1]?.about, entries.at(-1)?.about], ['db-701', 'db-10699']);
  });

  it('writes resources, incidents, letters, ledger and meta in one change, and nothing where nothing changed', async () => {
    const { store, raise, journal } = make();
    raise();
    journal.keep('a', makeRecord(1));
    journal.record('start', '@watchdog', {});
    journal.keepMetaIfChanged('troubles', '[]');
    await journal.commit();
    journal.keepMetaIfChanged('troubles', '[]');
    await journal.commit();
    assert.equal(store.changes.length, 1);
    const [change] = store.changes;
    assert.deepEqual(
      [change?.resources?.size, change?.incidents?.length, change?.posts?.length, change?.meta],
      [1, 1, 1, { troubles: '[]' }],
    );
    assert.deepEqual(
      change?.ledger?.map(({ kind }) => kind),
      ['start', 'incident'],
    );
  });

  it('says why the store cannot write, rejects nothing, and writes everything later, in order', async () => {
    const { clock, store, desk, raise, journal } = make();
    store.failing = true;
    raise();
    journal.keep('a', makeRecord(1));
    journal.record('start', '@watchdog', { n: 1 });
    await journal.commit();
    assert.equal(journal.error, 'no space left on device');
    assert.equal(desk.tray.undelivered().length, 1, 'the page is still there to be delivered');
    journal.record('verdict', 'a', { n: 2 });
    await journal.commit();
    store.failing = false;
    journal.record('verdict', 'a', { n: 3 });
    await clock.advance(1000);
    await journal.commit();
    assert.equal(journal.error, null);
    const [change] = store.changes;
    assert.deepEqual([change?.incidents?.length, change?.posts?.length, change?.resources?.get('a')], [1, 1, makeRecord(1)]);
    assert.deepEqual(
      change?.ledger?.flatMap(({ body }) => body['n'] ?? []),
      [1, 2, 3],
    );
  });

  it('never writes an older version after a newer one, however commits and failures overlap', async () => {
    const { store, journal } = make();
    store.failing = true;
    journal.keep('a', makeRecord(1));
    journal.keepMeta('steady', '1');
    const first = journal.commit();
    journal.keep('a', makeRecord(2));
    journal.keepMeta('steady', '2');
    const second = journal.commit();
    await first;
    store.failing = false;
    await second;
    await journal.commit();
    const versions = store.changes.flatMap(({ resources }) => resources?.get('a') ?? []);
    assert.deepEqual(versions.at(-1), makeRecord(2));
    assert.deepEqual(store.changes.flatMap(({ meta }) => meta?.['steady'] ?? []).at(-1), '2');
  });

  it('leaves a store that goes on failing alone for longer and longer, but not at the end', async () => {
    const { clock, store, journal } = make();
    store.failing = true;
    let asked = 0;
    const commit = store.commit.bind(store);
    store.commit = (change) => (asked++, commit(change));
    for (let second = 0; second < 600; second++) {
      for (let look = 0; look < 10; look++) {
        journal.record('verdict', 'a', { second });
        await journal.commit();
        await clock.advance(100);
      }
    }
    // At once, then after 1, 2, 4, 8, 16 and every 30 seconds; 6000 times without that.
    assert.ok(asked >= 20 && asked <= 30, `${asked} times`);
    store.failing = false;
    await journal.commit(true);
    assert.equal(journal.error, null);
    assert.equal(store.changes[0]?.ledger?.length, 6000);
    journal.record('verdict', 'a', {});
    await journal.commit();
    assert.equal(store.changes.length, 2, 'and at once again once it works');
  });
});
