import assert from 'node:assert/strict';
import type { ResourceReport } from '../../src/core/report.ts';
import type { BatchResult } from '../../src/loop/batch.ts';
import { Foresight } from '../../src/loop/foresight.ts';
import { Roll } from '../../src/loop/roll.ts';
import type { Watch } from '../../src/loop/watch.ts';
import type { Change } from '../../src/ports.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { after, makeResource, seen, START, unseen } from '../support/roll.ts';
import { FlakyStore, makePlan, RecordingPager, ScriptedLink, startWatch } from '../support/watching.ts';

/** More than two slices. */
const MANY = 250;
const SWEEP = { depth: 'sweep', path: 'usual' } as const;
const FRESH = { depth: 'sweep', path: 'fresh' } as const;
const ids = Array.from({ length: MANY }, (_, n) => `db-${n}`);
const many = ids.map((id) => makeResource({ id }));

const resultOf = (report: (id: string) => ResourceReport): BatchResult => ({
  reports: new Map(ids.map((id) => [id, [report(id)]])),
  listings: [],
  tookMs: 7,
  broken: null,
});
const GOOD = resultOf((id) => seen({ id }));
const GONE = resultOf((id) => unseen({ id }));

function newRoll(): Roll {
  const roll = new Roll(many, new Map(), START);
  for (const id of ids) roll.look(id, GOOD.reports.get(id) ?? [], SWEEP, after(1000), 7);
  return roll;
}

describe('a batch that is judged a slice at a time', () => {
  it('changes nothing until all of it is judged, and comes to what judging it in one go would have come to', () => {
    const [sliced, whole] = [newRoll(), newRoll()];
    for (const [turn, result] of [GOOD, GOOD, GONE, GOOD, GONE, GONE, GOOD].entries()) {
      const at = after(2000 * (turn + 1));
      const before = new Map(sliced.records);
      const foresight = new Foresight(sliced, many, result, SWEEP, at);
      let slices = 1;
      for (; foresight.work(at); slices++) assert.deepEqual(sliced.records, before);
      assert.equal(slices, 3);
      const [told, expected] = [foresight.take(), ids.flatMap((id) => whole.look(id, result.reports.get(id) ?? [], SWEEP, at, 7) ?? [])];
      assert.deepEqual(told, expected);
      assert.deepEqual(sliced.glances(), whole.glances());
    }
    assert.deepEqual(sliced.records, whole.records);
  });

  for (const { what, between } of [
    {
      what: 'another look at one of them',
      between: (roll: Roll) => void roll.look('db-3', [unseen({ id: 'db-3' })], FRESH, after(6500), 1),
    },
    { what: 'the end of a stall', between: (roll: Roll) => roll.resumed(after(6500)) },
    { what: 'a reader', between: (roll: Roll) => void roll.records.size },
    { what: 'an episode', between: (roll: Roll) => void roll.nextEpisode('db-3', 'lost') },
    { what: 'one that is pinned anew', between: (roll: Roll) => roll.forget('db-3') },
  ])
    for (const [answer, result] of [
      ['the same again', GOOD],
      ['losses', GONE],
    ] as const)
      it(`takes ${what} into account that came between two slices of ${answer}`, () => {
        const [sliced, whole] = [newRoll(), newRoll()];
        const [ended, now] = [after(6000), after(7000)];
        for (const roll of [sliced, whole]) for (const id of ids) roll.look(id, GOOD.reports.get(id) ?? [], SWEEP, after(4000), 7);
        const foresight = new Foresight(sliced, many, result, SWEEP, ended);
        let again = foresight.work(ended);
        between(sliced);
        between(whole);
        while (again) again = foresight.work(now);
        const told = foresight.take().flatMap(({ effects }) => effects);
        const expected = ids.flatMap((id) => whole.look(id, result.reports.get(id) ?? [], SWEEP, ended, 7)?.effects ?? []);
        assert.deepEqual(told, expected);
        assert.deepEqual(sliced.glances(), whole.glances());
      });

  it('comes to an end whatever changes meanwhile', () => {
    const roll = newRoll();
    const foresight = new Foresight(roll, many, GONE, SWEEP, after(6000));
    let slices = 0;
    for (; foresight.work(after(6000 + slices)); slices++) roll.resumed(after(6000 + slices));
    assert.ok(slices < 20, `${slices} slices`);
    const stale = roll.records.get('db-0');
    assert.equal(foresight.take().length, MANY);
    assert.notEqual(roll.records.get('db-0'), stale);
  });
});

