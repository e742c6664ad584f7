import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createSystemClock } from '../../src/adapters/clock-system.ts';
import { expectedFacets, type Resource } from '../../src/core/expectation.ts';
import { BLANK } from '../../src/core/memory.ts';
import type { Depth, Report, ResourceReport, Unseen, WholeListing } from '../../src/core/report.ts';
import { judge } from '../../src/core/verdict.ts';
import { runBatch, toWanted } from '../../src/loop/batch.ts';
import type { Link } from '../../src/probe.ts';

/** One happening at the provider, made real: a server stopped, a right taken away, a folder emptied. */
export interface Scenario extends AsyncDisposable {
  /** A link of the probe's own, opened over a real server or real files. Closed by whoever made it, in `dispose`. */
  readonly link: Link;
  /** Roll entries of the probe's own kinds, compiled; they are asked for together. */
  readonly resources: readonly Resource[];
  /** Ids whose presence is what the scenario is about; all where it does not say. */
  readonly about?: readonly string[];
}

/** What a probe's author makes real. What cannot be made on this machine resolves with undefined, and says so. */
export interface ProbeScenarios {
  /** Every resource is there and can be looked at, at both depths. */
  answers(): Promise<Scenario>;
  /** Those it is about are not there; others are, or a built-in is. */
  lacks(): Promise<Scenario | undefined>;
  /** The credential is refused, or lacks the right. */
  denies(): Promise<Scenario | undefined>;
  /** The provider takes the question and never answers. */
  hangs(): Promise<Scenario | undefined>;
  /** The first of the resources is answered, then nothing more comes. */
  yieldsThenHangs(): Promise<Scenario | undefined>;
  /** Nothing answers there at all. */
  unreachable(): Promise<Scenario | undefined>;
  /** Texts that must appear nowhere: passwords, tokens, row contents. */
  readonly secrets: readonly string[];
}

const CLOCK = createSystemClock(0);
/** The contract's 100 ms, and what a loaded machine adds: less than any look takes by its own timeout, which is 3 s at the least. */
const SETTLES_WITHIN_MS = 100 + 2500;
const DEPTHS: readonly Depth[] = ['sweep', 'inspect'];

