import { testProbe, type Scenario } from '../../contract/probe.ts';
import { HalfOpenProxy } from '../../support/half-open-proxy.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher } from './helpers.ts';

const PASSWORD = 'only-the-watcher-knows';
const ROWS = 'row-contents-nobody-may-see';
const TABLES = { expect: { tables: { 'public.t': { min_rows: 1, max_shrink: '10%' } } } };
let server: TestPostgres;

after(async () => server?.[Symbol.asyncDispose]());

/** A watcher of two databases and one that nobody made, through a proxy that can fall silent. */
async function watching(entries: Readonly<Record<string, object>>, more: { password?: string; about?: string[] } = {}) {
  const proxy = await HalfOpenProxy.start(server.port);
  const url = server.url('postgres', 'watcher', more.password ?? PASSWORD).replace(`:${server.port}/`, `:${proxy.port}/`);
  const watcher = new Watcher(url, entries, { connect_timeout: '2s' });
  const scenario: Scenario = {
    link: watcher.link,
    resources: watcher.resources,
    ...(more.about && { about: more.about }),
    async [Symbol.asyncDispose]() {
      await watcher.link.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
  return { scenario, proxy, watcher };
}

const BOTH = { orders: { name: 'orders', ...TABLES }, ledger: { name: 'ledger', ...TABLES } };

testProbe('postgres', async () => {
  server = await startPostgres({ auth: 'scram' });
  await server.query(`create role watcher login password '${PASSWORD}'`);
  for (const name of ['orders', 'ledger']) {
    await server.query(`create database ${name}`);
    await server.query(`create table t as select '${ROWS}'::text as x`, name);
    await server.query('grant select on t to watcher', name);
  }
  return {
    answers: async () => (await watching(BOTH)).scenario,
    lacks: async () => (await watching({ ...BOTH, gone: { name: 'gone' } }, { about: ['gone'] })).scenario,
    denies: async () => (await watching(BOTH, { password: 'a-wrong-one-it-is' })).scenario,
    hangs: async () => {
      const { scenario, proxy, watcher } = await watching(BOTH);
      await watcher.reports('sweep');
      proxy.fallSilent();
      return scenario;
    },
    // One statement answers for all databases of a server: there is nothing between its first word and its last.
    yieldsThenHangs: async () => undefined,
    unreachable: async () => {
      const { scenario, proxy } = await watching(BOTH);
      await proxy.refuse();
      return scenario;
    },
    secrets: [PASSWORD, 'a-wrong-one-it-is', ROWS],
  };
});
