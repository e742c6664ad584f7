import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { Watch } from '../../src/loop/watch.ts';
import type { Store } from '../../src/ports.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeCheck, makeResource, seen } from '../support/roll.ts';
import { FlakyStore, makePlan, RecordingPager, ScriptedLink, startWatch, type PlanParts } from '../support/watching.ts';

const MINUTE = 60_000;

describe('the watch, end to end with a scripted probe and a real store', function () {
  this.timeout(120_000);
  let folder: Folder;
  let store: SqliteStore;
  let clock: FakeClock;
  let link: ScriptedLink;
  let pager: RecordingPager;
  let running: Watch | undefined;

  beforeEach(async () => {
    folder = makeFolder();
    clock = new FakeClock();
    store = await openStore(folder.path, { turn: () => clock.turn() });
    link = new ScriptedLink();
    pager = new RecordingPager('oncall');
  });
  afterEach(async () => {
    await end();
    await store.close();
    folder.remove();
  });

  const plan = (resources = [makeResource()], parts: PlanParts = {}) => makePlan(resources, { link, pagers: [pager], ...parts });
  const start = async (given = plan(), to: Store = store): Promise<Watch> => {
    running = await startWatch(given, clock, to);
    await clock.advance(10);
    return running;
  };
  const whileTimePasses = async (work: Promise<void>): Promise<void> => {
    const progress = { over: false };
    void work.finally(() => (progress.over = true));
    for (let turn = 0; !progress.over && turn < 200; turn++) await clock.advance(100);
    await work;
  };
  /** Stops it as SIGTERM does, with the clock going on. */
  async function end(): Promise<void> {
    if (running) await whileTimePasses(running.stop());
    running = undefined;
  }

  it('a drop is one page within one sweep, by two looks of which the second is fresh', async () => {
    await start();
    await clock.advance(10_000);
    link.answer = 'gone';
    await clock.advance(2100);
    assert.deepEqual(pager.said, ['trigger first orders-db lost']);
    const [letter] = pager.letters;
    assert.equal(letter?.page.resources[0]?.verdict, 'absent');
    assert.match(letter.page.summary, /^orders-db is gone: database orders-db does not exist .*2 of 2 looks/);
    assert.deepEqual(
      link.looks.slice(-2).map(({ path }) => path),
      ['usual', 'fresh'],
    );
    await clock.advance(5 * MINUTE);
    assert.equal(pager.letters.length, 1);
    assert.ok(letter.page.ledger_head, 'it was written down before it left');
  });

  it('recovery resolves after sixty seconds, and not before', async () => {
    await start();
    link.answer = 'gone';
    await clock.advance(3000);
    link.answer = 'good';
    await clock.advance(58_000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost']);
    await clock.advance(6000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost', 'resolve resolved orders-db lost']);
    assert.equal(pager.letters[0]?.page.dedup_key, pager.letters[1]?.page.dedup_key);
    assert.deepEqual((await store.load()).incidents, []);
    link.answer = 'gone';
    await clock.advance(3000);
    assert.match(pager.letters[2]?.page.dedup_key ?? '', /lost\/2$/, 'the next happening has a key of its own');
  });

  it('the record tells the story of an incident: who did not accept, when it left, who did; and of its resource, since when', async () => {
    await start();
    await clock.advance(5000);
    pager.answer = { kind: 'retryable', why: 'HTTP 503' };
    link.answer = 'gone';
    await clock.advance(5000);
    pager.answer = { kind: 'delivered', ref: null };
    await clock.advance(5000);
    const [incident] = running?.status().incidents ?? [];
    const story = await store.story(incident?.id ?? '', 100);
    assert.deepEqual([...new Set(story.map(({ kind }) => kind))], ['incident', 'page', 'receipt']);
    const [failed, receipt] = ['page', 'receipt'].map((kind) => story.filter((one) => one.kind === kind));
    assert.equal(failed?.length, 1, 'the first failure, and not each');
    assert.equal(failed?.[0]?.body['failed'], 'HTTP 503');
    assert.ok(Date.parse(String(receipt?.[0]?.body['sent'])) <= (receipt?.[0]?.at.wall ?? 0));
    const verdict = (await store.story('orders-db', 100)).find(({ kind }) => kind === 'verdict');
    assert.equal(verdict?.body['verdict'], 'absent');
    assert.ok(Date.parse(String(verdict?.body['last_seen_healthy'])) < Date.parse(String(verdict?.body['first_seen_bad'])));
  });

  it('what is measured is kept over restarts, between its bounds', async () => {
    const parts = () => plan([makeResource({ checks: [makeCheck({ rule: { is: 'at_least', bound: 50 } })] })]);
    await start(parts());
    await clock.advance(5000);
    const [before] = (await running?.measured('orders-db')) ?? [];
    assert.deepEqual([before?.measure, before?.atLeast, before?.points.length], ['rows', 50, 1]);
    await end();
    await start(parts());
    const [after] = (await running?.measured('orders-db')) ?? [];
    assert.equal(after?.points.length, 1);
    assert.deepEqual(await running?.measured('nobody'), []);
  });

  it('an inspection finds a loss, and the sweeps that follow do not resolve it', async () => {
    await start(plan([makeResource({ checks: [makeCheck({ rule: { is: 'at_least', bound: 1000 } })] })]));
    await clock.advance(30 * MINUTE);
    assert.deepEqual(pager.said.slice(0, 2), ['trigger first orders-db degraded', 'trigger repeat orders-db degraded']);
    assert.equal(pager.said.filter((said) => said.startsWith('resolve')).length, 0);
  });

  it('blindness pages at blind_after under its own key while a loss is acknowledged', async () => {
    await start();
    link.answer = 'gone';
    await clock.advance(3000);
    const [incident] = running?.status().incidents ?? [];
    assert.ok(incident);
    await store.commit({ orders: [{ id: 'O1', kind: 'acknowledge', incident: incident.id, by: 'alice', forMs: 60 * MINUTE }] });
    await clock.advance(2000);
    link.answer = 'denied';
    await clock.advance(2 * MINUTE - 4000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost']);
    await clock.advance(8000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost', 'trigger first orders-db blind']);
    assert.notEqual(pager.letters[1]?.page.dedup_key, pager.letters[0]?.page.dedup_key);
    await clock.advance(20 * MINUTE);
    assert.equal(pager.said.filter((said) => said === 'trigger repeat orders-db lost').length, 0, 'acknowledged');
  });

  it('repeats until somebody acknowledges', async () => {
    await start();
    link.answer = 'gone';
    await clock.advance(31 * MINUTE);
    assert.deepEqual(pager.said, ['trigger first orders-db lost', 'trigger repeat orders-db lost', 'trigger repeat orders-db lost']);
  });

  for (const answer of ['hangs', 'throws', 'omits', 'denied'] as const)
    it(`a probe that ${answer === 'denied' ? 'is denied' : answer} is blind: paged at its deadline, never as a loss`, async () => {
      await start();
      link.answer = answer;
      await clock.advance(4 * MINUTE);
      assert.deepEqual(
        pager.said.filter((said) => said.startsWith('trigger') && !said.includes('@watchdog')),
        ['trigger first orders-db blind'],
      );
    });

  it('a backup lost after its database brings an update of the page about the database, which says so', async () => {
    const dumps = makeResource({ id: 'dumps', connection: 'vault' });
    await start(plan([makeResource({ protectedBy: ['dumps'] }), dumps]));
    await clock.advance(10_000);
    link.answers.set('orders-db', 'gone');
    await clock.advance(5000);
    link.answers.set('dumps', 'gone');
    await clock.advance(5000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost', 'trigger first dumps lost', 'update changed orders-db lost']);
    assert.doesNotMatch(pager.letters[0]?.page.summary ?? '', /dumps/);
    assert.match(pager.letters[2]?.page.summary ?? '', /^orders-db is gone: .*; of what protects it: dumps is gone$/);
  });

  it('one report that cannot even be read costs the others nothing', async () => {
    await start(plan([makeResource(), makeResource({ id: 'other-db' })]));
    link.answers.set('orders-db', [{ kind: 'unseen', id: 'orders-db' } as never]);
    link.answers.set('other-db', 'gone');
    await clock.advance(4 * MINUTE);
    assert.deepEqual(pager.said, ['trigger first other-db lost', 'trigger first orders-db blind']);
  });

  it('five thousand losses of one sweep are one page per pager that says five thousand', async () => {
    const chat = new RecordingPager('chat');
    const many = Array.from({ length: 5000 }, (_, index) => makeResource({ id: `db-${index}` }));
    await start(plan(many, { pagers: [pager, chat] }));
    link.answer = 'gone';
    await clock.advance(2100);
    for (const { letters } of [pager, chat]) {
      assert.equal(letters.length, 1);
      assert.deepEqual([letters[0]?.page.total, letters[0]?.page.truncated], [5000, true]);
      assert.match(letters[0]?.page.summary ?? '', /^EVERYTHING on pg is gone \(all 5,000 resources: /);
    }
  });

  it('the one deletion twenty minutes later is a page of its own', async () => {
    await start(plan([makeResource(), makeResource({ id: 'other-db' })]));
    link.answers.set('orders-db', 'gone');
    await clock.advance(3000);
    await clock.advance(10 * MINUTE);
    link.answers.set('other-db', 'gone');
    await clock.advance(3000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost', 'trigger first other-db lost']);
  });

  it('first run with the database gone, then created empty by somebody: paged, never adopted, never resolved', async () => {
    link.answer = 'gone';
    await start();
    await clock.advance(3000);
    link.answer = 'good';
    await clock.advance(14 * MINUTE);
    assert.deepEqual(pager.said, ['trigger first orders-db lost', 'update changed orders-db lost', 'update changed orders-db lost']);
    assert.equal(pager.letters[2]?.page.resources[0]?.verdict, 'impostor');
    assert.equal((await store.load()).resources.get('orders-db')?.memory.adopted, false);
  });

  it('a reload that takes a resource off the roll is paged, and its incident closes as retired', async () => {
    const watch = await start(plan([makeResource(), makeResource({ id: 'other-db' })]));
    link.answers.set('orders-db', 'gone');
    await clock.advance(3000);
    await watch.reload(plan([makeResource({ id: 'other-db' })], { link: new ScriptedLink() }));
    await clock.advance(3000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost', 'trigger first @watchdog degraded', 'resolve retired orders-db lost']);
    assert.match(pager.letters[1]?.page.summary ?? '', /orders-db left the roll/);
    assert.equal(link.closed, true);
  });

  describe('told to end', () => {
    /** A store that writes when it is let. */
    class SlowStore extends FlakyStore {
      readonly asked = Promise.withResolvers<undefined>();
      readonly let = Promise.withResolvers<undefined>();
      slow = true;

      override async commit(change: Parameters<Store['commit']>[0]): ReturnType<Store['commit']> {
        this.asked.resolve(undefined);
        if (this.slow) await this.let.promise;
        return super.commit(change);
      }
    }
    const wired = () => plan([makeResource({ tripwire: true })]);

    it('before it has begun holds nothing, and ends', async () => {
      const slow = new SlowStore();
      const watch = await startWatch(wired(), clock, slow);
      await slow.asked.promise;
      const ended = watch.stop();
      slow.let.resolve(undefined);
      await whileTimePasses(ended);
      assert.deepEqual([link.closed, link.looks], [true, []]);
    });

    it('while it goes over to another plan closes both, and ends', async () => {
      const slow = new SlowStore();
      slow.slow = false;
      const watch = await startWatch(wired(), clock, slow);
      await clock.advance(3000);
      slow.slow = true;
      const next = new ScriptedLink();
      const loaded = watch.reload(plan([makeResource({ tripwire: true })], { link: next }));
      const ended = watch.stop();
      slow.let.resolve(undefined);
      await whileTimePasses(ended);
      await loaded;
      assert.deepEqual([link.closed, next.closed], [true, true]);
    });

    it('goes over to no other plan, and closes what that one has opened', async () => {
      const watch = await start(wired());
      await end();
      const next = new ScriptedLink();
      await watch.reload(plan([makeResource({ id: 'other-db', tripwire: true })], { link: next }));
      assert.deepEqual([next.closed, next.looks, watch.status().resources.map(({ id }) => id)], [true, [], ['orders-db']]);
      assert.deepEqual(pager.said, []);
    });
  });

  it('what a look of the old plan sees after a reload is nothing to the new one', async () => {
    const [release, asked] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const old = new ScriptedLink();
    const watch = await start(plan([makeResource()], { link: old }));
    old.collect = async function* () {
      asked.resolve(undefined);
      await release.promise;
      // Of one that is marked for deletion a single look is enough to page.
      yield seen({ doom: { what: 'being dropped' } });
    };
    await clock.advance(3000);
    await asked.promise;
    await watch.reload(plan([makeResource({ owner: 'somebody else' })], { link: new ScriptedLink() }));
    release.resolve(undefined);
    await clock.advance(10_000);
    assert.deepEqual(
      pager.said.filter((said) => said.includes('lost')),
      [],
    );
  });

  it('a manifest that pins another identity than the one held is told as a change, and closes the impostor without an all-clear', async () => {
    const watch = await start();
    await clock.advance(5000);
    link.answer = 'impostor';
    await clock.advance(3000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost']);
    const upgraded = new ScriptedLink();
    upgraded.answer = 'impostor';
    await watch.reload(plan([makeResource({ identity: { oid: '2' } })], { link: upgraded }));
    await clock.advance(2 * MINUTE);
    assert.deepEqual(pager.said.slice(1).toSorted(), ['resolve repinned orders-db lost', 'trigger first @watchdog degraded']);
    assert.match(pager.letters.map(({ page }) => page.summary).join(), /orders-db is pinned to another identity/);
    assert.equal(watch.status().resources[0]?.verdict, 'present');
  });

  it('a change that people signed is told to nobody, but for a pin of another identity that was signed as a first one', async () => {
    const watch = await start();
    await clock.advance(5000);
    const standing = (sense: 'harmless' | 'weakening') =>
      ({ state: 'signed', cloned: [], keep: '{}', approval: { at: 0, people: ['alice'], sense, signers: 'sha256:0' } }) as const;
    const next = plan([makeResource({ identity: { oid: '1' }, confirm: 9 })], { link: new ScriptedLink() });
    await watch.reload({ ...next, standing: standing('weakening') });
    await clock.advance(MINUTE);
    assert.deepEqual(pager.said, []);
    const repinned = plan([makeResource({ identity: { oid: '2' }, confirm: 9 })], { link: new ScriptedLink() });
    await watch.reload({ ...repinned, standing: standing('harmless') });
    await clock.advance(3000);
    assert.match(pager.letters.map(({ page }) => page.summary).join(), /orders-db is pinned to another identity/);
  });

  it('a manifest that pins what is held anyway only tightens, and is told to nobody', async () => {
    const watch = await start();
    await clock.advance(5000);
    await watch.reload(plan([makeResource({ identity: { oid: '1' } })], { link: new ScriptedLink() }));
    await clock.advance(MINUTE);
    assert.deepEqual(pager.said, []);
  });

  it('a reload that takes the pager away is told to that pager', async () => {
    const watch = await start(plan([makeResource()], { digests: { pagers: 'one' } }));
    const other = new RecordingPager('other');
    await watch.reload(plan([makeResource()], { link: new ScriptedLink(), pagers: [other], digests: { pagers: 'two' } }));
    await clock.advance(3000);
    assert.deepEqual(pager.said, ['trigger first @watchdog degraded']);
    assert.match(pager.letters[0]?.page.summary ?? '', /config\.yaml was changed: pagers/);
  });

  it('killed in the middle of paging: the same letter under the same key is delivered after the restart', async () => {
    await start();
    pager.answer = { kind: 'retryable', why: 'HTTP 503' };
    link.answer = 'gone';
    await clock.advance(3000);
    const first = pager.letters[0];
    // What a kill -9 leaves: the store as it was written, and a process that does nothing more.
    const left = await store.load();
    await end();
    const again = new RecordingPager('oncall');
    running = await startWatch(plan([makeResource()], { pagers: [again], link: new ScriptedLink() }), clock, {
      load: () => Promise.resolve(left),
      story: (about, limit) => store.story(about, limit),
      trend: (id) => store.trend(id),
      history: (limit) => store.history(limit),
      commit: (change) => store.commit(change),
      ledger: (from, limit) => store.ledger(from, limit),
      incident: (id) => store.incident(id),
      head: () => store.head(),
      archive: (order: Parameters<Store['archive']>[0]) => store.archive(order),
      consistency: (older: number, newer: number) => store.consistency(older, newer),
      orders: () => store.orders(),
      requests: () => store.requests(),
      requestRevisions: () => store.requestRevisions(),
      request: (id) => store.request(id),
      close: () => Promise.resolve(),
    });
    await clock.advance(10_000);
    assert.equal(again.letters[0]?.id, first?.id);
    assert.equal(again.letters[0]?.page.dedup_key, first?.page.dedup_key);
    assert.equal(again.letters.length, 1);
  });

  it('a heartbeat that nobody hears is paged, and closed once it is heard', async () => {
    const hearing = { heard: false };
    running = await startWatch(plan(), clock, store, { to: { beat: async () => hearing.heard }, every: 30_000 });
    await clock.advance(4 * MINUTE);
    assert.deepEqual(pager.said, []);
    await clock.advance(2 * MINUTE);
    assert.deepEqual(pager.said, ['trigger first @watchdog degraded']);
    assert.match(pager.letters[0]?.page.summary ?? '', /nobody has heard the heartbeat since 2026-/);
    hearing.heard = true;
    await clock.advance(2 * MINUTE);
    assert.equal(pager.letters.at(-1)?.page.event, 'resolve');
  });

  it('a reload that takes a pager away tells the new one what is open, and goes on telling the old one', async () => {
    await start();
    await clock.advance(2000);
    link.answer = 'gone';
    await clock.advance(3000);
    assert.deepEqual(pager.said, ['trigger first orders-db lost']);
    const phone = new RecordingPager('phone');
    await running?.reload(plan([makeResource()], { pagers: [phone] }));
    await clock.advance(2000);
    assert.deepEqual(phone.said, ['trigger escalated orders-db lost']);
    await clock.advance(16 * MINUTE);
    for (const { said } of [pager, phone]) assert.ok(said.includes('trigger repeat orders-db lost'), said.join());
  });

  it('several pagers that refuse are one page, and no news each time they refuse again', async () => {
    const others = ['chat', 'mail', 'phone'].map((name) => new RecordingPager(name));
    for (const other of others) other.answer = { kind: 'refused', why: 'HTTP 410' };
    await start(plan([makeResource()], { pagers: [pager, ...others] }));
    link.answer = 'gone';
    await clock.advance(10_000);
    const about = pager.letters.filter(({ page }) => page.summary.includes('refuses')).map(({ page }) => page.dedup_key);
    assert.equal(new Set(about).size, 1);
    assert.match(pager.letters.at(-1)?.page.summary ?? '', /pager chat .*; pager mail .*; pager phone/);
    pager.letters.length = 0;
    await clock.advance(14 * MINUTE);
    assert.deepEqual(pager.said, []);
    for (const chat of others.slice(0, 1)) chat.answer = { kind: 'delivered', ref: null };
    await clock.advance(6 * MINUTE);
    const told = pager.letters.filter(({ page }) => page.resources[0]?.id === '@watchdog').map(({ page }) => page.summary);
    assert.match(told.at(-1) ?? '', /: pager mail refuses pages: HTTP 410; pager phone refuses pages: HTTP 410$/, 'chat takes them again');
  });

  it('a restart and a reload do not begin the minute of a vendor anew', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `db-${n}`);
    const resources = ids.map((id) => makeResource({ id, connection: id }));
    // A loss on each connection: forty pages, of which ten a minute may leave.
    const slow = Object.assign(new RecordingPager('oncall'), { perMinute: 10 });
    const given = () => plan(resources, { pagers: [slow] });
    await start(given());
    link.answer = 'gone';
    await clock.advance(5000);
    const before = slow.letters.length;
    assert.ok(before >= 5 && before <= 10, `${before} at first`);
    for (let again = 0; again < 3; again++) {
      await running?.reload(given());
      await clock.advance(1000);
      await end();
      await start(given());
      await clock.advance(1000);
    }
    assert.ok(slow.letters.length <= 10, `${slow.letters.length} within a minute`);
    await clock.advance(10 * MINUTE);
    assert.equal(new Set(slow.letters.map(({ page }) => page.dedup_key)).size, 40, 'all of them in the end');
  });

  it('a store that cannot write stops no page, and is itself one; what was missed is written later', async () => {
    const flaky = new FlakyStore(store);
    await start(plan(), flaky);
    flaky.failing = true;
    link.answer = 'gone';
    await clock.advance(4000);
    assert.deepEqual(pager.said.toSorted(), ['trigger first @watchdog degraded', 'trigger first orders-db lost']);
    assert.match(pager.letters.map(({ page }) => page.summary).join(), /the store cannot write \(no space left on device\)/);
    flaky.failing = false;
    await clock.advance(2000);
    const { incidents, resources } = await store.load();
    assert.ok(incidents.some(({ key, phase }) => key.includes('/orders-db/lost/') && phase === 'paged'));
    assert.equal(resources.get('orders-db')?.state.harm, 'lost');
    assert.ok((await store.ledger(1, 1000)).some(({ kind, about }) => kind === 'verdict' && about === 'orders-db'));
  });

  it('a loss after a damage whose page was never delivered is one page, and one resolve, once pagers answer again', async () => {
    const dead = { kind: 'retryable', why: 'refused' } as const;
    pager.answer = dead;
    await start(plan([makeResource({ checks: [makeCheck({ rule: { is: 'at_least', bound: 1000 } })] })]));
    await clock.advance(5000);
    link.answer = 'gone';
    await clock.advance(MINUTE);
    pager.letters.length = 0;
    pager.answer = { kind: 'delivered', ref: null };
    await clock.advance(2 * MINUTE);
    assert.deepEqual(
      pager.said,
      ['trigger first orders-db lost', 'resolve superseded orders-db degraded'].map((said) => said.replace('first', 'worsened')),
    );
  });

  it('a nudge makes a look due at once, and is no verdict', async () => {
    await start(plan([makeResource({ tripwire: true, sweep: { every: 60_000 } })]));
    await clock.advance(1000);
    const before = link.looks.length;
    link.nudge({ ids: ['orders-db'], why: 'the session ended' });
    await settle();
    await clock.advance(10);
    assert.equal(link.looks.length, before + 1);
    assert.equal(link.looks.at(-1)?.path, 'fresh');
    assert.deepEqual(pager.said, []);
  });

  it('a wall clock stepped a day back and forth is no page, and stops no sweep', async () => {
    await start();
    await clock.advance(10_000);
    for (const day of [-86_400_000, 2 * 86_400_000]) {
      clock.stepWall(day);
      const before = link.looks.length;
      await clock.advance(10_000);
      assert.ok(Math.abs(link.looks.length - before - 5) <= 1, `${link.looks.length - before} looks`);
    }
    assert.deepEqual(pager.said, []);
  });

  it('an empty store under a manifest already in use is paged', async () => {
    await start(plan([makeResource()], { version: 7 }));
    await clock.advance(1000);
    assert.match(pager.letters[0]?.page.summary ?? '', /the store is empty, but manifest version 7/);
  });

  it('stops within five seconds although a probe and a pager hang', async () => {
    pager.answer = () => new Promise(() => {});
    const watch = await start();
    link.answer = 'gone';
    await clock.advance(3000);
    link.answer = 'hangs';
    await clock.advance(3000);
    const began = clock.now().steady;
    await whileTimePasses(watch.stop());
    assert.ok(clock.now().steady - began <= 5000, `${clock.now().steady - began} ms`);
    assert.equal(link.closed, true);
  });
});
