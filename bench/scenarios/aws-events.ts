import { setTimeout as sleep } from 'node:timers/promises';
import { withAccount } from '../account.ts';
import { arrival, pageAbout } from '../arrival.ts';
import { startDaemon } from '../daemon.ts';
import { compare } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';

const INSTANCES = 1000;
/** What the probe's page calls a good beat. */
const SWEEP_S = 30;
const PATIENCE_MS = 120_000;

/** Seconds from the deletion of an RDS instance to its page, of two daemons side by side: one listens to a queue of events, the other does not. */
export const awsEvents: Scenario = {
  name: 'aws-events',
  sizes: [0],
  async measure(world) {
    const heard: number[] = [];
    const swept: number[] = [];
    await withAccount(world, INSTANCES, SWEEP_S, async (account) => {
      const listening = await startDaemon(await account.files('/rollcall', true));
      const polling = await startDaemon(await account.files('/polled', false)).catch(async (error: unknown) => {
        await listening.daemon.end();
        throw error;
      });
      try {
        for (let n = 1; n <= world.options.drops; n++) {
          await sleep(Math.random() * SWEEP_S * 1000);
          const name = `db-${(n * 97) % INSTANCES}`;
          const from = world.receiver.requests.length;
          const removed = await account.remove(name);
          const [one, other] = await Promise.all(
            ['/rollcall', '/polled'].map((path) => arrival(world.receiver, from, pageAbout(world.run, name, path), PATIENCE_MS)),
          );
          heard.push(((one ?? Number.NaN) - removed) / 1000);
          swept.push(((other ?? Number.NaN) - removed) / 1000);
        }
      } finally {
        await Promise.all([listening.daemon.end(), polling.daemon.end()]);
      }
    });
    const figures = { min: (all: number[]) => Math.min(...all), median, max: (all: number[]) => Math.max(...all) };
    return Object.entries(figures).map(([figure, of]) =>
      compare(
        { scenario: 'aws-events', on: `${INSTANCES} instances, sweep ${SWEEP_S} s`, figure: `deletion to page, ${figure}`, unit: 's' },
        world.side('with events', of(heard), heard),
        world.side('without', of(swept), swept),
      ),
    );
  },
};
