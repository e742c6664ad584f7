import { setTimeout as sleep } from 'node:timers/promises';
import { startStandby } from '../../support/postgres.ts';
import { orders } from '../expectations.ts';
import type { Row, Scene } from '../row.ts';
import { WITHIN } from '../timing.ts';

const warned = (...breaches: readonly string[]) => ({ verdict: 'degraded', breaches, within: WITHIN.inspection }) as const;
const own = { server: 'own' } as const;

/** Signs before the harm, and losses of shape rather than of rows. */
export const precursorRows: readonly Row[] = [
  {
    name: 'somebody waits to have a table to himself',
    expect: orders({ min_rows: 900, lock_wait: '1s' }),
    paged: { ...warned('precursor tables.public.orders.lock_wait'), within: WITHIN.inspection + 1 },
    play: ({ run, defer }) => {
      return async () => {
        const reader = run('select from orders limit 1; select pg_sleep(8)');
        defer(async () => reader);
        const waits = `select from pg_locks where relation = 'orders'::regclass`;
        while ((await run(`${waits} and mode = 'AccessShareLock' and granted`)).length === 0) await sleep(20);
        const waiter = run('begin; lock table orders in access exclusive mode; rollback');
        defer(async () => waiter);
      };
    },
  },
  {
    ...own,
    name: 'WAL archiving fails',
    settings: ['archive_mode=on'],
    expect: { archiving: { within: '1h' } },
    paged: { ...warned('precursor archiving.failing'), within: WITHIN.inspection + 2 },
    play: async (scene) => {
      await archiveWith(scene, 'true');
      const archived = 'select from pg_stat_archiver where archived_count > 0';
      while ((await scene.run(archived)).length === 0) await sleep(50);
      return async () => archiveWith(scene, 'false');
    },
  },
  {
    ...own,
    name: 'replication slot dropped',
    expect: { slots: ['vault'] },
    paged: warned('precursor slots.vault'),
    play: async ({ run }) => {
      await run(`select pg_create_physical_replication_slot('vault', true)`);
      return async () => run(`select pg_drop_replication_slot('vault')`);
    },
  },
  {
    ...own,
    name: 'standby gone',
    expect: { standbys: ['walreceiver'] },
    paged: warned('precursor standbys.walreceiver'),
    play: async ({ server, defer }) => {
      const standby = await startStandby(server);
      defer(async () => standby[Symbol.asyncDispose]());
      return async () => standby.stop();
    },
  },
  {
    ...own,
    name: 'a role becomes superuser',
    expect: { owners: ['postgres'] },
    paged: warned('precursor owners'),
    play: async ({ run }) => {
      await run('create role agent login');
      return async () => run('alter role agent superuser');
    },
  },
  {
    ...own,
    name: 'a table gets another owner',
    expect: { owners: ['postgres'] },
    paged: warned('precursor owners'),
    play: async ({ run }) => {
      await run('create role agent login');
      return async () => run('alter table orders owner to agent');
    },
  },
  {
    name: 'DROP COLUMN',
    expect: orders({ min_rows: 900, columns: ['id', 'note'] }),
    paged: warned('diminished tables.public.orders.columns.note'),
    play:
      ({ run }) =>
      async () =>
        run('alter table orders drop column note'),
  },
  {
    name: 'half the tables and all functions dropped, none of them named',
    expect: { objects: { tables: { max_shrink: '20%' }, functions: { min: 1 } } },
    paged: warned('diminished objects.functions.min', 'diminished objects.tables.max_shrink'),
    play: async ({ run }) => {
      await run(`create table other (); create function answer() returns int language sql return 42`);
      return async () => run('drop table other; drop function answer()');
    },
  },
];

/** Has the server archive by `command` from now on, and gives it something to archive. */
async function archiveWith({ run }: Scene, command: string): Promise<void> {
  await run(`alter system set archive_command = '${command}'`);
  await run('select pg_reload_conf()');
  await run('create table filler (); drop table filler; select pg_switch_wal()');
}
