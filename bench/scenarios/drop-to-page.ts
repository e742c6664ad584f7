import { setTimeout as sleep } from 'node:timers/promises';
import { arrival, pageAbout, postAbout } from '../arrival.ts';
import { atMost, compare, type Row } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';
import { ROLES, type World } from '../world.ts';

const SWEEP_MS = 1000;
const PATIENCE_MS = 20_000;
/** Issue B: what rollcall may add to the phase of its sweep. */
const SLACK = { median: 0.3, max: 0.6, tripwire: 0.3 };

interface Latencies {
  /** Seconds from the return of each DROP. */
  readonly rollcall: number[];
  readonly floor: number[];
}

/** Seconds from the return of `DROP DATABASE ... WITH (FORCE)` to the page at a loopback receiver, swept and with a tripwire. */
export const dropToPage: Scenario = {
  name: 'drop-to-page',
  sizes: [1, 100, 1000],
  async measure(world, size) {
    const swept = await series(world, size, 'catalogue');
    const tripped = await series(world, size, 'held');
    const databases = `${size} database${size === 1 ? '' : 's'}`;
    return [
      ...rows(world, `${databases}, sweep 1 s`, 'one connection polling pg_database', swept, {
        median: SWEEP_MS / 2000 + SLACK.median,
        max: SWEEP_MS / 1000 + SLACK.max,
      }),
      ...rows(world, `${databases}, tripwire`, 'a held connection that notices its end', tripped, { max: SLACK.tripwire }),
    ];
  },
};

/** Drops in daemons' lives of as many drops as there are databases: a dropped one that is made again is another. */
async function series(world: World, size: number, floor: 'catalogue' | 'held'): Promise<Latencies> {
  const found: Latencies = { rollcall: [], floor: [] };
  while (found.rollcall.length < world.options.drops)
    await life(world, size, Math.min(size, world.options.drops - found.rollcall.length), floor, found);
  return found;
}

async function life(world: World, size: number, drops: number, floor: 'catalogue' | 'held', found: Latencies): Promise<void> {
  const databases = await world.databases(size);
  const victims = databases.toSorted(() => Math.random() - 0.5).slice(0, drops);
  const daemon = await world.daemon(databases, floor === 'held' ? { tripwires: new Set(victims) } : {});
  try {
    const script = floor === 'held' ? 'hold-session' : 'poll-catalogue';
    const watcher = await world.floor(script, floor, { databases: floor === 'held' ? victims : databases });
    try {
      if (floor === 'held') await heldBy(world, drops);
      for (const name of victims) {
        await sleep(SWEEP_MS / 2 + Math.random() * 2 * SWEEP_MS);
        const from = world.receiver.requests.length;
        const dropped = await world.drop(name);
        const [page, post] = await Promise.all(
          [pageAbout(world.run, name), postAbout(world.run, name)].map((wanted) => arrival(world.receiver, from, wanted, PATIENCE_MS)),
        );
        found.rollcall.push(((page ?? Number.NaN) - dropped) / 1000);
        found.floor.push(((post ?? Number.NaN) - dropped) / 1000);
      }
    } finally {
      await watcher.end();
    }
  } finally {
    await daemon.end();
  }
}

/** Waits until rollcall holds as many sessions as it was told to, and its own beside them. */
async function heldBy(world: World, count: number): Promise<void> {
  const query = `SELECT count(*)::int AS held FROM pg_stat_activity WHERE usename = '${ROLES.rollcall}' AND datname <> 'postgres'`;
  for (const signal = AbortSignal.timeout(PATIENCE_MS); ; signal.throwIfAborted()) {
    const { rows } = await world.admin.query<{ held: number }>(query);
    if ((rows[0]?.held ?? 0) >= count) return;
    await sleep(50);
  }
}

function rows(world: World, on: string, floor: string, found: Latencies, most: { readonly median?: number; readonly max: number }): Row[] {
  const figures = { min: (all: number[]) => Math.min(...all), median, max: (all: number[]) => Math.max(...all) };
  return Object.entries(figures).map(([name, of]) => {
    const limit = name === 'median' ? most.median : name === 'max' ? most.max : undefined;
    const value = of(found.rollcall);
    return compare(
      {
        scenario: 'drop-to-page',
        on,
        figure: name,
        unit: 's',
        ...(limit !== undefined && { target: atMost(limit, 's', value) }),
      },
      world.side('rollcall', value, found.rollcall),
      world.side(floor, of(found.floor), found.floor),
    );
  });
}
