/**
 * A daemon's loop in a process of its own: real files, real manifest, real store, real judging; only the servers are simulated. Says as
 * one line of JSON what its rounds cost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../src/adapters/clock-system.ts';
import { createNodeCron } from '../src/adapters/cron-node.ts';
import { systemRandom } from '../src/adapters/random-system.ts';
import { openStore } from '../src/adapters/store-sqlite.ts';
import { filesContext, makePlan } from '../src/app.ts';
import { readFiles } from '../src/files.ts';
import { Watch } from '../src/loop/watch.ts';
import { ulid } from '../src/values/ulid.ts';
import { simulateLink } from './simulated-link.ts';

export interface SimulatedCost {
  /** CPU of all rounds, seconds. */
  readonly cpu: number;
  readonly seconds: number;
  /** MiB, at the end. */
  readonly rss: number;
  /** MiB, the most it ever was, reading the manifest included. */
  readonly peak: number;
}

const SETTLE_MS = 5000;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: (...said: unknown[]) => console.error(...said) };

const { config, seconds } = JSON.parse(process.env['BENCH_TASK'] ?? '{}') as { config: string; seconds: number };
const context = { env: {}, cwd: process.cwd(), out: process.stdout };
const files = await readFiles(config, filesContext(context));
const clock = createSystemClock(0);
const plan = makePlan(files, context, clock);
const groups = new Map([...plan.groups].map(([name, group]) => [name, { ...group, link: simulateLink(() => clock.now()) }]));
const store = await openStore(files.config.watchdog.state);
const watch = new Watch(
  'bench',
  { ...plan, groups },
  {
    clock,
    random: systemRandom,
    cron: await createNodeCron(),
    log: silent,
    store,
    heartbeat: undefined,
    newId: (at) => ulid(at.wall, systemRandom.bytes(10)),
  },
  await store.load(),
);
const running = watch.run();
await sleep(SETTLE_MS);
if (!watch.status().ready) throw new Error(`not ready: ${watch.status().why.join('; ')}`);
const [before, began] = [process.cpuUsage(), performance.now()];
await sleep(seconds * 1000);
const used = process.cpuUsage(before);
const cost: SimulatedCost = {
  cpu: (used.user + used.system) / 1e6,
  seconds: (performance.now() - began) / 1000,
  rss: process.memoryUsage.rss() / 2 ** 20,
  peak: process.resourceUsage().maxRSS / 1024,
};
await watch.stop();
await running;
await store.close();
process.stdout.write(`${JSON.stringify({ cost })}\n`);
