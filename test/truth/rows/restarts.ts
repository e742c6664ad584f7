import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { HalfOpenProxy } from '../../support/half-open-proxy.ts';
import { startStandby, type TestPostgres } from '../../support/postgres.ts';
import { orders, STRICT } from '../expectations.ts';
import type { Row, Scene } from '../row.ts';
import { BLIND_AFTER_MS } from '../timing.ts';

const unharmed = { server: 'own', expect: STRICT, paged: 'nothing' } as const;

async function watchedStandby({ server, pointAt, defer }: Scene): Promise<TestPostgres> {
  const standby = await startStandby(server);
  defer(async () => standby[Symbol.asyncDispose]());
  pointAt(standby.url('postgres', 'watcher'));
  return standby;
}

/** What happens to whole servers without any harm: nobody may be woken. */
export const restartRows: readonly Row[] = [
  {
    ...unharmed,
    name: 'clean restart',
    play:
      ({ server }) =>
      async () =>
        server.restart(),
  },
  {
    ...unharmed,
    name: 'crash restart',
    play:
      ({ server }) =>
      async () => {
        await server.kill9();
        await server.restart();
      },
  },
  {
    ...unharmed,
    name: 'two restarts in a row',
    play:
      ({ server }) =>
      async () => {
        for (let round = 0; round < 2; round++, await sleep(500)) await server.restart();
      },
  },
  {
    ...unharmed,
    name: 'ordinary deletes seen by a watcher that began after a crash',
    expect: orders({ min_rows: 900, max_churn: '20%' }),
    play: async ({ server, run }) => {
      // A test server commits without waiting for the disk, so a crash would take the newest rows with it.
      await run('checkpoint');
      await server.kill9();
      await server.restart();
      return async () => run('delete from orders where id > 980');
    },
  },
  {
    ...unharmed,
    name: 'the same of a table that was never analyzed',
    expect: { tables: { 'public.visits': { min_rows: 900, max_churn: '20%' } } },
    play: async ({ server, run }) => {
      await run('create table visits as select generate_series(1, 1000) as id; grant select on visits to watcher');
      await run('checkpoint');
      await server.kill9();
      await server.restart();
      return async () => run('delete from visits where id > 980');
    },
  },
  {
    ...unharmed,
    name: 'every session of the watcher terminated',
    play:
      ({ run }) =>
      async () => {
        for (let round = 0; round < 4; round++, await sleep(300))
          await run(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'watcher'`);
      },
  },
  {
    ...unharmed,
    name: 'connection limit reached for less than blind_after',
    settings: ['max_connections=20'],
    play: async ({ server, run }) => {
      await run('create role crowd login');
      return async () => crowd(server, BLIND_AFTER_MS / 3);
    },
  },
  {
    ...unharmed,
    name: 'standby watched while its primary is written to',
    play: async (scene) => {
      await watchedStandby(scene);
      return async () => {
        for (let round = 0; round < 5; round++, await sleep(300))
          await scene.run(`insert into orders select max(id) + 1, 'new' from orders`);
        await scene.run('vacuum full orders');
      };
    },
  },
  {
    ...unharmed,
    name: 'standby watched while its primary restarts',
    play: async (scene) => {
      await watchedStandby(scene);
      return async () => scene.server.restart();
    },
  },
  {
    ...unharmed,
    name: 'standby watched while it restarts itself, its primary idle',
    play: async (scene) => {
      const standby = await watchedStandby(scene);
      return async () => standby.restart();
    },
  },
  {
    ...unharmed,
    name: 'standby watched while it is promoted',
    play: async (scene) => {
      const standby = await watchedStandby(scene);
      return async () => standby.query('select pg_promote()');
    },
  },
  {
    ...unharmed,
    name: 'failover through a proxy to the promoted standby',
    play: async ({ server, pointAt, defer }) => {
      const standby = await startStandby(server);
      defer(async () => standby[Symbol.asyncDispose]());
      const proxy = await HalfOpenProxy.start(server.port);
      defer(async () => proxy[Symbol.asyncDispose]());
      pointAt(server.url('postgres', 'watcher').replace(`:${server.port}/`, `:${proxy.port}/`));
      return async () => {
        await server.stop('immediate');
        await standby.query('select pg_promote()');
        proxy.redirect(standby.port);
      };
    },
  },
];

/** Takes every connection there is for `ms`. */
async function crowd(server: TestPostgres, ms: number): Promise<void> {
  const clients: Client[] = [];
  try {
    for (const end = performance.now() + ms; performance.now() < end;) {
      const client = new Client({ host: server.host, port: server.port, user: 'crowd', database: 'postgres' });
      client.on('error', () => undefined);
      const entered = await client.connect().then(
        () => true,
        () => false,
      );
      if (entered) clients.push(client);
      else await sleep(20);
    }
  } finally {
    await Promise.all(clients.map(async (client) => client.end()));
  }
}
