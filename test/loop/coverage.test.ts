import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import { coverageIn } from '../../src/loop/coverage-watch.ts';
import { discoverAll } from '../../src/loop/discovery-round.ts';
import type { Plan } from '../../src/loop/plan.ts';
import type { Source } from '../../src/loop/sources.ts';
import type { Discovery } from '../../src/probe.ts';
import type { Watch } from '../../src/loop/watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeResource } from '../support/roll.ts';
import { makePlan, RecordingPager, ScriptedLink, startWatch } from '../support/watching.ts';

const HOUR = 3_600_000;

/** A link that tells of these things, and of what hides others. */
class ListingLink extends ScriptedLink {
  things: readonly string[] = ['orders'];
  failing: 'no' | 'hides' | 'throws' | 'hangs' = 'no';
  asked = 0;
  /** Listings that are let in, with what each shows; and those that are refused, by the kind of what they would show. */
  listings: Readonly<Record<string, readonly string[]>> = {};
  refused: Readonly<Record<string, string>> = {};

  async *discover(): AsyncIterable<Discovery> {
    this.asked++;
    for (const [on, labels] of Object.entries(this.listings)) {
      for (const label of labels)
        yield { kind: 'found', of: 'fake.thing', label, name: label, entry: { name: label }, pin: {}, listing: on };
      yield { kind: 'listed', on };
    }
    for (const [on, beyond] of Object.entries(this.refused))
      yield { kind: 'unexplored', on, reason: 'denied', say: 'no', hides: true, beyond };
    for (const label of this.things) yield { kind: 'found', of: 'fake.thing', label, name: label, entry: { name: label }, pin: {} };
    if (this.failing === 'hides') yield { kind: 'unexplored', on: 'page 2', reason: 'throttled', say: 'slow\u001b[2J down', hides: true };
    if (this.failing === 'throws') throw new Error('probe\u001b[2J broke');
    if (this.failing === 'hangs') await new Promise(() => {});
  }
}

const thing = (id: string) => makeResource({ id, kind: 'fake.thing', connection: 'pg', asked: { name: id }, sweep: { every: 600_000 } });

function make() {
  const link = new ListingLink();
  const pager = new RecordingPager('hook');
  const source: Source = { connection: 'pg', probe: 'fake', link, open: () => link, coversOf: () => undefined };
  const planOf = (ids: readonly string[], more: Partial<Plan> = {}): Plan => ({
    ...makePlan(ids.map(thing), { link, pagers: [pager] }),
    sources: [source],
    ...more,
  });
  const told = () =>
    pager.letters
      .filter(({ page }) => page.resources[0]?.breaches[0]?.path === 'coverage.fell')
      .map(({ page }) => `${page.event} ${page.severity} ${page.resources[0]?.summary}`);
  return { link, planOf, told, source, pager };
}