/** What every probe must do, whatever it looks at. */
export function testProbe(name: string, make: () => Promise<ProbeScenarios>): void {
  describe(`the probe ${name}`, function () {
    this.timeout(120_000);
    let scenarios: ProbeScenarios;
    before(async () => {
      scenarios = await make();
    });

    const collect = async ({ link, resources }: Scenario, depth: Depth = 'sweep', path: 'usual' | 'fresh' = 'usual'): Promise<Report[]> => {
      const signal = AbortSignal.timeout(100_000);
      const reports = (await Array.fromAsync(link.collect(resources.map(toWanted), { depth, path, signal }))).flat();
      const text = inspect(reports, { depth: null }) + JSON.stringify(reports);
      for (const secret of scenarios.secrets) assert.ok(!text.includes(secret), 'a secret in a report');
      return reports;
    };
    const needs = async (scenario: Promise<Scenario | undefined>): Promise<Scenario> => {
      const made = await scenario;
      if (!made) throw new CannotBeMade();
      return made;
    };
    /** Like `it`, and passes with a note where the scenario cannot be made here. */
    const when = (title: string, scenario: () => Promise<Scenario | undefined>, check: (made: Scenario) => Promise<void>): void => {
      it(title, async function () {
        try {
          await using made = await needs(scenario());
          await check(made);
        } catch (error) {
          if (!(error instanceof CannotBeMade)) throw error;
          if (this.test) this.test.title += ' (cannot be made on this machine)';
        }
      });
    };

    for (const path of ['usual', 'fresh'] as const)
      when(
        `answers: speaks for every wanted facet once, at the depth asked, on a ${path} path`,
        () => scenarios.answers(),
        async (made) => {
          for (const depth of DEPTHS) {
            const reports = await collect(made, depth, path);
            for (const resource of made.resources) {
              assertSpokenOnce(resource, reports, depth);
              const judged = judgeIt(resource, reports, depth, path);
              assert.deepEqual(
                judged.filter((word) => word !== 'good'),
                [],
                `${resource.id} at ${depth}`,
              );
            }
          }
        },
      );

    when(
      'lacks: what is not there rests on a whole listing with a control',
      () => scenarios.lacks(),
      async (made) => {
        const reports = await collect(made);
        for (const resource of aboutOf(made)) {
          const report = unseenIn(reports, resource);
          assert.equal(report.listing.complete, true);
          assert.ok(report.listing.control, 'no control');
          assert.ok(report.listing.pages >= 1);
          assert.deepEqual(judgeIt(resource, reports, 'sweep'), ['lost absent']);
        }
      },
    );

    when(
      'lies: the same listing without its control, or without its last page, is blind',
      () => scenarios.lacks(),
      async (made) => {
        const reports = await collect(made, 'sweep', 'fresh');
        for (const resource of aboutOf(made)) {
          const report = unseenIn(reports, resource);
          for (const cut of [{ control: undefined }, { complete: false }]) {
            const forged: Unseen = { ...report, listing: { ...report.listing, ...cut } as WholeListing };
            const judged = judgeIt(resource, [forged], 'sweep');
            assert.ok(judged[0] === 'blind partial-answer' && judged.every((word) => word.startsWith('blind')), judged.join());
          }
          assert.ok(
            judgeIt(resource, [], 'sweep').every((word) => word === 'blind omitted'),
            'omitted is blind',
          );
        }
      },
    );

    for (const [word, scenario] of [
      ['denies', () => scenarios.denies()],
      ['is unreachable', () => scenarios.unreachable()],
    ] as const)
      when(`${word}: blind to what it cannot see, never absent`, scenario, async (made) => {
        for (const path of ['usual', 'fresh'] as const) {
          const reports = await collect(made, 'sweep', path);
          assert.deepEqual(
            reports.filter(({ kind }) => kind === 'unseen'),
            [],
          );
          for (const resource of aboutOf(made)) {
            assertSpokenOnce(resource, reports, 'sweep');
            const judged = judgeIt(resource, reports, 'sweep');
            assert.ok(judged.some((one) => one.startsWith('blind')) && !judged.some((one) => one.startsWith('lost')), judged.join());
            if (word === 'denies') assert.ok(judged.includes('blind denied'), judged.join());
          }
        }
      });

    when(
      'hangs: ends within 100 ms of an abort, and nobody is called absent',
      () => scenarios.hangs(),
      async (made) => {
        const over = new AbortController();
        const reports: Report[] = [];
        const collecting = (async () => {
          for await (const said of made.link.collect(made.resources.map(toWanted), {
            depth: 'sweep',
            path: 'usual',
            signal: over.signal,
          }))
            reports.push(...[said].flat());
        })().catch(() => {});
        await CLOCK.sleep(300);
        const began = performance.now();
        over.abort(new Error('enough'));
        await collecting;
        const took = performance.now() - began;
        assert.ok(took <= SETTLES_WITHIN_MS, `settled after ${Math.round(took)} ms`);
        assert.deepEqual(
          reports.filter(({ kind }) => kind === 'unseen'),
          [],
        );
      },
    );

    when(
      'holds what it can: names nobody who is not wanted, and lets go when it is told to',
      () => scenarios.answers(),
      async (made) => {
        const over = new AbortController();
        const wanted = made.resources.map(toWanted);
        const named: string[] = [];
        const holding = (async () => {
          for await (const said of made.link.hold?.(wanted, over.signal) ?? []) if ('ids' in said) named.push(...said.ids);
        })();
        await CLOCK.sleep(300);
        over.abort(new Error('enough'));
        await holding;
        assert.deepEqual(
          named.filter((id) => !wanted.some((one) => one.id === id)),
          [],
        );
      },
    );

    when(
      'an abort before the first word ends it too',
      () => scenarios.answers(),
      async (made) => {
        const gone = AbortSignal.abort(new Error('too late'));
        const began = performance.now();
        await Array.fromAsync(made.link.collect(made.resources.map(toWanted), { depth: 'sweep', path: 'usual', signal: gone })).catch(
          () => [],
        );
        assert.ok(performance.now() - began <= SETTLES_WITHIN_MS);
        for (const resource of made.resources) assertSpokenOnce(resource, await collect(made), 'sweep');
      },
    );

    when(
      'yields then hangs: what was said stands, the rest is blind',
      () => scenarios.yieldsThenHangs(),
      async (made) => {
        // Patience begins to run out with the first word, however long a busy machine takes for that.
        const said = Promise.withResolvers<undefined>();
        const link: Link = {
          close: () => made.link.close(),
          async *collect(wanted, look) {
            for await (const reports of made.link.collect(wanted, look)) {
              yield reports;
              if ([reports].flat().some(({ kind }) => kind === 'seen')) said.resolve(undefined);
            }
          },
        };
        const patience = 1500;
        const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
          if (ms === patience) await said.promise;
          await CLOCK.sleep(ms, signal);
        };
        const bounds = { clock: { now: () => CLOCK.now(), sleep }, patience, signal: new AbortController().signal };
        const { reports, tookMs } = await runBatch(link, made.resources, { depth: 'sweep', path: 'usual' }, bounds);
        assert.ok(tookMs < 30_000, `${tookMs} ms`);
        const words = made.resources.map((resource) => judgeIt(resource, reports.get(resource.id) ?? [], 'sweep'));
        const seen = words.filter((one) => one.every((word) => word === 'good'));
        const blind = words.filter((one) => one.some((word) => word.startsWith('blind')));
        assert.ok(seen.length > 0 && blind.length > 0 && seen.length + blind.length === words.length, JSON.stringify(words));
      },
    );

    when(
      'throws nothing, whatever it meets: a closed link included',
      () => scenarios.answers(),
      async (made) => {
        await made.link.close();
        const bounds = { clock: CLOCK, patience: 3000, signal: new AbortController().signal };
        const { reports } = await runBatch(made.link, made.resources, { depth: 'sweep', path: 'usual' }, bounds);
        for (const resource of made.resources)
          assert.ok(!judgeIt(resource, reports.get(resource.id) ?? [], 'sweep').some((word) => word.startsWith('lost')));
        await made.link.close();
      },
    );
  });
}

