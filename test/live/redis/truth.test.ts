import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestRedis } from '../../support/redis.ts';
import { database, Watcher, type Found } from '../../probes/redis/helpers.ts';

const KEYS = 1000;
const SENTINEL = 'orders:schema';
const MARK = 'rollcall:mark';
const PASSWORD = 'for-watching';
const FLOOR = { min_keys: 900, max_shrink: '10%', sentinels: [SENTINEL] };
/** What a loss of contents says, where every key is gone but some came back. */
const SHRUNK = ['diminished critical max_shrink', 'diminished critical min_keys', `diminished critical sentinels.${SENTINEL}`];

interface Scene {
  readonly server: TestRedis;
  /** A second server, empty and not watched. */
  readonly other: () => Promise<TestRedis>;
}

interface Row {
  readonly name: string;
  /** Of redis-server. */
  readonly settings?: readonly string[];
  readonly entry?: object;
  /** Whom the watcher asks as: a user of its own, or the one that may do everything. */
  readonly as?: 'watcher';
  /** Before the watch begins. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  readonly act: (scene: Scene) => Promise<unknown>;
  readonly finds: Pick<Found, 'verdict' | 'breaches' | 'raised'>;
}

const ABSENT = { verdict: 'absent', breaches: [], raised: ['lost'] };
const PRESENT = { verdict: 'present', breaches: [], raised: [] };
const BLIND = { verdict: 'blind', breaches: [], raised: [] };
const critical = (...breaches: string[]) => ({ verdict: 'degraded', breaches: breaches.sort(), raised: ['critical'] });
const warning = (...breaches: string[]) => ({ verdict: 'degraded', breaches: breaches.sort(), raised: ['warning'] });
/** A sign is news at once; the loss that it came with, once it is confirmed. */
const thenCritical = (...breaches: string[]) => ({ ...critical(...breaches), raised: ['warning', 'critical'] });
const AOF = ['--appendonly', 'yes', '--appendfsync', 'always'];
const FLUSHED = 'diminished critical flushall';

const refill = async ({ server }: Scene, count: number): Promise<void> => {
  await server.fill(count);
  await server.must('SET', SENTINEL, 'v1');
};
const watcherUser = ['ACL', 'SETUSER', 'watcher', 'reset', 'on', `>${PASSWORD}`, '-@all', '+info', '+dbsize', '+exists', `~${SENTINEL}`];
/** As somebody whom the rules let do nothing of it. */
const refused = async ({ server }: Scene, ...words: string[]): Promise<void> => {
  await server.must('ACL', 'SETUSER', 'agent', 'reset', 'on', '>for-agents', '~*', '+@all', '-@dangerous', '-@admin');
  const said = await server.ask('--user', 'agent', '--pass', 'for-agents', '--no-auth-warning', ...words);
  assert.match(said, /NOPERM/);
};
const bgsave = async ({ server }: Scene, word: 'BGSAVE' | 'BGREWRITEAOF', running: string): Promise<void> => {
  await server.must(word);
  for (let tries = 0; (await server.ask('INFO', 'persistence')).includes(`${running}:1`); tries++) {
    assert.ok(tries < 500, `${word} does not end`);
    await sleep(20);
  }
};
/** Until the server says so of its replication. */
const replicated = async (server: TestRedis, field: string): Promise<void> => {
  for (let tries = 0; !(await server.ask('INFO', 'replication')).includes(field); tries++) {
    assert.ok(tries < 1000, `never ${field}`);
    await sleep(20);
  }
};

/** What is done to a server, and what must come of it. */
const ROWS: readonly Row[] = [
  { name: 'FLUSHALL', act: async ({ server }) => server.must('FLUSHALL'), finds: ABSENT },
  {
    name: 'FLUSHALL of which nothing but its presence is expected',
    entry: {},
    act: async ({ server }) => server.must('FLUSHALL'),
    finds: ABSENT,
  },
  { name: 'FLUSHALL ASYNC', act: async ({ server }) => server.must('FLUSHALL', 'ASYNC'), finds: ABSENT },
  { name: 'FLUSHDB', act: async ({ server }) => server.must('FLUSHDB'), finds: ABSENT },
  {
    name: 'FLUSHALL in a transaction',
    act: async ({ server }) => server.must('EVAL', `return redis.call('FLUSHALL')`, '0'),
    finds: ABSENT,
  },
  {
    name: 'FLUSHALL while another database is filled at once',
    act: async ({ server }) => {
      await server.must('FLUSHALL');
      await server.fill(5, 3);
    },
    finds: ABSENT,
  },
  {
    name: 'FLUSHALL, filled again with as many keys',
    act: async (scene) => {
      await scene.server.must('FLUSHALL');
      await refill(scene, KEYS);
    },
    finds: critical(FLUSHED),
  },
  {
    name: 'FLUSHALL, the application writes on at once',
    act: async ({ server }) => {
      await server.must('FLUSHALL');
      await server.fill(10);
    },
    finds: critical(FLUSHED, ...SHRUNK),
  },
  {
    name: 'FLUSHALL of which nothing is expected, the application writes on at once',
    entry: {},
    act: async ({ server }) => {
      await server.must('FLUSHALL');
      await server.fill(10);
    },
    finds: critical(FLUSHED),
  },
  {
    name: 'FLUSHDB, filled again with fewer keys',
    act: async (scene) => {
      await scene.server.must('FLUSHDB');
      await refill(scene, 800);
    },
    finds: thenCritical('diminished critical max_shrink', 'diminished critical min_keys', 'precursor warning flushes'),
  },
  {
    name: 'FLUSHDB, filled again with as many keys',
    act: async (scene) => {
      await scene.server.must('FLUSHDB');
      await refill(scene, KEYS);
    },
    finds: warning('precursor warning flushes'),
  },
  {
    name: 'FLUSHDB, filled again with as many keys, where that weighs',
    entry: { expect: { flushes: 'critical' } },
    act: async (scene) => {
      await scene.server.must('FLUSHDB');
      await refill(scene, KEYS);
    },
    finds: critical('precursor critical flushes'),
  },
  { name: 'SWAPDB with an empty database', act: async ({ server }) => server.must('SWAPDB', '0', '1'), finds: ABSENT },
  {
    name: 'SWAPDB with a database of as many keys',
    before: async ({ server }) => server.fill(KEYS, 1),
    act: async ({ server }) => server.must('SWAPDB', '0', '1'),
    finds: thenCritical(`diminished critical sentinels.${SENTINEL}`, 'precursor warning flushes'),
  },
  {
    name: 'DEL of the sentinel',
    act: async ({ server }) => server.must('DEL', SENTINEL),
    finds: critical(`diminished critical sentinels.${SENTINEL}`),
  },
  {
    name: 'every key deleted one by one',
    act: async ({ server }) => server.must('EVAL', `return redis.call('DEL', unpack(redis.call('KEYS', '*')))`, '0'),
    finds: ABSENT,
  },
  {
    name: 'a fifth of the keys deleted',
    act: async ({ server }) => server.must('EVAL', `for n = 1, 200 do redis.call('DEL', 'key:' .. n) end return 1`, '0'),
    finds: critical('diminished critical max_shrink', 'diminished critical min_keys'),
  },
  {
    name: 'killed and started on an empty folder',
    settings: AOF,
    act: async ({ server }) => {
      await server.down();
      await rm(join(server.folder.path, 'appendonlydir'), { recursive: true });
      await server.up();
    },
    finds: ABSENT,
  },
  {
    name: 'dump.rdb deleted, then killed and started',
    before: async ({ server }) => server.must('SAVE'),
    act: async ({ server }) => {
      await rm(join(server.folder.path, 'dump.rdb'));
      await server.down();
      await server.up();
    },
    finds: ABSENT,
  },
  {
    name: 'killed and started from an RDB file of long ago',
    before: async ({ server }) => {
      await server.must('EVAL', `for n = 1, 500 do redis.call('DEL', 'key:' .. n) end return 1`, '0');
      await server.must('SAVE');
      await server.fill(KEYS);
    },
    act: async ({ server }) => {
      await server.down();
      await server.up();
    },
    finds: critical('diminished critical max_shrink', 'diminished critical min_keys'),
  },
  {
    name: 'CONFIG SET appendonly no',
    settings: AOF,
    act: async ({ server }) => server.must('CONFIG', 'SET', 'appendonly', 'no'),
    finds: warning('exposed warning persistence'),
  },
  {
    name: 'CONFIG SET save "", where CONFIG SET is counted',
    settings: ['--save', '3600', '1'],
    entry: { expect: { max_config_sets: 0 } },
    act: async ({ server }) => server.must('CONFIG', 'SET', 'save', ''),
    finds: warning('precursor warning max_config_sets'),
  },
  {
    name: 'an eviction policy that spares nothing',
    act: async ({ server }) => {
      await server.must('CONFIG', 'SET', 'maxmemory', '1gb');
      await server.must('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    },
    finds: warning('exposed warning eviction'),
  },
  {
    name: 'saves that fail',
    act: async ({ server }) => {
      await rm(server.folder.path, { recursive: true });
      await server.ask('BGSAVE');
      for (let tries = 0; !(await server.ask('INFO', 'persistence')).includes('rdb_last_bgsave_status:err'); tries++) {
        assert.ok(tries < 500, 'the save does not fail');
        await sleep(20);
      }
    },
    finds: warning('exposed warning persistence.rdb'),
  },
  {
    name: 'FLUSHALL that the rules refuse',
    act: async (scene) => refused(scene, 'FLUSHALL'),
    finds: warning('precursor warning attempts'),
  },
  {
    name: 'CONFIG SET that the rules refuse',
    act: async (scene) => refused(scene, 'CONFIG', 'SET', 'save', ''),
    finds: warning('precursor warning attempts'),
  },
  {
    name: "the watcher's user is deleted",
    as: 'watcher',
    before: async ({ server }) => server.must(...watcherUser),
    act: async ({ server }) => server.must('ACL', 'DELUSER', 'watcher'),
    finds: BLIND,
  },
  {
    name: "the watcher's password is changed",
    as: 'watcher',
    before: async ({ server }) => server.must(...watcherUser),
    act: async ({ server }) => server.must('ACL', 'SETUSER', 'watcher', 'resetpass', '>another-one'),
    finds: BLIND,
  },
  {
    name: "every right is taken from the watcher's user",
    as: 'watcher',
    before: async ({ server }) => server.must(...watcherUser),
    act: async ({ server }) => server.must('ACL', 'SETUSER', 'watcher', '-@all'),
    finds: BLIND,
  },
  { name: 'the server is killed', act: async ({ server }) => server.down(), finds: BLIND },
  {
    name: 'REPLICAOF an empty server',
    act: async ({ server, other }) => {
      const { port } = await other();
      await server.must('REPLICAOF', '127.0.0.1', String(port));
      await replicated(server, 'master_link_status:up');
    },
    finds: ABSENT,
  },
  {
    name: 'REPLICAOF a server that does not answer',
    act: async ({ server, other }) => {
      const gone = await other();
      await gone.down();
      await server.must('REPLICAOF', '127.0.0.1', String(gone.port));
    },
    finds: BLIND,
  },
  {
    name: 'REPLICAOF a name that writes an INFO of its own, then FLUSHALL',
    act: async ({ server }) => {
      const forged = [
        'x',
        'master_link_status:up',
        '# Commandstats',
        'cmdstat_get:calls=1',
        '# Keyspace',
        `db0:keys=${KEYS},expires=0`,
        '# X',
      ];
      await server.must('REPLICAOF', forged.join('\r\n'), '6379');
      await server.must('CONFIG', 'SET', 'replica-read-only', 'no');
      await server.must('FLUSHALL');
    },
    finds: BLIND,
  },
  {
    name: 'the replica that must be there goes',
    entry: { expect: { replicas: 1 } },
    before: async ({ server, other }) => {
      const replica = await other();
      await replica.must('REPLICAOF', '127.0.0.1', String(server.port));
      await replicated(server, 'state=online');
    },
    act: async ({ server, other }) => {
      await (await other()).must('REPLICAOF', 'NO', 'ONE');
      await replicated(server, 'connected_slaves:0');
    },
    finds: warning('exposed warning replicas'),
  },
  {
    name: 'another server of the same name, with as many keys and another mark',
    settings: AOF,
    entry: { mark: MARK, expect: { min_keys: 900 } },
    before: async ({ server }) => server.must('SET', MARK, 'the right one'),
    act: async ({ server }) => {
      await server.down();
      await rm(join(server.folder.path, 'appendonlydir'), { recursive: true });
      await server.up();
      await server.fill(KEYS);
      await server.must('SET', MARK, 'the wrong one');
    },
    finds: { verdict: 'impostor', breaches: [], raised: ['lost'] },
  },
  {
    name: 'the mark is deleted',
    entry: { mark: MARK, expect: {} },
    before: async ({ server }) => server.must('SET', MARK, 'the right one'),
    act: async ({ server }) => server.must('DEL', MARK),
    finds: critical('diminished critical mark'),
  },

  // What harms nobody.
  {
    name: 'a restart with an append-only file',
    settings: AOF,
    act: async ({ server }) => {
      await server.down('SIGTERM');
      await server.up();
    },
    finds: PRESENT,
  },
  {
    name: 'a crash with an append-only file',
    settings: AOF,
    act: async ({ server }) => {
      await server.down();
      await server.up();
    },
    finds: PRESENT,
  },
  { name: 'BGSAVE', act: async (scene) => bgsave(scene, 'BGSAVE', 'rdb_bgsave_in_progress'), finds: PRESENT },
  {
    name: 'BGREWRITEAOF',
    settings: AOF,
    act: async (scene) => bgsave(scene, 'BGREWRITEAOF', 'aof_rewrite_in_progress'),
    finds: PRESENT,
  },
  { name: 'CONFIG RESETSTAT', act: async ({ server }) => server.must('CONFIG', 'RESETSTAT'), finds: PRESENT },
  {
    name: 'CONFIG RESETSTAT after a FLUSHALL that was long ago',
    before: async (scene) => {
      await scene.server.must('FLUSHALL');
      await refill(scene, KEYS);
    },
    act: async ({ server }) => server.must('CONFIG', 'RESETSTAT'),
    finds: PRESENT,
  },
  {
    name: 'FLUSHALL with a word too many',
    act: async ({ server }) => server.ask('FLUSHALL', 'NOW'),
    finds: PRESENT,
  },
  {
    name: 'a thousand sessions expire',
    before: async ({ server }) =>
      server.must('EVAL', `for n = 1, 1000 do redis.call('SET', 'session:' .. n, n, 'PX', 600000) end return 1`, '0'),
    act: async ({ server }) => server.must('EVAL', `for n = 1, 1000 do redis.call('PEXPIRE', 'session:' .. n, 0) end return 1`, '0'),
    finds: PRESENT,
  },
  {
    name: 'a declared cache is flushed',
    entry: { expect: { churn: true } },
    act: async ({ server }) => server.must('FLUSHALL'),
    finds: PRESENT,
  },
  {
    name: 'a declared cache is flushed and filled again',
    entry: { expect: { churn: true, min_keys: 100 } },
    act: async ({ server }) => {
      await server.must('FLUSHALL');
      await server.fill(200);
    },
    finds: PRESENT,
  },
  {
    name: 'a declared cache evicts',
    entry: { expect: { churn: true } },
    act: async ({ server }) => {
      await server.must('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu');
      await server.must('CONFIG', 'SET', 'maxmemory', '1gb');
    },
    finds: PRESENT,
  },
  {
    name: 'another database of the server is emptied key by key',
    before: async ({ server }) => server.fill(50, 2),
    act: async ({ server }) => server.must('-n', '2', 'EVAL', `return redis.call('DEL', unpack(redis.call('KEYS', '*')))`, '0'),
    finds: PRESENT,
  },
  {
    name: 'a failover: it becomes the replica of the one that was its own',
    before: async ({ server, other }) => {
      await (await other()).must('REPLICAOF', '127.0.0.1', String(server.port));
      await replicated(server, 'state=online');
      await replicated(await other(), 'master_link_status:up');
    },
    act: async ({ server, other }) => {
      const next = await other();
      await next.must('REPLICAOF', 'NO', 'ONE');
      await server.must('REPLICAOF', '127.0.0.1', String(next.port));
      await replicated(server, 'master_link_status:up');
    },
    finds: PRESENT,
  },
  { name: 'rows come', act: async ({ server }) => server.must('SET', 'new', 'x'), finds: PRESENT },
];

function watch({ as, entry = { expect: FLOOR } }: Row, { port }: TestRedis): Watcher {
  const where = { host: '127.0.0.1', port };
  const resources = [database(entry)];
  return as === undefined ? new Watcher(where, resources) : new Watcher({ ...where, user: as }, resources, PASSWORD);
}

describe('what a Redis suffers, and what is said of it', function () {
  this.timeout(60_000);

  for (const row of ROWS)
    it(`${row.name}: ${row.finds.verdict}`, async () => {
      await using stack = new AsyncDisposableStack();
      const server = stack.use(await TestRedis.start(...(row.settings ?? [])));
      let second: Promise<TestRedis> | undefined;
      const other = async (): Promise<TestRedis> => {
        second ??= TestRedis.start().then((made) => stack.use(made));
        return second;
      };
      const scene = { server, other };
      await refill(scene, KEYS);
      await row.before?.(scene);
      const watcher = stack.use(watch(row, server));
      const calm = await watcher.look();
      assert.deepEqual([calm.verdict, calm.raised], ['present', []], calm.summary);
      assert.equal((await watcher.look()).verdict, 'present');
      await row.act(scene);
      const { verdict, breaches, raised, summary } = await watcher.look();
      assert.deepEqual({ verdict, breaches, raised }, row.finds, summary);
    });
});
