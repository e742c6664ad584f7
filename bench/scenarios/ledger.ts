import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyLedger } from '../../src/adapters/ledger-verify.ts';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { LedgerEntry } from '../../src/core/chain.ts';
import { makeRecord } from '../../test/support/store-fixtures.ts';
import { Child } from '../process.ts';
import { atMost, compare, type Row } from '../row.ts';
import type { Scenario } from '../scenario.ts';
import type { SimulatedDay } from '../simulated-day.ts';
import { median } from '../statistics.ts';
import type { World } from '../world.ts';

const DAY = fileURLToPath(new URL('../simulated-day.ts', import.meta.url));
const ENTRIES = 1_000_000;
const RESOURCES = 10_000;
const BLOCK = 1024;
const TURNS = 30;
const MIB = 2 ** 20;
const PATIENCE_MS = 1_200_000;
/** Issue D; a round's budget is its second. */
const LIMITS = { verify: 30, round: 1, growth: 20 };

/** What the record costs: to verify, to append to durably, and to keep. */
export const ledger: Scenario = {
  name: 'ledger',
  sizes: [0],
  async measure(world) {
    const store = await openStore(join(world.folder, 'ledger'));
    try {
      return [...(await appending(world, store)), await verifying(world, store), ...(await archiving(world, store)), await growing(world)];
    } finally {
      await store.close();
    }
  },
};

function entries(count: number): LedgerEntry[] {
  return Array.from({ length: count }, (_, n) => ({
    at: { wall: 1_700_000_000_000 + n, steady: n },
    kind: 'verdict',
    about: `db_${n}`,
    body: { verdict: 'absent', summary: `database db_${n} does not exist (asked pg_database, whole answer), 2 of 2 looks` },
  }));
}

async function appending(world: World, store: SqliteStore): Promise<Row[]> {
  await store.commit({ resources: new Map(Array.from({ length: RESOURCES }, (_, n) => [`db_${n}`, makeRecord(n)])) });
  const [one, none, all] = [[], [], []] as [number[], number[], number[]];
  const many = entries(RESOURCES);
  for (let turn = 0; turn < TURNS; turn++) {
    none.push(await seconds(() => store.commit({ meta: { turn: String(turn) } })));
    one.push(await seconds(() => store.commit({ ledger: many.slice(0, 1) })));
  }
  for (let turn = 0; turn < 5; turn++) all.push(await seconds(() => store.commit({ ledger: many })));
  const row = (figure: string, found: number[]) =>
    compare(
      { scenario: 'ledger', on: `${RESOURCES} resources`, figure, unit: 's', target: atMost(LIMITS.round, 's', median(found)) },
      world.side('with entries', median(found), found),
      world.side('one row without an entry', median(none), none),
    );
  return [row('durable commit of 1 entry', one), row(`durable commit of ${RESOURCES} entries`, all)];
}

async function verifying(world: World, store: SqliteStore): Promise<Row> {
  const batch = entries(RESOURCES);
  for (let head = await store.commit({}); (head?.seq ?? 0) < ENTRIES;) head = await store.commit({ ledger: batch });
  const read = await seconds(async () => {
    for (let from = 1; ;) {
      const page = await store.ledger(from, 1000);
      if (page.length === 0) return;
      from += page.length;
    }
  });
  const verified = await seconds(async () => {
    const { bad, entries: count } = await verifyLedger(store);
    if (bad || count < ENTRIES) throw new Error(`only ${count} entries were found good`);
  });
  return compare(
    { scenario: 'ledger', on: `${ENTRIES} entries`, figure: 'verify', unit: 's', target: atMost(LIMITS.verify, 's', verified) },
    world.side('every hash taken', verified),
    world.side('read only', read),
  );
}

/** The loop stands still while a block goes to its file; afterwards `verify` reads files for those entries. */
async function archiving(world: World, store: SqliteStore): Promise<Row[]> {
  const order = { folder: join(world.folder, 'archive'), before: Number.MAX_SAFE_INTEGER, at: { wall: 0, steady: 0 } };
  const [moved, rows, files] = [[], [], []] as [number[], number[], number[]];
  const block = async (nth: number): Promise<number> => seconds(() => store.ledger(nth * BLOCK + 1, BLOCK));
  for (let turn = 0; turn < TURNS; turn++) {
    rows.push(await block(turn));
    moved.push(await seconds(() => store.archive(order)));
    files.push(await block(turn));
  }
  const on = `${BLOCK} entries`;
  return [
    compare(
      { scenario: 'ledger', on, figure: 'move to an archive', unit: 's', target: atMost(LIMITS.round, 's', median(moved)) },
      world.side('written, read back and cut', median(moved), moved),
      world.side('read as rows', median(rows), rows),
    ),
    compare(
      { scenario: 'ledger', on, figure: 'read', unit: 's' },
      world.side('from an archive', median(files), files),
      world.side('as rows', median(rows), rows),
    ),
  ];
}

async function growing(world: World): Promise<Row> {
  const config = await world.files(Array.from({ length: 1000 }, (_, n) => `db_${n + 1}`));
  const child = new Child(['--expose-gc', DAY], { BENCH_TASK: JSON.stringify({ config, hours: 2 }) });
  try {
    const { stored } = await child.says((line) => line['day'] as SimulatedDay | undefined, PATIENCE_MS);
    const [before, after] = [stored[0] ?? Number.NaN, stored[1] ?? Number.NaN];
    const growth = ((after - before) * 24) / MIB;
    return compare(
      {
        scenario: 'ledger',
        on: '1000 resources, sweep 1 s',
        figure: 'growth of the store a day',
        unit: 'MiB',
        target: atMost(LIMITS.growth, 'MiB', growth),
      },
      world.side('rollcall', growth),
      world.side('the whole after an hour', before / MIB),
    );
  } finally {
    await child.end();
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
