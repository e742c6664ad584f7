import { fileURLToPath } from 'node:url';
import { Child } from '../process.ts';
import { atMost, compare } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import type { SimulatedDay } from '../simulated-day.ts';

const SCRIPT = fileURLToPath(new URL('../simulated-day.ts', import.meta.url));
const RESOURCES = 20;
/** More than this above an early hour is no longer flat. */
const FLAT = 1.05;
/** One beat a second, and room for the first look on a fresh path. */
const SPARE = 2;
const PATIENCE_MS = 1_200_000;

/** Whether memory stays flat and sweeps keep their beat over a day of the loop, on a clock moved by hand. */
export const day: Scenario = {
  name: 'day',
  sizes: [0],
  async measure(world) {
    const { hours } = world.options;
    const config = await world.files(Array.from({ length: RESOURCES }, (_, n) => `db_${n + 1}`));
    const child = new Child(['--expose-gc', SCRIPT], { BENCH_TASK: JSON.stringify({ config, hours }) });
    try {
      const { heap, sweeps, furthest } = await child.says((line) => line['day'] as SimulatedDay | undefined, PATIENCE_MS);
      const about = { scenario: 'day', on: `${RESOURCES} resources, sweep 1 s, ${hours} simulated hours` };
      // The first hours hold the compiler's own growth.
      const early = Math.min(2, heap.length - 1);
      const [last, before] = [heap.at(-1) ?? Number.NaN, heap[early] ?? Number.NaN];
      const beats = hours * 3600;
      return [
        compare(
          { ...about, figure: 'heap after a collection, last hour', unit: 'MiB', target: atMost(FLAT, 'x', last / before) },
          world.side(`hour ${hours}`, last, heap),
          world.side(`hour ${early + 1}`, before),
        ),
        compare(
          { ...about, figure: 'sweeps', unit: '', target: atMost(SPARE, 'off', Math.abs(sweeps - beats)) },
          world.side('rollcall', sweeps),
          world.side('one a second', beats),
        ),
        compare(
          { ...about, figure: 'furthest from the beat of the first sweep', unit: 'ms', target: atMost(1, 'ms', furthest) },
          world.side('rollcall', furthest),
          world.side('its beat', 0),
        ),
      ];
    } finally {
      await child.end();
    }
  },
};