describe('coverage in the daemon', function () {
  this.timeout(120_000);
  let folder: Folder;
  let store: SqliteStore;
  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });
  /** Stops it as SIGTERM does, with the clock going on. */
  async function end(watch: Watch, clock: FakeClock): Promise<void> {
    const progress = { over: false };
    const stopping = watch.stop().finally(() => (progress.over = true));
    for (let turn = 0; !progress.over && turn < 200; turn++) await clock.advance(100);
    await stopping;
  }

  it('is asked behind the first looks and then every hour, and only what comes later is a warning', async () => {
    const { link, planOf, told } = make();
    link.things = ['orders', 'old'];
    const clock = new FakeClock();
    const watch = await startWatch(planOf(['orders']), clock, store);
    await clock.advance(20_000);
    assert.equal(link.asked, 0);
    await clock.advance(20_000);
    assert.equal(link.asked, 1);
    assert.deepEqual(
      watch.status().coverage?.map(({ connection, kind, found, managed, newcomers }) => [connection, kind, found, managed, newcomers]),
      [['pg', 'fake.thing', 2, 1, []]],
    );
    assert.deepEqual(told(), []);
    link.things = ['orders', 'old', 'ne\u202ew'];
    await clock.advance(HOUR);
    assert.equal(link.asked, 2);
    assert.deepEqual(told(), [
      'trigger warning coverage has fallen: pg: 1 of 3 fake.thing on the roll, newly not: ne w (rollcall discover --unmanaged)',
    ]);
    link.things = ['orders', 'old'];
    await clock.advance(HOUR + 120_000);
    assert.match(told().at(-1) ?? '', /^resolve warning/);
    await end(watch, clock);
    assert.deepEqual(coverageIn((await store.load()).meta)[0]?.newcomers, []);
  });

  it('is mended by the manifest: on the roll, or left out on purpose; and what left the roll is not on it', async () => {
    const { link, planOf, told } = make();
    link.things = ['orders', 'users'];
    const clock = new FakeClock();
    const watch = await startWatch(planOf(['orders', 'users']), clock, store);
    await clock.advance(60_000);
    assert.deepEqual(told(), []);
    await watch.reload(planOf(['orders']));
    await clock.advance(60_000);
    assert.match(told()[0] ?? '', /1 of 2 fake\.thing on the roll, newly not: users/);
    await watch.reload(planOf(['orders'], { leftOut: [{ connection: 'pg', name: 'u*', reason: 'on purpose' }] }));
    await clock.advance(120_000);
    assert.match(told().at(-1) ?? '', /^resolve/);
    assert.deepEqual(
      watch.status().coverage?.map(({ found, managed, left_out: leftOut }) => [found, managed, leftOut]),
      [[1, 1, 1]],
    );
    await end(watch, clock);
  });

  it('tells of what is left out from now on, but not of what the first manifest left out', async () => {
    const { planOf, pager } = make();
    const declared = () =>
      pager.letters.flatMap(({ page }) =>
        page.resources[0]?.breaches[0]?.path === 'unmanaged.declared' ? [`${page.event} ${page.resources[0].summary}`] : [],
      );
    const clock = new FakeClock();
    const rule = { connection: 'pg', kind: 'fake.thing', name: 'a*', reason: 'on purpose' };
    const watch = await startWatch(planOf(['orders'], { leftOut: [rule] }), clock, store);
    await clock.advance(60_000);
    assert.deepEqual(declared(), []);
    await watch.reload(planOf(['orders'], { leftOut: [rule, { connection: 'pg', name: '*', reason: 'hush' }] }));
    await clock.advance(5000);
    assert.deepEqual(declared(), ['trigger need not be on the roll from now on: * (of any kind) on pg: hush']);
    await end(watch, clock);
  });

  it('is known over a restart', async () => {
    const { link, planOf, told } = make();
    const clock = new FakeClock();
    const first = await startWatch(planOf(['orders']), clock, store);
    await clock.advance(60_000);
    await end(first, clock);
    link.things = ['orders', 'meanwhile'];
    const second = await startWatch(planOf(['orders']), clock, store);
    await clock.advance(60_000);
    assert.equal(told().length, 1);
    await end(second, clock);
  });

  it('changes nothing by blindness: neither is anything forgotten, nor is a first half look taken for the whole', async () => {
    const { link, planOf, told } = make();
    const clock = new FakeClock();
    link.failing = 'hides';
    const watch = await startWatch(planOf(['orders']), clock, store);
    await clock.advance(60_000);
    assert.deepEqual(
      watch.status().coverage?.map(({ kind, at, whole }) => [kind, at, whole]),
      [[null, null, false]],
    );
    link.failing = 'no';
    link.things = ['orders', 'old'];
    await clock.advance(HOUR);
    link.things = ['orders', 'old', 'new'];
    await clock.advance(HOUR);
    assert.equal(new Set(told()).size, 1, 'one page, and its repeats');
    link.failing = 'throws';
    link.things = [];
    await clock.advance(HOUR + 120_000);
    assert.deepEqual(
      told().filter((line) => line.startsWith('resolve')),
      [],
    );
    const [line] = watch.status().coverage ?? [];
    assert.deepEqual([line?.found, line?.managed, line?.whole, line?.newcomers], [3, 1, false, ['new']]);
    await end(watch, clock);
  });
});

