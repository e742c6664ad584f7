import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withAccount, writeRoll, type Account } from '../account.ts';
import { CLI, startDaemon } from '../daemon.ts';
import { timeRun, type Child, type Memory } from '../process.ts';
import { atMost, compare, type Row } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';
import type { World } from '../world.ts';

const DELAY = new URL('../floors/loop-delay.js', import.meta.url).href;
const SIZES = [100, 1000, 10_000] as const;
const PAGE = 100;
/** Ten thousand take a few seconds at the pace that the probe keeps. */
const SWEEP_S = 10;
const SETTLE_MS = 30_000;
/** How long nothing else may be done, ms: a page or a heartbeat waits for so long. */
const HELD_MS = 250;

interface Cost {
  readonly callsPerSweep: number;
  /** Seconds of CPU for a sweep. */
  readonly cpu: number;
  readonly memory: Memory;
  /** The longest that the event loop was held, ms. */
  readonly held: number;
}

/** What a sweep of 100, 1,000 and 10,000 RDS instances of a simulated account costs, and how much later `check` is done for having to load AWS's clients. */
export const aws: Scenario = {
  name: 'aws',
  sizes: [0],
  async measure(world) {
    const rows: Row[] = [...(await coldStart(world))];
    const costs: Cost[] = [];
    for (const size of SIZES) costs.push(await withAccount(world, size, SWEEP_S, (account) => watch(world, account)));
    for (const [at, size] of SIZES.entries()) {
      const [own, less] = [costs[at], costs[Math.max(0, at - 1)]];
      if (!own || !less) throw new Error('not all sizes were measured');
      const about = { scenario: 'aws', on: `${size} instances, sweep ${SWEEP_S} s` };
      const smaller = `${SIZES[Math.max(0, at - 1)]} instances`;
      const row = (figure: string, unit: string, of: (cost: Cost) => number, target?: Row['target']) =>
        compare({ ...about, figure, unit, ...(target && { target }) }, world.side('rollcall', of(own)), world.side(smaller, of(less)));
      const fewest = Math.ceil(size / PAGE);
      rows.push(
        compare(
          { ...about, figure: 'calls per sweep', unit: '', target: atMost(fewest, '', own.callsPerSweep) },
          world.side('rollcall', own.callsPerSweep),
          world.side('pages', fewest),
        ),
        row('CPU per sweep', 's', ({ cpu }) => cpu),
        row('RSS', 'MiB', ({ memory }) => memory.rss),
        row('peak RSS', 'MiB', ({ memory }) => memory.peak),
        row('event loop held, at most', 'ms', ({ held }) => held, atMost(HELD_MS, 'ms', own.held)),
      );
    }
    return rows;
  },
};

async function watch(world: World, { config, calls }: Account): Promise<Cost> {
  const { daemon } = await startDaemon(config, ['--import', DELAY]);
  try {
    const { seconds } = world.options;
    await sleep(Math.min(SETTLE_MS, seconds * 1000));
    await heldBy(daemon);
    const [before, cpu] = [await calls(), await daemon.cpu()];
    await sleep(seconds * 1000);
    const [after, used] = [await calls(), await daemon.cpu()];
    const sweeps = after.listings - before.listings;
    return {
      callsPerSweep: after.calls,
      cpu: (used - cpu) / sweeps,
      memory: await daemon.memory(),
      held: await heldBy(daemon),
    };
  } finally {
    await daemon.end();
  }
}

/** How long its event loop was held at most since it was asked last, ms. */
async function heldBy(daemon: Child): Promise<number> {
  const said = daemon.says((line) => line['loop'] as { readonly max: number } | undefined, 10_000);
  process.kill(daemon.pid, 'SIGUSR2');
  return (await said).max;
}

/** `rollcall check` of one instance and of one folder, as whole processes, in turn. */
async function coldStart(world: World): Promise<Row[]> {
  return withAccount(world, 1, SWEEP_S, async ({ config }) => {
    const folder = await writeFolder(world);
    const took = { aws: [] as number[], folder: [] as number[] };
    for (let n = 0; n <= world.options.starts; n++) {
      const [without, loaded] = [await timeRun([CLI, '-c', folder, 'check']), await timeRun([CLI, '-c', config, 'check'])];
      // One of each first, unmeasured: neither side shall pay for reading its files from the disk.
      if (n === 0) continue;
      took.folder.push(without);
      took.aws.push(loaded);
    }
    return [
      compare(
        { scenario: 'aws', on: '1 instance, whole process', figure: 'check, with AWS kinds', unit: 'ms' },
        world.side('rollcall', median(took.aws), took.aws),
        world.side('a check of a folder', median(took.folder), took.folder),
      ),
    ];
  });
}

async function writeFolder(world: World): Promise<string> {
  const folder = join(world.folder, 'folder');
  await mkdir(folder, { recursive: true });
  const entries = [`  - { id: data, kind: file.volume, connection: disk, path: ${folder} }`];
  return writeRoll(world, folder, { connection: 'disk: { probe: file }', entries, sweepS: SWEEP_S });
}
