import { startPostgres } from '../../support/postgres.ts';
import { BREACH, FILL, FLOOR } from '../expectations.ts';
import type { Row } from '../row.ts';
import { WITHIN } from '../timing.ts';

// While its files are being removed a database is listed with connection limit -2, and it may be looked at just then.
const GONE = { verdict: 'absent', within: WITHIN.sweep, meanwhile: ['doomed'] } as const;
const OTHER = { verdict: 'impostor', within: WITHIN.sweep, meanwhile: ['doomed', 'absent'] } as const;

/** Whole databases dropped, replaced or shut. */
export const databaseRows: readonly Row[] = [
  {
    name: 'DROP DATABASE',
    expect: FLOOR,
    paged: GONE,
    play:
      ({ run, database }) =>
      async () =>
        run(`drop database ${database}`, 'postgres'),
  },
  {
    name: 'DROP DATABASE of which nothing but its presence is expected',
    expect: {},
    paged: GONE,
    play:
      ({ run, database }) =>
      async () =>
        run(`drop database ${database}`, 'postgres'),
  },
  {
    name: 'DROP DATABASE WITH (FORCE)',
    expect: FLOOR,
    paged: GONE,
    play:
      ({ run, database }) =>
      async () =>
        run(`drop database ${database} with (force)`, 'postgres'),
  },
  {
    name: 'DROP DATABASE, created again empty',
    expect: FLOOR,
    paged: OTHER,
    play:
      ({ run, database }) =>
      async () => {
        await run(`drop database ${database} with (force)`, 'postgres');
        await run(`create database ${database}`, 'postgres');
      },
  },
  {
    name: 'DROP DATABASE, created again with the schema but no rows',
    expect: FLOOR,
    paged: OTHER,
    play:
      ({ run, database }) =>
      async () => {
        await run(`drop database ${database} with (force)`, 'postgres');
        await run(`create database ${database}`, 'postgres');
        await run(`${FILL} truncate orders`);
      },
  },
  {
    name: 'DROP DATABASE, created again with the same rows',
    expect: FLOOR,
    paged: OTHER,
    play:
      ({ run, database }) =>
      async () => {
        await run(`drop database ${database} with (force)`, 'postgres');
        await run(`create database ${database}`, 'postgres');
        await run(FILL);
      },
  },
  {
    name: 'ALTER DATABASE RENAME',
    expect: FLOOR,
    paged: GONE,
    play:
      ({ run, database }) =>
      async () =>
        run(`alter database ${database} rename to ${database}_old`, 'postgres'),
  },
  {
    name: 'ALTER DATABASE RENAME, an empty one in its place',
    expect: FLOOR,
    paged: OTHER,
    play:
      ({ run, database }) =>
      async () => {
        await run(`alter database ${database} rename to ${database}_old`, 'postgres');
        await run(`create database ${database}`, 'postgres');
      },
  },
  {
    name: 'ALTER DATABASE ALLOW_CONNECTIONS false',
    expect: FLOOR,
    paged: { verdict: 'degraded', breaches: [BREACH.connections], within: WITHIN.sweep },
    play:
      ({ run, database }) =>
      async () =>
        run(`alter database ${database} allow_connections false`, 'postgres'),
  },
  {
    name: 'url now leads to another cluster with the same names and rows',
    expect: FLOOR,
    paged: { verdict: 'impostor', within: WITHIN.inspection },
    play: async ({ server, database, defer, pointAt }) => {
      const other = await startPostgres({ version: server.version, cluster: 'new' });
      defer(async () => other[Symbol.asyncDispose]());
      await other.query('create role watcher login');
      await other.query(`create database ${database}`);
      await other.query(FILL, database);
      return async () => pointAt(other.url('postgres', 'watcher'));
    },
  },
  {
    name: 'url now leads to another cluster without the database',
    expect: FLOOR,
    paged: { verdict: 'impostor', within: WITHIN.inspection },
    play: async ({ server, defer, pointAt }) => {
      const other = await startPostgres({ version: server.version, cluster: 'new' });
      defer(async () => other[Symbol.asyncDispose]());
      await other.query('create role watcher login');
      return async () => pointAt(other.url('postgres', 'watcher'));
    },
  },
  {
    name: 'url now leads to another cluster, nothing but presence expected',
    expect: {},
    paged: { verdict: 'impostor', within: WITHIN.sweep },
    play: async ({ server, database, defer, pointAt }) => {
      const other = await startPostgres({ version: server.version, cluster: 'new' });
      defer(async () => other[Symbol.asyncDispose]());
      await other.query('create role watcher login');
      await other.query(`create database ${database}`);
      return async () => pointAt(other.url('postgres', 'watcher'));
    },
  },
];
