/**
 * A day of the daemon's own loop on a clock that is moved by hand: real files, judging, store and ledger; the server is simulated. Says as one
 * line of JSON how the heap stood at each hour and how far a sweep ever was from its beat. Wants `--expose-gc`.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../src/adapters/store-sqlite.ts';
import { createNodeCron } from '../src/adapters/cron-node.ts';
import { systemRandom } from '../src/adapters/random-system.ts';
import { filesContext, makePlan } from '../src/app.ts';
import { readFiles } from '../src/files.ts';
import { Watch } from '../src/loop/watch.ts';
import { ulid } from '../src/values/ulid.ts';
import { FakeClock } from '../test/support/fake-clock.ts';
import { SILENT } from '../test/support/watching.ts';
import { simulateLink } from './simulated-link.ts';

export interface SimulatedDay {
  /** MiB in use after a collection, at the end of each hour. */
  readonly heap: readonly number[];
  /** Bytes of the store's files at the end of each hour. */
  readonly stored: readonly number[];
  readonly sweeps: number;
  /** Of all sweeps the most, from the beat of the first one, ms. */
  readonly furthest: number;
}

/** The write-ahead log is counted too: it grows to its limit and no further. */
function bytesOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

const HOUR_MS = 3_600_000;
const BEAT_MS = 1000;

const { config, hours } = JSON.parse(process.env['BENCH_TASK'] ?? '{}') as { config: string; hours: number };
const context = { env: {}, cwd: process.cwd(), out: process.stdout };
const files = await readFiles(config, filesContext(context));
const clock = new FakeClock();
const plan = makePlan(files, context, clock);
const sweeps = { count: 0, first: 0, furthest: 0 };
const link = simulateLink(clock, () => {
  const at = clock.now().steady;
  if (sweeps.count++ === 0) sweeps.first = at;
  const off = (at - sweeps.first) % BEAT_MS;
  sweeps.furthest = Math.max(sweeps.furthest, Math.min(off, BEAT_MS - off));
});
const groups = new Map([...plan.groups].map(([name, group]) => [name, { ...group, link }]));
const store = await openStore(files.config.watchdog.state, { turn: () => clock.turn() });
const watch = new Watch(
  'bench',
  { ...plan, groups },
  {
    clock,
    turn: () => clock.turn(),
    random: systemRandom,
    cron: await createNodeCron(),
    log: SILENT,
    store,
    heartbeat: undefined,
    newId: (at) => ulid(at.wall, systemRandom.bytes(10)),
  },
  await store.load(),
);
const running = watch.run();
const heap: number[] = [];
const stored: number[] = [];
for (let hour = 1; hour <= hours; hour++) {
  await clock.advance(HOUR_MS);
  globalThis.gc?.();
  heap.push(process.memoryUsage().heapUsed / 2 ** 20);
  stored.push(bytesOf(files.config.watchdog.state));
}
if (!watch.status().ready) throw new Error(`not ready: ${watch.status().why.join('; ')}`);
const stopping = watch.stop();
await clock.advance(10_000);
await stopping;
await running;
await store.close();
const day: SimulatedDay = { heap, stored, sweeps: sweeps.count, furthest: sweeps.furthest };
process.stdout.write(`${JSON.stringify({ day })}\n`);
