import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child } from '../process.ts';
import { atMost, compare, type Row } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import type { SimulatedServers } from '../simulated-servers.ts';
import { median } from '../statistics.ts';
import type { ViewersSaid, ViewersTask } from '../viewers.ts';
import type { World } from '../world.ts';

const SERVERS = 100;
const VIEWERS = 200;
/** With them and without them by turns, so that whatever else the machine does falls on both sides. */
const TURNS = 10;
const SETTLE_MS = 30_000;
/** Those who come have their first page behind them. */
const COME_MS = 3000;
const ASK_MS = 250;
/** Sweeps asked for at a time, each of another server. */
const ASKED = 5;
/** Issue F: less than 5 % of a sweep's latency. */
const LIMIT = 1.05;

interface Turn {
  /** How long sweeps took, ms, as the daemon says it of single resources. */
  readonly sweeps: readonly number[];
  /** Seconds of CPU a second. */
  readonly cpu: number;
}

/** What two hundred live viewers and a scrape a second cost the sweep, by turns in one daemon over ten thousand resources. */
export const viewers: Scenario = {
  name: 'viewers',
  sizes: [1000, 10_000],
  async measure(world, size) {
    const task: SimulatedServers = { servers: SERVERS, databases: size / SERVERS };
    const servers = new Child([script('simulated-servers')], { BENCH_TASK: JSON.stringify(task) });
    try {
      const ports = await servers.says((line) => line['ports'] as number[] | undefined, 60_000);
      const urls = ports.map((port) => `postgres://anybody:anything@127.0.0.1:${port}/postgres`);
      const databases = Array.from({ length: task.databases }, (_, n) => `db_${n + 1}`);
      const { daemon, url } = await world.daemonAt(databases, { urls });
      try {
        await sleep(Math.min(SETTLE_MS, world.options.seconds * 1000));
        const [alone, watched, said]: [Turn[], Turn[], ViewersSaid[]] = [[], [], []];
        const quiet = async (): Promise<void> => void alone.push(await measureTurn(world, daemon, url));
        const loud = async (): Promise<void> =>
          void said.push(await withViewers(url, async () => void watched.push(await measureTurn(world, daemon, url))));
        // Now one first, now the other: what grows or falls in the course of a run falls on both sides, too.
        for (let turn = 0; turn < TURNS; turn++) for (const take of turn % 2 === 0 ? [quiet, loud] : [loud, quiet]) await take();
        return rowsOf(world, size, { alone, watched, said });
      } finally {
        await daemon.end();
      }
    } finally {
      await servers.end();
    }
  },
};

function script(name: string): string {
  return fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
}

async function withViewers(url: string, measure: () => Promise<void>): Promise<ViewersSaid> {
  const task: ViewersTask = { url, viewers: VIEWERS };
  const crowd = new Child([script('viewers')], { BENCH_TASK: JSON.stringify(task) });
  try {
    await crowd.says((line) => (line['ready'] === true ? true : undefined), 60_000);
    await sleep(COME_MS);
    await measure();
    const said = crowd.says((line) => line['said'] as ViewersSaid | undefined, 30_000);
    process.kill(crowd.pid, 'SIGUSR2');
    return await said;
  } finally {
    await crowd.end();
  }
}

async function measureTurn(world: World, daemon: Child, url: string): Promise<Turn> {
  const sweeps: number[] = [];
  const [before, began] = [await daemon.cpu(), performance.now()];
  const elapsed = (): number => performance.now() - began;
  for (let asked = 0; elapsed() < (world.options.seconds * 1000) / TURNS; asked += ASKED) {
    for (let n = 0; n < ASKED; n++) {
      const id = `server-${((asked + n) % SERVERS) + 1}.db_1`;
      sweeps.push(await tookOf(new URL(`/api/v1/resources/${id}`, url)));
    }
    await sleep(ASK_MS);
  }
  return { sweeps, cpu: ((await daemon.cpu()) - before) / (elapsed() / 1000) };
}

/** Over a connection of its own: one that is kept may be closed by the daemon at the very moment it is used. */
async function tookOf(url: URL): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => get(url, { agent: false }, resolve).once('error', reject));
  return ((await json(response)) as { duration_ms: number }).duration_ms;
}

function rowsOf(
  world: World,
  size: number,
  { alone, watched, said }: { readonly alone: readonly Turn[]; readonly watched: readonly Turn[]; readonly said: readonly ViewersSaid[] },
): Row[] {
  const last = said.at(-1);
  if (!last || last.scrapes === 0 || last.pages < VIEWERS) throw new Error(`nobody looked: ${JSON.stringify(said)}`);
  const about = {
    scenario: 'viewers',
    on: `${size} resources behind ${SERVERS} simulated servers, ${VIEWERS} viewers and a scrape a second`,
  };
  const sweeps = (turns: readonly Turn[]): number[] => turns.flatMap((turn) => turn.sweeps);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const row = (figure: string, unit: string, of: (turns: readonly Turn[]) => number): Row => {
    const [own, floor] = [of(watched), of(alone)];
    return compare(
      { ...about, figure, unit },
      world.side('watched', own, sweeps(watched)),
      world.side('nobody looks', floor, sweeps(alone)),
    );
  };
  const pairs = watched.flatMap((turn, at) => {
    const beside = alone[at];
    return beside ? [median(turn.sweeps) / median(beside.sweeps)] : [];
  });
  // Of two turns one after the other, and the middle one of those: a moment in which the machine was busy elsewhere spoils one pair, not the figure.
  const ratio = median(pairs);
  const both = { ...about, figure: 'a sweep takes: of each two turns, the median', unit: 'x', target: atMost(LIMIT, 'x', ratio) };
  return [
    compare(both, world.side('watched', ratio, pairs), world.side('nobody looks', 1)),
    row('a sweep takes: median', 'ms', (turns) => median(sweeps(turns))),
    row('a sweep takes: mean', 'ms', (turns) => mean(sweeps(turns))),
    row('CPU of the daemon a second', 's', (turns) => mean(turns.map(({ cpu }) => cpu))),
  ];
}
