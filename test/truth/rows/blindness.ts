import { HalfOpenProxy } from '../../support/half-open-proxy.ts';
import { startStandby } from '../../support/postgres.ts';
import { FLOOR } from '../expectations.ts';
import type { Row } from '../row.ts';
import { WITHIN } from '../timing.ts';

const BLIND = { verdict: 'blind', within: WITHIN.blindness } as const;

/** What keeps the watcher from looking: paged as loudly, and never as a loss. */
export const blindnessRows: readonly Row[] = [
  {
    name: 'server stopped',
    server: 'own',
    expect: FLOOR,
    paged: BLIND,
    play:
      ({ server }) =>
      async () =>
        server.stop(),
  },
  {
    name: 'server killed and not started again',
    server: 'own',
    expect: FLOOR,
    paged: BLIND,
    play:
      ({ server }) =>
      async () =>
        server.kill9(),
  },
  {
    name: 'network falls silent',
    expect: FLOOR,
    // Every look waits out its own timeouts before it is known to be blind.
    paged: { ...BLIND, within: WITHIN.blindness + 4 },
    play: async ({ server, pointAt, defer }) => {
      const proxy = await HalfOpenProxy.start(server.port);
      defer(async () => proxy[Symbol.asyncDispose]());
      pointAt(server.url('postgres', 'watcher').replace(`:${server.port}/`, `:${proxy.port}/`));
      return async () => proxy.fallSilent();
    },
  },
  {
    name: 'proxy that goes on answering for a dead server',
    server: 'own',
    expect: FLOOR,
    paged: BLIND,
    play: async ({ server, pointAt, defer }) => {
      const proxy = await HalfOpenProxy.start(server.port);
      defer(async () => proxy[Symbol.asyncDispose]());
      pointAt(server.url('postgres', 'watcher').replace(`:${server.port}/`, `:${proxy.port}/`));
      return async () => server.stop('immediate');
    },
  },
  {
    name: 'name of the server no longer resolves',
    expect: FLOOR,
    paged: BLIND,
    play:
      ({ server, pointAt }) =>
      async () =>
        pointAt(server.url('postgres', 'watcher').replace(server.host, 'nobody.invalid')),
  },
  {
    name: 'server that no longer speaks TLS',
    expect: FLOOR,
    // Loopback under another name than its own: TLS is demanded there, and this server has none.
    paged: BLIND,
    play:
      ({ server, pointAt }) =>
      async () =>
        pointAt(server.url('postgres', 'watcher').replace(server.host, '[::ffff:127.0.0.1]')),
  },
  {
    name: 'REVOKE SELECT from the watcher',
    expect: FLOOR,
    paged: BLIND,
    play:
      ({ run }) =>
      async () =>
        run('revoke select on orders from watcher'),
  },
  {
    name: 'REVOKE CONNECT from the watcher',
    expect: FLOOR,
    paged: BLIND,
    play:
      ({ run, database }) =>
      async () =>
        run(`revoke connect on database ${database} from public`),
  },
  {
    name: 'ALTER ROLE watcher NOLOGIN',
    server: 'own',
    expect: FLOOR,
    paged: BLIND,
    play:
      ({ run }) =>
      async () =>
        run('alter role watcher nologin'),
  },
  {
    name: 'row-level security that would hide rows from the watcher',
    expect: FLOOR,
    paged: BLIND,
    play:
      ({ run }) =>
      async () =>
        run('alter table orders enable row level security'),
  },
  {
    name: 'replay paused on the standby that is watched',
    server: 'own',
    expect: FLOOR,
    paged: BLIND,
    play: async ({ server, pointAt, defer }) => {
      const standby = await startStandby(server);
      defer(async () => standby[Symbol.asyncDispose]());
      pointAt(standby.url('postgres', 'watcher'));
      return async () => standby.query('select pg_wal_replay_pause()');
    },
  },
];
