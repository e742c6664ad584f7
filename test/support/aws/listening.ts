import { openStore } from '../../../src/adapters/store-sqlite.ts';
import type { Watch } from '../../../src/loop/watch.ts';
import { FakeClock } from '../fake-clock.ts';
import { makeFolder } from '../folder.ts';
import { until } from '../until.ts';
import { makePlan, RecordingPager, startWatch } from '../watching.ts';
import { AwsWatcher, type AwsEntry } from './watcher.ts';

/** How often each sweep comes: a time that the moments of a test never add up to. */
export const SWEEP_MS = 20_000;

/** The whole watch over a real link, which has seen everything present once. Time moves only as it is told to. */
export interface Listening extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly pager: RecordingPager;
  readonly watch: Watch;
  /** Lets a moment pass at a time, `stepMs` each, until it is so. */
  come(done: () => boolean, what: string, stepMs?: number): Promise<void>;
}

/** `settings`: of a connection that names a queue of events. */
export async function startListening(settings: object, entries: readonly AwsEntry[]): Promise<Listening> {
  const folder = makeFolder();
  const store = await openStore(folder.path);
  const clock = new FakeClock(Date.now(), 0);
  const pager = new RecordingPager('oncall');
  const watcher = new AwsWatcher(settings, entries, clock);
  const roll = watcher.resources.map((resource) => ({ ...resource, sweep: { every: SWEEP_MS } }));
  const watch = await startWatch(makePlan(roll, { link: watcher.link, pagers: [pager] }), clock, store);
  const come: Listening['come'] = (done, what, stepMs = 1) =>
    until(() => {
      void clock.advance(stepMs);
      return done();
    }, what);
  await come(() => watch.status().resources.every(({ verdict }) => verdict === 'present'), 'the first sweep');
  return {
    clock,
    pager,
    watch,
    come,
    async [Symbol.asyncDispose]() {
      const over = { yes: false };
      void watch.stop().finally(() => (over.yes = true));
      await come(() => over.yes, 'the end');
      await watcher[Symbol.asyncDispose]();
      await store.close();
      folder.remove();
    },
  };
}
