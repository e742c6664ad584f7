import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresVersion } from '../support/postgres.ts';
import { isRight, judgeCell, type Cell } from './cell.ts';
import { FILL } from './expectations.ts';
import type { Row, Scene } from './row.ts';
import type { Servers } from './servers.ts';
import { LINGER_MS } from './timing.ts';
import { Watched } from './watched.ts';

let databases = 0;

/** Plays one row on one version: a database is filled, watched until all is seen, struck, and listened for. Never rejects. */
export async function playRow(row: Row, version: PostgresVersion, servers: Servers): Promise<Cell> {
  try {
    return await play(row, version, servers);
  } catch (error) {
    const allowed = row.paged === 'nothing' ? undefined : row.paged.within;
    const why = error instanceof Error ? error.message : String(error);
    return { row: row.name, version, verdict: 'not played', observed: undefined, allowed, wrong: why };
  }
}

async function play(row: Row, version: PostgresVersion, servers: Servers): Promise<Cell> {
  await using stack = new AsyncDisposableStack();
  const own = row.server === 'own';
  const server = own ? stack.use(await servers.own(version, row.settings)) : await servers.shared(version);
  const database = `row_${++databases}`;
  let url = server.url('postgres', 'watcher');
  const watching: { now?: Watched } = {};
  const scene: Scene = {
    server,
    database,
    run: async (sql, name = database) => server.query(sql, name),
    pointAt: (to) => {
      url = to;
      watching.now?.pointAt(to);
    },
    defer: (release) => stack.defer(async () => void (await release())),
  };
  await server.query(`create database ${database}`);
  await server.query(FILL, database);
  const act = await row.play(scene);
  const watched = stack.use(await Watched.start(url, database, row));
  watching.now = watched;
  await watched.healthy();
  const began = performance.now();
  await act();
  const returned = performance.now();
  const { paged } = row;
  if (paged === 'nothing') await watched.quiet();
  else {
    const { pages } = watched.pager;
    await watched.paged(() => pages.some(({ page }) => isRight(paged, page)), paged.within * 1000);
    await sleep(LINGER_MS);
  }
  return judgeCell(row, version, { pages: [...watched.pager.pages], began, returned, resource: watched.resource });
}
