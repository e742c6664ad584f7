import { setTimeout as sleep } from 'node:timers/promises';
import type { Child, Memory } from '../process.ts';
import { atMost, compare, type Row } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import { readLoad, since, type ServerLoad } from '../server-load.ts';
import type { Role, World } from '../world.ts';

/** Lets a process get over its start before its cost is counted, ms; no longer than what is counted. */
const SETTLE_MS = 5000;
/** It takes the machine whole, and needs no longer. */
const PEER_SECONDS = 20;
const PATIENCE_S = 60;
const FLOOR = 'one connection polling pg_database';
const PEER = 'a connection per database, as peers make';
/** Issue B. */
const LIMITS = { cpu: 0.02, rss: 120, connections: 0.01 };

interface Cost {
  readonly cpu: number;
  readonly seconds: number;
  readonly server: ServerLoad;
  readonly memory: Memory;
}

/** What watching costs: CPU and memory of the watcher, statements and connections on the watched server. */
export const load: Scenario = {
  name: 'load',
  sizes: [100, 1000],
  async measure(world, size) {
    const databases = await world.databases(size);
    const daemon = await world.daemon(databases);
    const floor = await world.floor('poll-catalogue', 'catalogue', { databases });
    const { seconds } = world.options;
    const [own, least] = await both(daemon, floor, async () => {
      await sleep(Math.min(SETTLE_MS, seconds * 1000));
      return Promise.all([cost(world, daemon, 'rollcall', 'listings'), cost(world, floor, 'catalogue', 'listings')]);
    });
    // By itself: it takes the machine whole, and would be measured in the other two.
    const peer = await world.floor('connect-each', 'peer', { databases });
    const each = await both(peer, undefined, () => cost(world, peer, 'peer', 'connections'));
    return rows(world, size, own, least, each);
  },
};

async function both<T>(a: Child, b: Child | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await Promise.all([a.end(), b?.end()]);
  }
}

/** `work`: what it does again and again. Counted until it was done once at least: a figure per check needs a check. */
async function cost(world: World, child: Child, role: Role, work: 'listings' | 'connections'): Promise<Cost> {
  const ms = (role === 'peer' ? Math.min(world.options.seconds, PEER_SECONDS) : world.options.seconds) * 1000;
  const [cpu, before, began] = [await child.cpu(), await readLoad(world, role), performance.now()];
  for (;;) {
    await sleep(ms);
    const [used, server] = [(await child.cpu()) - cpu, since(await readLoad(world, role), before)];
    const seconds = (performance.now() - began) / 1000;
    if (server[work] > 0) return { cpu: used, server, seconds, memory: await child.memory() };
    if (seconds > PATIENCE_S) throw new Error(`${role} did nothing for ${PATIENCE_S} s`);
  }
}

function rows(world: World, size: number, own: Cost, least: Cost, each: Cost): Row[] {
  const about = { scenario: 'load', on: `${size} databases, sweep 1 s` };
  const perThousand = (value: number, checks: number): number => (value / checks) * 1000;
  const cpu = perThousand(own.cpu, own.server.listings * size);
  const perMinute = (value: number, { seconds }: Cost): number => (value / seconds) * 60;
  const row = (figure: string, unit: string, mine: number, other: number, floor: string, limit?: number): Row =>
    compare(
      { ...about, figure, unit, ...(limit !== undefined && { target: atMost(limit, unit, mine) }) },
      world.side('rollcall', mine),
      world.side(floor, other),
    );
  const connections = { mine: perMinute(own.server.connections, own), peers: perMinute(each.server.connections, each) };
  return [
    row('CPU per 1,000 checks', 's', cpu, perThousand(least.cpu, least.server.listings * size), FLOOR, LIMITS.cpu),
    row('CPU per 1,000 checks', 's', cpu, perThousand(each.cpu, each.server.connections), PEER),
    row('sweeps per minute', '', perMinute(own.server.listings, own), perMinute(least.server.listings, least), FLOOR),
    row('RSS', 'MiB', own.memory.rss, least.memory.rss, FLOOR, size === 1000 ? LIMITS.rss : undefined),
    row('PSS', 'MiB', own.memory.pss, least.memory.pss, FLOOR),
    row('peak RSS', 'MiB', own.memory.peak, least.memory.peak, FLOOR),
    row(
      'server time in statements per 1,000 checks',
      's',
      perThousand(own.server.seconds, own.server.listings * size),
      perThousand(least.server.seconds, least.server.listings * size),
      FLOOR,
    ),
    row('statements per minute', '', perMinute(own.server.statements, own), perMinute(least.server.statements, least), FLOOR),
    row('statements per minute', '', perMinute(own.server.statements, own), perMinute(each.server.statements, each), PEER),
    row('connections per minute', '', connections.mine, connections.peers, PEER, connections.peers * LIMITS.connections),
  ];
}