describe('what happens while a batch is being judged', () => {
  let clock: FakeClock;
  let link: ScriptedLink;
  let pager: RecordingPager;
  let store: FlakyStore;
  let watch: Watch;
  beforeEach(async () => {
    [clock, link, pager, store] = [new FakeClock(), new ScriptedLink(), new RecordingPager('oncall'), new FlakyStore()];
    watch = await startWatch(makePlan(many, { link, pagers: [pager] }), clock, store);
    await clock.advance(5000);
  });
  afterEach(async () => {
    clock.between = () => {};
    const stopping = watch.stop();
    await clock.advance(5000);
    await stopping;
  });

  /** What the store would hold after a crash after each of these commits: records, and who is a member of an incident. */
  function* afterEachOf(
    changes: readonly Change[],
  ): Generator<{ readonly lost: readonly string[]; readonly members: ReadonlySet<string> }> {
    const lost = new Set<string>();
    const members = new Set<string>();
    for (const { resources, incidents } of changes) {
      for (const [id, record] of resources ?? []) if (record?.state.harm === 'lost') lost.add(id);
      for (const incident of incidents ?? []) for (const id of Object.keys(incident.members)) members.add(id);
      yield { lost: [...lost], members };
    }
  }

  it('is written down without any of it: no commit knows of a loss without its incident', async () => {
    let between = 0;
    link.answer = 'gone';
    clock.between = async () => {
      between++;
      await watch.claim({ by: 'agent', text: `all is well, ${between}`, about: ['elsewhere'] });
      assert.equal(
        new Set(watch.status().glances.map(({ verdict }) => verdict)).size,
        1,
        'what is told in between is all or nothing of it',
      );
    };
    await clock.advance(5000);
    assert.ok(between > 4, `${between} turns`);
    let commits = 0;
    for (const { lost, members } of afterEachOf(store.changes)) {
      for (const id of lost) assert.ok(members.has(id), `after commit ${++commits} ${id} is lost and in no incident`);
    }
    assert.deepEqual(pager.said, ['trigger first db-0 lost']);
    assert.equal(pager.letters[0]?.page.total, MANY);
  });

  it('does not begin the next sweep of the same before this one is judged', async () => {
    const looks = (): number => link.looks.filter(({ path }) => path === 'usual').length;
    const before = looks();
    let seen = 0;
    let release: () => void = () => {};
    clock.between = async () => {
      if (seen++ === 0) await new Promise<void>((resolve) => (release = resolve));
    };
    await clock.advance(20_000);
    assert.equal(looks(), before + 1, 'ten beats passed while one was judged');
    release();
    await clock.advance(4000);
    assert.ok(looks() > before + 1);
  });

  it('leaves to a new plan what the old one saw: a reload in between is not told of it', async () => {
    const next = new ScriptedLink();
    let reloaded: Promise<void> | undefined;
    link.answer = 'gone';
    clock.between = () => {
      reloaded ??= watch.reload(makePlan(many, { link: next, pagers: [pager] }));
    };
    await clock.advance(10_000);
    await reloaded;
    assert.ok(reloaded && next.looks.length > 0);
    assert.deepEqual(pager.said, []);
    assert.deepEqual([...new Set(watch.status().glances.map(({ verdict }) => verdict))], ['present']);
  });

  it('ends with it where the watch is stopped in between, with nothing of it written down', async () => {
    let stopped: Promise<void> | undefined;
    let over = false;
    link.answer = 'gone';
    clock.between = () => {
      stopped ??= watch.stop().finally(() => (over = true));
    };
    await clock.advance(10_000);
    assert.ok(stopped && over);
    assert.deepEqual(pager.said, []);
    for (const { lost } of afterEachOf(store.changes)) assert.deepEqual(lost, []);
  });
});

describe('a page', () => {
  it('leaves only once what it says is written down, whatever else is being written', async () => {
    const [clock, link, pager, store] = [new FakeClock(), new ScriptedLink(), new RecordingPager('oncall'), new FlakyStore()];
    const watch = await startWatch(makePlan([makeResource()], { link, pagers: [pager] }), clock, store);
    await clock.advance(5000);
    const commit = store.commit.bind(store);
    const waiting: (() => void)[] = [];
    store.commit = async (change) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return commit(change);
    };
    // A large commit is under way, and the loss is judged meanwhile.
    void watch.claim({ by: 'agent', text: 'all is well', about: [] });
    link.answer = 'gone';
    await clock.advance(10_000);
    assert.equal(waiting.length, 1);
    waiting.shift()?.();
    await clock.advance(0);
    assert.equal(waiting.length, 1, 'what is next to be written');
    assert.deepEqual(pager.said, [], 'nothing has left yet');
    waiting.shift()?.();
    await clock.advance(0);
    assert.deepEqual(pager.said, ['trigger first orders-db lost']);
    assert.ok(store.changes.some(({ posts }) => posts?.some(({ id }) => id === pager.letters[0]?.id)));
    store.commit = commit;
    for (const release of waiting) release();
    const stopping = watch.stop();
    await clock.advance(5000);
    await stopping;
  });
});
