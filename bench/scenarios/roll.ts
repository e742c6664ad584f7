import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDaemonFiles } from '../files.ts';
import { Child } from '../process.ts';
import { atMost, compare } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import type { SimulatedCost } from '../simulated-roll.ts';
import type { World } from '../world.ts';

const SCRIPT = fileURLToPath(new URL('../simulated-roll.ts', import.meta.url));
const SMALL = 1000;
const LARGE = 10_000;
const CONNECTIONS = 100;
/** Issue B. */
const LIMITS = { small: 120, large: 200, linear: 1 };

/** Memory, and whether a round over 10,000 resources costs no more than ten over 1,000: behind 100 simulated servers. */
export const roll: Scenario = {
  name: 'roll',
  sizes: [0],
  async measure(world) {
    const small = await simulate(world, SMALL);
    const large = await simulate(world, LARGE);
    const sides = { small: `${SMALL} resources`, large: `${LARGE} resources` };
    const about = { scenario: 'roll', on: `${CONNECTIONS} simulated servers, sweep 1 s` };
    const each = (cost: SimulatedCost, size: number): number => (cost.cpu / cost.seconds / size) * 1e6;
    const [one, ten] = [each(small, SMALL), each(large, LARGE)];
    return [
      compare(
        {
          ...about,
          figure: `round cost per resource, 10,000 (floor: ${sides.small})`,
          unit: 'us',
          target: atMost(LIMITS.linear, 'x', ten / one),
        },
        world.side(sides.large, ten),
        world.side(sides.small, one),
      ),
      compare(
        { ...about, figure: `RSS, 10,000 (floor: ${sides.small})`, unit: 'MiB', target: atMost(LIMITS.large, 'MiB', large.rss) },
        world.side(sides.large, large.rss),
        world.side(sides.small, small.rss),
      ),
      compare(
        { ...about, figure: `peak RSS, 10,000 (floor: ${sides.small})`, unit: 'MiB' },
        world.side(sides.large, large.peak),
        world.side(sides.small, small.peak),
      ),
    ];
  },
};

async function simulate(world: World, size: number): Promise<SimulatedCost> {
  const databases = Array.from({ length: size }, (_, n) => `db_${n + 1}`);
  const folder = join(world.folder, `roll-${size}`);
  const files = { manifest: world.run, url: world.url('rollcall'), pageUrl: world.receiver.url, databases, tripwires: new Set<string>() };
  const config = await writeDaemonFiles(folder, { ...files, connections: CONNECTIONS });
  const { seconds, profiles } = world.options;
  const args = profiles === undefined ? [SCRIPT] : ['--cpu-prof', '--cpu-prof-dir', profiles, SCRIPT];
  const child = new Child(args, { BENCH_TASK: JSON.stringify({ config, seconds }) });
  try {
    return await child.says((line) => line['cost'] as SimulatedCost | undefined, 120_000 + seconds * 1000);
  } finally {
    await child.end();
  }
}
