import { testProbe, type Scenario } from '../../contract/probe.ts';
import { HalfOpenProxy } from '../../support/half-open-proxy.ts';
import { TestRedis } from '../../support/redis.ts';
import { database, Watcher } from '../../probes/redis/helpers.ts';

const PASSWORD = 'only-the-watcher-knows';
const WRONG = 'a-wrong-one-it-is';
const HELD = 'what-a-key-holds-nobody-may-see';
let server: TestRedis;

after(async () => server?.[Symbol.asyncDispose]());

const expect = { min_keys: 1, sentinels: ['orders'], max_config_sets: 0, saved_within: '1d' };
const BOTH = [database({ mark: 'mark', expect }, 'first'), database({ database: 3 }, 'third')];

/** A watcher of two databases, through a proxy that can fall silent. */
async function watching(resources = BOTH, password = PASSWORD) {
  const proxy = await HalfOpenProxy.start(server.port);
  const watcher = new Watcher({ host: '127.0.0.1', port: proxy.port, user: 'watcher' }, resources, password);
  const scenario: Scenario = {
    link: watcher.link,
    resources,
    async [Symbol.asyncDispose]() {
      await watcher.link.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
  return { scenario, proxy };
}

testProbe('redis', async () => {
  server = await TestRedis.start();
  await server.must('SET', 'mark', HELD);
  await server.must('SET', 'orders', HELD);
  await server.fill(5, 3);
  const rules = ['-@all', '+info', '+dbsize', '+select', '+exists', '+get', '~mark', '~orders'];
  await server.must('ACL', 'SETUSER', 'watcher', 'reset', 'on', `>${PASSWORD}`, ...rules);
  return {
    answers: async () => (await watching()).scenario,
    lacks: async () => ({ ...(await watching([...BOTH, database({ database: 7 }, 'gone')])).scenario, about: ['gone'] }),
    denies: async () => (await watching(BOTH, WRONG)).scenario,
    hangs: async () => {
      const { scenario, proxy } = await watching();
      proxy.fallSilent();
      return scenario;
    },
    // One answer speaks for everything on the server.
    yieldsThenHangs: async () => undefined,
    unreachable: async () => {
      const { scenario, proxy } = await watching();
      await proxy.refuse();
      return scenario;
    },
    secrets: [PASSWORD, WRONG, HELD],
  };
});