describe('coverage by a credential of the least rights', function () {
  this.timeout(60_000);
  let folder: Folder;
  let store: SqliteStore;
  let clock: FakeClock;
  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
    clock = new FakeClock();
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });

  async function watching(listings: ListingLink['listings'] = { 'list things': ['orders'] }) {
    const made = make();
    const { link, planOf } = made;
    link.things = [];
    link.listings = listings;
    link.refused = { 'list others': 'fake.other' };
    const watch = await startWatch(planOf(['orders']), clock, store);
    await clock.advance(60_000);
    const figures = () =>
      watch
        .status()
        .coverage?.map(({ found, managed, whole, newcomers, not_listed: beyond }) => [found, managed, whole, newcomers, beyond]);
    const end = async (): Promise<void> => {
      const progress = { over: false };
      const stopping = watch.stop().finally(() => (progress.over = true));
      for (let turn = 0; !progress.over && turn < 200; turn++) await clock.advance(100);
      await stopping;
    };
    const recorded = async () =>
      (await store.ledger(1, 200)).flatMap(({ body }) => (typeof body['coverage'] === 'string' ? [body['coverage']] : []));
    return { ...made, watch, figures, end, recorded };
  }

  it('is a whole figure of what may be listed, says of what it does not speak, once, and pages nobody', async () => {
    const { figures, end, told, recorded } = await watching();
    assert.deepEqual(figures(), [[1, 1, true, [], ['fake.other (list others)']]]);
    await clock.advance(3 * HOUR);
    assert.deepEqual(figures(), [[1, 1, true, [], ['fake.other (list others)']]]);
    assert.deepEqual(told(), []);
    await end();
    assert.deepEqual(await recorded(), [
      'of pg does not speak of all of fake.other: its credential may not list others (rollcall grants --coverage)',
    ]);
  });

  it('still finds what is new of that', async () => {
    const { link, told, end } = await watching();
    link.listings = { 'list things': ['orders', 'new'] };
    await clock.advance(HOUR);
    assert.match(told()[0] ?? '', /newly not: new/);
    await end();
  });

  it('takes what it sees for the first time, by a right that it was given, for no news', async () => {
    const { link, told, end, figures } = await watching();
    link.listings = { 'list things': ['orders'], 'list others': ['old', 'older'] };
    link.refused = {};
    await clock.advance(HOUR);
    assert.deepEqual(figures(), [[3, 1, true, [], []]]);
    link.listings = { 'list things': ['orders'], 'list others': ['old', 'older', 'newer'] };
    await clock.advance(HOUR);
    assert.match(told()[0] ?? '', /1 of 4 fake\.thing on the roll, newly not: newer/);
    await end();
  });

  it('is not whole where what it could list once is refused now, unless the manifest leaves all of it out', async () => {
    const { link, watch, planOf, figures, end } = await watching();
    link.listings = { 'list things': ['orders'], 'list others': ['old'] };
    link.refused = {};
    await clock.advance(HOUR);
    link.listings = { 'list things': ['orders'] };
    link.refused = { 'list others': 'fake.other' };
    await clock.advance(HOUR);
    assert.deepEqual(figures(), [[2, 1, false, [], []]]);
    await watch.reload(planOf(['orders'], { leftOut: [{ connection: 'pg', kind: 'fake.other', name: '*', reason: 'none of ours' }] }));
    await clock.advance(60_000);
    assert.deepEqual(figures(), [[1, 1, true, [], []]]);
    await end();
  });

  it('is no figure of anything where not one listing is let in', async () => {
    const { watch, end } = await watching({});
    assert.deepEqual(
      watch.status().coverage?.map(({ kind, at, whole }) => [kind, at, whole]),
      [[null, null, false]],
    );
    await end();
  });

  it('goes on from what an older version remembered, which knew of no listings', async () => {
    const { link, end } = await watching();
    await end();
    const known = coverageIn((await store.load()).meta);
    assert.equal(known.length, 1);
    const old = known.map(({ beyond: _beyond, ...page }) => ({ ...page, known: [] }));
    await store.commit({ meta: { coverage: JSON.stringify(old) } });
    link.refused = {};
    link.listings = { 'list things': ['orders', 'came while it was upgraded'] };
    const again = await startWatch(
      make().planOf(['orders'], { sources: [{ connection: 'pg', probe: 'fake', link, open: () => link, coversOf: () => undefined }] }),
      clock,
      store,
    );
    await clock.advance(60_000);
    assert.deepEqual(again.status().coverage?.[0]?.newcomers, ['came while it was upgraded']);
    const stopping = again.stop();
    for (let turn = 0; turn < 50; turn++) await clock.advance(100);
    await stopping;
  });
});

describe('a round of discovery', () => {
  const bounds = (clock: FakeClock) => ({ depth: 'names', patience: 5000, clock, signal: new AbortController().signal }) as const;

  it('keeps what was said before a connection fell silent or threw, and says so', async () => {
    for (const [failing, reason, say] of [
      ['hangs', 'timeout', 'nothing more was said for 5 s'],
      ['throws', 'threw', 'probe [2J broke'],
    ] as const) {
      const { link, source } = make();
      link.failing = failing;
      const clock = new FakeClock();
      const round = discoverAll([source], [], bounds(clock));
      await clock.advance(6000);
      const [one] = await round;
      assert.deepEqual(
        one?.found.map(({ label }) => label),
        ['orders'],
      );
      assert.deepEqual(one?.unexplored, [{ kind: 'unexplored', on: 'pg', reason, say, hides: true }]);
    }
  });

  it('is not kept waiting by one connection for the others, and closes what it opened', async () => {
    const { link, source } = make();
    link.failing = 'hangs';
    const other = new ListingLink();
    const clock = new FakeClock();
    const second: Source = { connection: 'other', probe: 'fake', open: () => other, coversOf: () => undefined };
    const round = discoverAll([source, second], [], bounds(clock));
    await clock.advance(6000);
    assert.deepEqual(
      (await round).map(({ connection, found }) => [connection, found.length]),
      [
        ['pg', 1],
        ['other', 1],
      ],
    );
    assert.deepEqual([link.closed, other.closed], [false, true]);
  });

  it('says of a probe that cannot be asked that it was not', async () => {
    const link = new ScriptedLink();
    const [one] = await discoverAll(
      [{ connection: 'x', probe: 'y', link, open: () => link, coversOf: () => undefined }],
      [],
      bounds(new FakeClock()),
    );
    assert.equal(one?.asked, false);
  });
});
