import { testProbe, type Scenario } from '../../contract/probe.ts';
import { bulk, HANG, type FakeRedis, type RedisAnswer } from '../../support/fake-redis.ts';
import { database, Watcher } from './helpers.ts';
import { infoText, startServer } from './info-text.ts';

// The same suite runs against a real server in test/live/redis/.
const PASSWORD = 'only-the-watcher-knows';
const HELD = 'what-a-key-holds-nobody-may-see';
const BOTH = [database({ mark: 'mark', expect: { min_keys: 1, sentinels: ['orders'] } }, 'first'), database({ database: 3 }, 'third')];

async function scenario(
  answers: Readonly<Record<string, RedisAnswer>> = {},
  resources = BOTH,
): Promise<Scenario & { readonly server: FakeRedis }> {
  const info = infoText({ Keyspace: { db0: 'keys=9,expires=0,avg_ttl=0', db3: 'keys=1,expires=1,avg_ttl=0' } });
  const server = await startServer(() => info, { GET: bulk(HELD), ...answers });
  const watcher = new Watcher({ host: '127.0.0.1', port: server.port, user: 'watcher' }, resources, PASSWORD);
  return {
    server,
    link: watcher.link,
    resources,
    async [Symbol.asyncDispose]() {
      await watcher.link.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

testProbe('redis, as told', async () => ({
  answers: () => scenario(),
  lacks: async () => ({ ...(await scenario({}, [...BOTH, database({ database: 7 }, 'gone')])), about: ['gone'] }),
  denies: () => scenario({ AUTH: `-WRONGPASS invalid username-password pair (${PASSWORD})\r\n` }),
  hangs: () => scenario({ INFO: HANG }),
  yieldsThenHangs: async () => undefined,
  async unreachable() {
    const made = await scenario();
    await made.server[Symbol.asyncDispose]();
    return { ...made, [Symbol.asyncDispose]: async () => made.link.close() };
  },
  secrets: [PASSWORD, HELD],
}));
