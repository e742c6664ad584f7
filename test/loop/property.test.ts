import { array, assert as hold, constantFrom, integer, oneof, property, record, type Arbitrary } from 'fast-check';
import assert from 'node:assert/strict';
import { Desk } from '../../src/loop/desk.ts';
import { perform } from '../../src/loop/perform.ts';
import { Roll } from '../../src/loop/roll.ts';
import { Schedule } from '../../src/loop/schedule.ts';
import type { Page } from '../../src/core/page.ts';
import { wordPage } from '../../src/core/page-words.ts';
import type { BlindReason, Depth, Facet, ResourceReport } from '../../src/core/report.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { after, blindTo, makeCheck, makeResource, seen, START, unseen } from '../support/roll.ts';
import { makeIds, makePlan, NO_CRON } from '../support/watching.ts';

const RESOURCE = makeResource({ checks: [makeCheck()] });
const REASONS: readonly BlindReason[] = [
  'timeout',
  'unreachable',
  'denied',
  'throttled',
  'partial-answer',
  'wrong-caller',
  'stale-vantage',
  'protocol',
  'omitted',
  'threw',
];

interface Look {
  readonly wait: number;
  readonly depth: Depth;
  readonly path: 'usual' | 'fresh';
  readonly reports: readonly ResourceReport[];
}

/** What a probe says, through judge, the resource's machine and the incident's, to the pages: everything pure that is between the two. */
function pagesOf(looks: readonly Look[], confirm: number): Page[] {
  const resource = { ...RESOURCE, confirm };
  const pages: Page[] = [];
  const plan = makePlan([resource]);
  let at = START;
  const roll = new Roll([resource], new Map(), at);
  const schedule = new Schedule(
    [{ resource, group: 'pg\nserver', inspectionsPerMinute: undefined }],
    { cron: NO_CRON, random: createFakeRandom() },
    at,
  );
  const desk = new Desk(
    {
      manifest: 'm',
      watchdog: 'w',
      repeat: () => 900_000,
      pagersFor: () => ['oncall'],
      laterFor: () => undefined,
      newId: makeIds(),
      word: (incident, event, reason, now) => {
        const facts = { watchdog: 'w', event, reason, at: now, print: (id: string) => roll.print(id), head: null, statusUrl: undefined };
        const page = wordPage(incident, { ...facts, mass: roll.mass(incident.connection, incident.class) });
        pages.push(page);
        return page;
      },
    },
    [],
    [],
  );
  const world = { plan, schedule, roll, desk, witness: undefined };
  for (const { wait, depth, path, reports } of looks) {
    at = after(wait, at);
    const outcomes = [roll.look(RESOURCE.id, reports, { depth, path }, at, 1) ?? [], roll.tick(at)].flat();
    for (const { resource: one, effects } of outcomes) for (const effect of effects) perform(one, effect, at, world);
    desk.tick(at);
    desk.write(at);
  }
  return pages;
}

const lossPages = (pages: readonly Page[]): Page[] => pages.filter(({ dedup_key: key }) => key.includes('/lost/'));
const speaksOfLoss = (pages: readonly Page[]): boolean =>
  pages.some(({ summary, mass, resources }) =>
    [
      /is gone|are gone|EVERYTHING/.test(summary),
      mass?.is === 'lost',
      resources.some(({ verdict }) => /absent|impostor|doomed/.test(verdict)),
    ].some(Boolean),
  );

const FACETS: Record<Depth, readonly Facet[]> = { sweep: ['presence', 'identity'], inspect: ['content/t'] };
const whole = (depth: Depth): ResourceReport =>
  seen({ looked: FACETS[depth], measures: { rows: { value: 100, unit: 'rows', how: 'exact' } } });
/** Nothing it says could be a proof, however it is dressed up: no complete listing, no control, no report at all. */
const unproven = constantFrom(
  unseen({ listing: { ...unseen().listing, complete: false as true } }),
  unseen({ listing: { ...unseen().listing, control: undefined as never } }),
);
const wait = integer({ min: 0, max: 120_000 });
const path = constantFrom('usual' as const, 'fresh' as const);
const depth = constantFrom<Depth>('sweep', 'inspect');
/** Looks whose reports are made of these, at the depth that the look has. */
const looks = (reports: (depth: Depth) => Arbitrary<readonly ResourceReport[]>, maxLength: number): Arbitrary<Look[]> =>
  array(
    depth.chain((at) => record({ wait, path, depth: constantFrom(at), reports: reports(at) })),
    { maxLength },
  );