class CannotBeMade extends Error {}

function aboutOf({ resources, about }: Scenario): readonly Resource[] {
  return about ? resources.filter(({ id }) => about.includes(id)) : resources;
}

function ofResource(reports: readonly Report[], { id }: Resource): ResourceReport[] {
  return reports.filter((report): report is ResourceReport => report.kind !== 'listing' && report.id === id);
}

function unseenIn(reports: readonly Report[], resource: Resource): Unseen {
  const report = ofResource(reports, resource).find((one) => one.kind === 'unseen');
  assert.ok(report?.kind === 'unseen', `${resource.id} is not unseen: ${JSON.stringify(ofResource(reports, resource))}`);
  return report;
}

/** Each facet due at this depth is spoken for by exactly one report; what is unseen has no other. */
function assertSpokenOnce(resource: Resource, reports: readonly Report[], depth: Depth): void {
  const own = ofResource(reports, resource);
  if (own.some(({ kind }) => kind === 'unseen')) return assert.equal(own.length, 1, `${resource.id} is unseen and something else`);
  const spoken = own.flatMap((report) => (report.kind === 'seen' ? report.looked : report.kind === 'blind' ? report.facets : []));
  const due = [...expectedFacets(resource)].flatMap(([facet, at]) => (at === depth ? [facet] : []));
  for (const facet of due) assert.equal(spoken.filter((one) => one === facet).length, 1, `${resource.id}: ${facet} spoken for at ${depth}`);
}

/** What each facet comes to, in a word: `good`, `lost absent`, `blind denied`, `breach`. */
function judgeIt(resource: Resource, reports: readonly Report[], depth: Depth, path: 'usual' | 'fresh' = 'usual'): string[] {
  return judge(resource, ofResource(reports, resource), BLANK, { depth, path }).map(({ outcome }) =>
    outcome.is === 'lost' ? `lost ${outcome.how}` : outcome.is === 'blind' ? `blind ${outcome.reason}` : outcome.is,
  );
}
