import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { Watch } from '../../src/loop/watch.ts';
import type { Acknowledgement } from '../../src/ports.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeResource } from '../support/roll.ts';
import { makePlan, RecordingPager, ScriptedLink, startWatch } from '../support/watching.ts';

const MINUTE = 60_000;

/** A pager whose vendor can be asked. */
class AskedPager extends RecordingPager {
  readonly asked: string[] = [];
  found: Acknowledgement | null | 'fails' | 'hangs' = null;

  async acknowledgement(key: string, signal: AbortSignal): Promise<Acknowledgement | null> {
    this.asked.push(key);
    if (this.found === 'hangs') return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
    if (this.found === 'fails') throw new Error('answered 500');
    return this.found;
  }
}

describe('an acknowledgement at the vendor', function () {
  this.timeout(120_000);
  let folder: Folder;
  let store: SqliteStore;
  let clock: FakeClock;
  let link: ScriptedLink;
  let pager: AskedPager;
  let watch: Watch;

  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
    clock = new FakeClock();
    link = new ScriptedLink();
    pager = new AskedPager('oncall');
    watch = await startWatch(makePlan([makeResource()], { link, pagers: [pager] }), clock, store);
    await clock.advance(10_000);
  });
  afterEach(async () => {
    const progress = { over: false };
    const stopping = watch.stop().finally(() => (progress.over = true));
    for (let turn = 0; !progress.over && turn < 200; turn++) await clock.advance(100);
    await stopping;
    await store.close();
    folder.remove();
  });
  const repeats = () => pager.said.filter((said) => said.startsWith('trigger repeat')).length;

  it('stops the repeats for an hour and counts once; a new one counts anew', async () => {
    link.answer = 'gone';
    await clock.advance(MINUTE);
    pager.found = { by: 'Alice', at: '2026-01-01T00:01:00Z' };
    await clock.advance(60 * MINUTE);
    assert.equal(repeats(), 0);
    assert.deepEqual(new Set(pager.asked), new Set([pager.letters[0]?.page.dedup_key]));
    await clock.advance(17 * MINUTE);
    assert.equal(repeats(), 2, 'the hour is over and the same acknowledgement is known');
    pager.found = { by: 'Bob', at: '2026-01-01T01:20:00Z' };
    await clock.advance(50 * MINUTE);
    assert.equal(repeats(), 2);
    const ledger = await store.ledger(1, 10_000);
    assert.deepEqual(
      ledger.filter(({ kind }) => kind === 'acknowledged').map(({ body }) => [body['by'], body['through']]),
      [
        ['Alice', 'oncall'],
        ['Bob', 'oncall'],
      ],
    );
  });

  it('never mutes what is graver', async () => {
    link.answer = 'denied';
    await clock.advance(5 * MINUTE);
    pager.found = { by: 'Alice', at: '2026-01-01T00:05:00Z' };
    await clock.advance(MINUTE);
    pager.found = null;
    link.answer = 'gone';
    await clock.advance(MINUTE);
    assert.deepEqual(pager.said, ['trigger first orders-db blind', 'trigger first orders-db lost']);
    await clock.advance(16 * MINUTE);
    assert.ok(pager.said.includes('trigger repeat orders-db lost'));
  });

  for (const answer of ['fails', 'hangs'] as const)
    it(`that ${answer === 'fails' ? 'cannot be read back' : 'is never answered'} stops no page and no repeat`, async () => {
      pager.found = answer;
      link.answer = 'gone';
      await clock.advance(16 * MINUTE);
      assert.deepEqual(pager.said, ['trigger first orders-db lost', 'trigger repeat orders-db lost']);
      assert.ok(pager.asked.length > 1);
    });
});
