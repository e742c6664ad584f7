import { fileURLToPath } from 'node:url';
import { CLI } from '../daemon.ts';
import { timeRun } from '../process.ts';
import { compare } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';

const EMPTY = fileURLToPath(new URL('../floors/empty.js', import.meta.url));
/** Issue B: how much longer than an empty script a check of one resource may take, ms. */
const OVER_MS = 150;

/** `rollcall check ID` of one database as a whole process, beside an empty script. */
export const check: Scenario = {
  name: 'check',
  sizes: [1],
  async measure(world, size) {
    const databases = await world.databases(size);
    const config = await world.files(databases);
    const took = { check: [] as number[], empty: [] as number[] };
    // One of each first, unmeasured: neither side shall pay for reading its files from the disk.
    for (let n = 0; n <= world.options.starts; n++) {
      const empty = await timeRun([EMPTY]);
      const checked = await timeRun([CLI, '-c', config, 'check', ...databases]);
      if (n === 0) continue;
      took.empty.push(empty);
      took.check.push(checked);
    }
    const [own, empty] = [median(took.check), median(took.empty)];
    const over = own - empty;
    return [
      compare(
        {
          scenario: 'check',
          on: '1 database, whole process',
          figure: `median (${Math.round(over)} ms over the floor)`,
          unit: 'ms',
          target: { says: `<= floor + ${OVER_MS} ms`, met: over <= OVER_MS },
        },
        world.side('rollcall', own, took.check),
        world.side('an empty script', empty, took.empty),
      ),
    ];
  },
};
