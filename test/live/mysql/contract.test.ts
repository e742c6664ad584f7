import { testProbe, type Scenario } from '../../contract/probe.ts';
import { HalfOpenProxy } from '../../support/half-open-proxy.ts';
import { MYSQL_FLAVOURS, MysqlServer } from '../../support/mysql-server.ts';
import { Watcher } from '../../probes/mysql/helpers.ts';
import { fill, letWatch, PASSWORD } from './helpers.ts';

const ORDERS = { expect: { tables: { orders: { min_rows: 1, max_shrink: '10%', fresh: { column: 'at', within: '1d' } } } } };
const BOTH = { app: { name: 'app', ...ORDERS }, ledger: { name: 'ledger', ...ORDERS } };

for (const flavour of MYSQL_FLAVOURS) {
  let server: MysqlServer;
  after(async () => server?.[Symbol.asyncDispose]());

  /** A watcher of two databases and one that is gone, through a proxy that can fall silent. */
  const watching = async (entries: Readonly<Record<string, object>>, more: { password?: string; about?: string[] } = {}) => {
    const proxy = await HalfOpenProxy.start(server.port);
    const url = server.url('watcher', more.password ?? PASSWORD).replace(`:${server.port}`, `:${proxy.port}`);
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
  };

  testProbe(`mysql on ${flavour}`, async () => {
    server = await MysqlServer.start(flavour);
    await fill(server, 'app');
    await fill(server, 'ledger');
    await letWatch(server, { ...BOTH, gone: { name: 'gone' } });
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
      // One look answers for all databases of a server: there is nothing between its first word and its last.
      yieldsThenHangs: async () => undefined,
      unreachable: async () => {
        const { scenario, proxy } = await watching(BOTH);
        await proxy.refuse();
        return scenario;
      },
      secrets: [PASSWORD, 'a-wrong-one-it-is', 'row-contents'],
    };
  });
}
