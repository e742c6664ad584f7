import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '../../src/core/page.ts';
import { Child } from '../process.ts';
import { atMost, compare } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import type { SimulatedServers } from '../simulated-servers.ts';
import type { World } from '../world.ts';

const SCRIPT = fileURLToPath(new URL('../simulated-servers.ts', import.meta.url));
const ALL = 5000;
/** Longer than members may join the first page. */
const LATE_MS = 75_000;
const PATIENCE_MS = 60_000;
/** Issue C. */
const LIMITS = { seconds: 1, pages: 3 };

interface Found {
  /** From the second answer without them, which is before the verdict, to the page, s. */
  readonly seconds: number;
  readonly pages: number;
  readonly named: number;
}

/** Everything on one server lost within one sweep: how soon the first page is there, how many follow, and whether all are named behind its link. */
export const mass: Scenario = {
  name: 'mass',
  sizes: [0],
  async measure(world) {
    const one = await lose(world, 1);
    const all = await lose(world, ALL);
    const about = { scenario: 'mass', on: `${ALL} databases of one simulated server` };
    const row = (figure: string, unit: string, of: (found: Found) => number, target: { readonly says: string; readonly met: boolean }) =>
      compare({ ...about, figure, unit, target }, world.side('all lost', of(all)), world.side('1 of 1 lost', of(one)));
    return [
      row('second look to first page', 's', ({ seconds }) => seconds, atMost(LIMITS.seconds, 's', all.seconds)),
      row('pages', '', ({ pages }) => pages, atMost(LIMITS.pages, '', all.pages)),
      row('named behind the link', '', ({ named }) => named, { says: `= ${ALL}`, met: all.named === ALL }),
    ];
  },
};

async function lose(world: World, count: number): Promise<Found> {
  const task: SimulatedServers = { servers: 1, databases: count };
  const server = new Child([SCRIPT], { BENCH_TASK: JSON.stringify(task) });
  try {
    const [port] = await server.says((line) => line['ports'] as number[] | undefined, PATIENCE_MS);
    const databases = Array.from({ length: count }, (_, n) => `db_${n + 1}`);
    const daemon = await world.daemon(databases, { urls: [`postgres://anybody:anything@127.0.0.1:${port}/postgres`] });
    try {
      // As long as it takes to be compiled: a loss seldom comes in a daemon's first seconds.
      await sleep(world.options.seconds * 1000);
      const from = world.receiver.requests.length;
      const told = server.says((line) => line['told'] as number | undefined, PATIENCE_MS);
      process.kill(server.pid, 'SIGUSR2');
      const began = await told;
      const first = (await world.receiver.received(from + 1))[from];
      if (!first) throw new Error('no page arrived');
      await sleep(LATE_MS);
      const pages = world.receiver.requests.slice(from).map(({ body }) => body as Page);
      return { seconds: (first.at - began) / 1000, pages: pages.length, named: await named(pages) };
    } finally {
      await daemon.end();
    }
  } finally {
    await server.end();
  }
}

/** Resources named by the incidents that the pages link to. */
async function named(pages: readonly Page[]): Promise<number> {
  const all = new Set<string>();
  for (const link of new Set(pages.flatMap(({ links }) => links.status ?? []))) {
    const answer = await fetch(link, { headers: { accept: 'application/json' } });
    if (answer.ok) for (const id of Object.keys(((await answer.json()) as { members: object }).members)) all.add(id);
  }
  return all.size;
}
