import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deleteDataDirectory, startPostgres, startStandby } from '../../support/postgres.ts';
import { BREACH, FILL, FLOOR, orders, SENTINEL } from '../expectations.ts';
import type { Row } from '../row.ts';
import { WITHIN } from '../timing.ts';

const run = promisify(execFile);

/** Whole servers wiped, replaced or set back. */
export const clusterRows: readonly Row[] = [
  {
    name: 'cluster initialised anew under the same names on the same port',
    server: 'own',
    expect: FLOOR,
    paged: { verdict: 'impostor', within: WITHIN.sweep },
    play: async ({ server, database, defer }) => {
      const other = await startPostgres({ version: server.version, cluster: 'new' });
      defer(async () => other[Symbol.asyncDispose]());
      await other.query('create role watcher login');
      await other.query(`create database ${database}`);
      await other.query(FILL, database);
      await other.stop();
      return async () => {
        await server.stop();
        await rm(server.dataDir, { recursive: true });
        await rename(other.dataDir, server.dataDir);
        await server.restart();
      };
    },
  },
  {
    name: 'rm -rf of the data directory under the running server',
    server: 'own',
    expect: FLOOR,
    paged: { verdict: 'absent', within: WITHIN.sweep },
    play:
      ({ server }) =>
      async () =>
        deleteDataDirectory(server),
  },
  {
    name: `rm -rf of the database's folder under the running server`,
    server: 'own',
    expect: FLOOR,
    paged: { verdict: 'absent', within: WITHIN.inspection },
    play: async ({ server, database, run }) => {
      const [row] = await run(`select oid::text from pg_database where datname = '${database}'`);
      return async () => rm(`${server.dataDir}/base/${String(row?.['oid'])}`, { recursive: true, maxRetries: 5 });
    },
  },
  {
    name: `data directory set back to last week's copy`,
    server: 'own',
    expect: orders({ max_shrink: '10%', fresh: { column: 'made', within: '1h' } }),
    paged: { verdict: 'degraded', breaches: [BREACH.shrunk, BREACH.stale], within: WITHIN.inspection },
    play: async ({ server, run: sql, defer }) => {
      const copy = `${server.dataDir}.last-week`;
      await sql(`update orders set made = now() - interval '7 days'`);
      await server.stop();
      await run('cp', ['-a', server.dataDir, copy]);
      defer(async () => rm(copy, { recursive: true, force: true }));
      await server.restart();
      await sql(`insert into orders select n, 'this week ' || n, now() from generate_series(1001, 2000) n`);
      return async () => {
        await server.stop();
        await rm(server.dataDir, { recursive: true });
        await rename(copy, server.dataDir);
        await server.restart();
      };
    },
  },
  {
    name: `rows replaced by last week's: by the sentinel`,
    expect: orders({ min_rows: 900, sentinel: SENTINEL }),
    paged: { verdict: 'degraded', breaches: [BREACH.sentinel], within: WITHIN.inspection },
    play:
      ({ run: sql }) =>
      async () =>
        sql(`truncate orders; insert into orders select n, 'row ' || n, now() - interval '7 days' from generate_series(1, 1000) n`),
  },
  {
    name: 'DELETE on the primary while its standby is watched',
    server: 'own',
    expect: FLOOR,
    paged: { verdict: 'degraded', breaches: [BREACH.floor], within: WITHIN.inspection },
    play: async ({ server, run: sql, pointAt, defer }) => {
      const standby = await startStandby(server);
      defer(async () => standby[Symbol.asyncDispose]());
      pointAt(standby.url('postgres', 'watcher'));
      return async () => sql('delete from orders');
    },
  },
];
