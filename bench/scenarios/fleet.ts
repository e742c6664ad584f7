import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child, type Memory } from '../process.ts';
import { atMost, compare } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import type { SimulatedServers } from '../simulated-servers.ts';
import type { World } from '../world.ts';

const SCRIPT = fileURLToPath(new URL('../simulated-servers.ts', import.meta.url));
const SIZES = [100, 1000, 10_000] as const;
const SERVERS = 100;
/** A daemon that has just started is still being compiled. */
const SETTLE_MS = 30_000;
/** Issue B. */
const LIMITS = { small: 120, large: 200, linear: 1 };

interface Cost {
  /** Microseconds of CPU per resource and round. */
  readonly each: number;
  readonly memory: Memory;
}

/** Whether a round costs no more per resource, and what memory it takes, from 100 to 10,000 resources behind 100 servers simulated on loopback. */
export const fleet: Scenario = {
  name: 'fleet',
  sizes: [0],
  async measure(world) {
    const costs: Cost[] = [];
    for (const size of SIZES) costs.push(await watchFleet(world, size));
    const about = { scenario: 'fleet', on: `${SERVERS} simulated servers, sweep 1 s` };
    const rows = [];
    for (const [place, limits] of [
      [1, { rss: LIMITS.small, linear: undefined }],
      [2, { rss: LIMITS.large, linear: LIMITS.linear }],
    ] as const) {
      const [own, less] = [costs[place], costs[place - 1]];
      if (!own || !less) throw new Error('not all sizes were measured');
      const [name, floor] = [`${SIZES[place]} resources`, `${SIZES[place - 1]} resources`];
      const row = (figure: string, unit: string, of: (cost: Cost) => number, target?: { readonly says: string; readonly met: boolean }) =>
        compare({ ...about, figure, unit, ...(target && { target }) }, world.side(name, of(own)), world.side(floor, of(less)));
      rows.push(
        row(
          `CPU per resource and round, ${name}`,
          'us',
          ({ each }) => each,
          limits.linear === undefined ? undefined : atMost(limits.linear, 'x', own.each / less.each),
        ),
        row(`RSS, ${name}`, 'MiB', ({ memory }) => memory.rss, atMost(limits.rss, 'MiB', own.memory.rss)),
        row(`peak RSS, ${name}`, 'MiB', ({ memory }) => memory.peak),
      );
    }
    return rows;
  },
};

async function watchFleet(world: World, size: number): Promise<Cost> {
  const task: SimulatedServers = { servers: SERVERS, databases: size / SERVERS };
  const servers = new Child([SCRIPT], { BENCH_TASK: JSON.stringify(task) });
  try {
    const ports = await servers.says((line) => line['ports'] as number[] | undefined, 60_000);
    const urls = ports.map((port) => `postgres://anybody:anything@127.0.0.1:${port}/postgres`);
    const databases = Array.from({ length: task.databases }, (_, n) => `db_${n + 1}`);
    const daemon = await world.daemon(databases, { urls });
    try {
      const { seconds } = world.options;
      await sleep(Math.min(SETTLE_MS, seconds * 1000));
      const [before, began] = [await daemon.cpu(), performance.now()];
      await sleep(seconds * 1000);
      const used = (await daemon.cpu()) - before;
      return { each: (used / ((performance.now() - began) / 1000) / size) * 1e6, memory: await daemon.memory() };
    } finally {
      await daemon.end();
    }
  } finally {
    await servers.end();
  }
}