const blindly = (at: Depth): Arbitrary<readonly ResourceReport[]> =>
  oneof(
    constantFrom([whole(at)]),
    constantFrom(...REASONS).map((reason) => [blindTo(FACETS[at], reason)]),
    // Part of it seen, the rest not; and what contradicts itself.
    constantFrom(...REASONS).map((reason) => [blindTo(['presence'], reason), seen({ looked: ['identity'] })]),
    constantFrom([], [seen({ looked: [] })], [whole(at), unseen()]),
    unproven.map((report) => [report]),
  );
const anyhow = (at: Depth): Arbitrary<readonly ResourceReport[]> =>
  oneof(
    blindly(at),
    constantFrom([unseen()], [seen({ pin: { server: 'A', oid: '2' } })], [seen({ pin: { server: 'B', oid: '1' } })]),
    constantFrom([seen({ doom: { what: 'being dropped' } })]),
    constantFrom([seen({ looked: FACETS[at], measures: { rows: { value: 0, unit: 'rows', how: 'exact' } } })]),
  );
const confirm = integer({ min: 1, max: 4 });

describe('from reports to pages, in whatever order they come', function () {
  this.timeout(120_000);

  it('what was only seen equal or not seen at all never pages a loss, nor says a word of one', () => {
    hold(
      property(looks(blindly, 40), confirm, (given, count) => {
        const pages = pagesOf(given, count);
        assert.deepEqual(lossPages(pages), []);
        assert.equal(speaksOfLoss(pages), false);
      }),
      { numRuns: 300 },
    );
  });

  it('but is told as blindness once it lasted, and then only', () => {
    const day = Array.from(
      { length: 10 },
      () => ({ wait: 30_000, depth: 'sweep', path: 'usual', reports: [blindTo(FACETS.sweep)] }) as const,
    );
    assert.deepEqual(
      pagesOf(day, 2).map(({ dedup_key: key }) => key),
      ['rollcall/m/w/orders-db/blind/1'],
    );
    assert.deepEqual(pagesOf(day.slice(0, 4), 2), []);
  });

  it('a proven absence is paged, whatever came before it, at whatever depth it was proven', () => {
    hold(
      property(looks(anyhow, 25), confirm, depth, (before, count, at) => {
        const proof = Array.from({ length: Math.max(2, count) }, (_, nth): Look => {
          return { wait: 100, depth: at, path: nth === 0 ? 'usual' : 'fresh', reports: [unseen()] };
        });
        // Sweeps that go on listing it meanwhile change nothing of what inspections prove.
        const listed: Look = { wait: 50, depth: 'sweep', path: 'usual', reports: [whole('sweep')] };
        const mixed = at === 'inspect' ? proof.flatMap((look) => [look, listed, listed]) : proof;
        const pages = lossPages(pagesOf([...before, ...mixed], count));
        assert.ok(pages.length > 0);
        assert.ok(pages.some(({ event, severity }) => event === 'trigger' && severity === 'critical'));
        assert.ok(!['resolved', 'retired', 'repinned'].includes(pages.at(-1)?.reason ?? ''), 'and stands');
      }),
      { numRuns: 300 },
    );
  });

  it('and no number of looks that could not see takes it back', () => {
    const dark = (at: Depth) => constantFrom(...REASONS).map((reason) => [blindTo(FACETS[at], reason)]);
    hold(
      property(looks(dark, 40), confirm, depth, (later, count, at) => {
        const proof = Array.from({ length: Math.max(2, count) }, (): Look => ({
          wait: 100,
          depth: at,
          path: 'fresh',
          reports: [unseen()],
        }));
        // One good look at the end: what came before it has not been good for a minute.
        const back = (['sweep', 'inspect'] as const).map((one): Look => ({ wait: 100, depth: one, path: 'usual', reports: [whole(one)] }));
        const first: Look = { wait: 100, depth: 'sweep', path: 'usual', reports: [whole('sweep')] };
        const pages = lossPages(pagesOf([first, ...proof, ...later, ...back], count));
        assert.deepEqual(
          pages.filter(({ event }) => event === 'resolve'),
          [],
        );
        assert.equal(pages[0]?.event, 'trigger');
      }),
      { numRuns: 300 },
    );
  });

  it('an impostor is paged, whatever came before it, once the right one was ever seen', () => {
    hold(
      property(looks(anyhow, 20), confirm, (before, count) => {
        const first: Look = { wait: 100, depth: 'sweep', path: 'usual', reports: [whole('sweep')] };
        const other: Look = { wait: 100, depth: 'sweep', path: 'fresh', reports: [seen({ pin: { server: 'A', oid: '3' } })] };
        assert.ok(lossPages(pagesOf([first, ...before, ...Array.from({ length: count }, () => other)], count)).length > 0);
      }),
      { numRuns: 300 },
    );
  });
});
