import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { bulk } from '../../support/fake-redis.ts';
import { database, Watcher } from './helpers.ts';
import { infoText, startServer } from './info-text.ts';

type Changes = Parameters<typeof infoText>[0];
const stat = (calls: number, rejected = 0, failed = 0) =>
  `calls=${calls},usec=9,usec_per_call=9.00,rejected_calls=${rejected},failed_calls=${failed}`;
const stats = (counts: Readonly<Record<string, string>>): Changes => ({
  Commandstats: Object.fromEntries(Object.entries(counts).map(([command, value]) => [`cmdstat_${command}`, value])),
});

/** What comes of a server that said one thing when all was well and says another now. */
async function play(now: Changes, { entry = {}, before = {} }: { readonly entry?: object; readonly before?: Changes } = {}) {
  let info = infoText(before);
  await using server = await startServer(() => info);
  await using watcher = new Watcher({ host: '127.0.0.1', port: server.port }, [database(entry)]);
  const calm = await watcher.look();
  assert.deepEqual([calm.verdict, calm.raised], ['present', []], calm.summary);
  info = infoText(now);
  const { verdict, breaches } = await watcher.look();
  return [verdict, ...breaches];
}

const CHANGED = { rdb_changes_since_last_save: 5, rdb_last_save_time: 1_795_890_000 };

describe('what the numbers of a Redis come to', () => {
  for (const [what, now, more, expected] of [
    [
      'FLUSHALL once more',
      stats({ flushall: stat(3) }),
      { before: stats({ flushall: stat(2) }) },
      ['degraded', 'diminished critical flushall'],
    ],
    ['FLUSHALL that failed', stats({ flushall: stat(3, 0, 1) }), { before: stats({ flushall: stat(2) }) }, ['present']],
    ['counters that begin anew', stats({ flushall: stat(1) }), { before: stats({ flushall: stat(7) }) }, ['present']],
    [
      'counters of another run',
      { ...stats({ flushall: stat(9) }), Server: { run_id: 'f'.repeat(40) } },
      { before: stats({ flushall: stat(2) }) },
      ['present'],
    ],
    ['SWAPDB', stats({ swapdb: stat(1) }), {}, ['degraded', 'precursor warning flushes']],
    ['a refused SHUTDOWN', stats({ shutdown: stat(0, 1) }), {}, ['degraded', 'precursor warning attempts']],
    [
      'a refused FLUSHALL of a cache',
      stats({ flushall: stat(0, 1) }),
      { entry: { expect: { churn: true } } },
      ['degraded', 'precursor warning attempts'],
    ],
    ['a refused GET', stats({ get: stat(0, 9) }), {}, ['present']],
    ['CONFIG SET', stats({ 'config|set': stat(1) }), {}, ['present']],
    ['CONFIG SET once where one is allowed', stats({ 'config|set': stat(1) }), { entry: { expect: { max_config_sets: 1 } } }, ['present']],
    [
      'CONFIG SET twice where one is allowed',
      stats({ 'config|set': stat(2) }),
      { entry: { expect: { max_config_sets: 1 } } },
      ['degraded', 'precursor warning max_config_sets'],
    ],
    ['an append-only file that is off', { Persistence: { aof_enabled: 0 } }, {}, ['degraded', 'exposed warning persistence']],
    [
      'one that is off where none is asked for',
      { Persistence: { aof_enabled: 0 } },
      { entry: { expect: { persistence: 'none' } } },
      ['present'],
    ],
    ['one that comes on', {}, { before: { Persistence: { aof_enabled: 0 } } }, ['present']],
    ['a write of it that fails', { Persistence: { aof_last_write_status: 'err' } }, {}, ['degraded', 'exposed warning persistence.aof']],
    ['a save that fails', { Persistence: { rdb_last_bgsave_status: 'err' } }, {}, ['degraded', 'exposed warning persistence.rdb']],
    [
      'changes that no file holds',
      { Persistence: CHANGED },
      { entry: { expect: { saved_within: '10m' } } },
      ['degraded', 'stale warning saved_within'],
    ],
    ['changes that are young', { Persistence: CHANGED }, { entry: { expect: { saved_within: '1h' } } }, ['present']],
    [
      'an old file and no changes',
      { Persistence: { ...CHANGED, rdb_changes_since_last_save: 0 } },
      { entry: { expect: { saved_within: '10m' } } },
      ['present'],
    ],
    ['a policy that evicts, and no limit', { Memory: { maxmemory_policy: 'allkeys-lru' } }, {}, ['present']],
    ['one that evicts what expires', { Memory: { maxmemory: 1, maxmemory_policy: 'volatile-lru' } }, {}, ['present']],
    [
      'one that evicts anything',
      { Memory: { maxmemory: 1, maxmemory_policy: 'allkeys-random' } },
      {},
      ['degraded', 'exposed warning eviction'],
    ],
    [
      'a replica that is not in step',
      { Replication: { slave0: 'ip=10.0.0.1,port=6379,state=send_bulk,offset=1,lag=0' } },
      { entry: { expect: { replicas: 1 } }, before: { Replication: { slave0: 'ip=10.0.0.1,port=6379,state=online,offset=1,lag=0' } } },
      ['degraded', 'exposed warning replicas'],
    ],
    ['keys that expire', { Keyspace: { db0: 'keys=905,expires=5' } }, { entry: { expect: { max_shrink: '1%' } } }, ['present']],
    [
      'keys that do not',
      { Keyspace: { db0: 'keys=900,expires=100' } },
      { entry: { expect: { max_shrink: '1%' } } },
      ['degraded', 'diminished critical max_shrink'],
    ],
    [
      'fewer keys than there must be',
      { Keyspace: { db0: 'keys=9,expires=0' } },
      { entry: { expect: { min_keys: 10 } } },
      ['degraded', 'diminished critical min_keys'],
    ],
    ['no keys', { Keyspace: { db1: 'keys=9,expires=0' } }, {}, ['absent']],
    ['no keys where there need be none', { Keyspace: {} }, { entry: { expect: { churn: true } } }, ['present']],
    [
      'lines of a later version',
      { Server: { anything: 'x' }, Keyspace: { db0: 'keys=1000,expires=100,avg_ttl=5,subexpiry=3' } },
      {},
      ['present'],
    ],
  ] as const)
    it(`${what}: ${expected.join(', ')}`, async () => {
      assert.deepEqual(await play(now, more), expected);
    });

  const digest = `sha256:${createHash('sha256').update('the mark').digest('hex')}`;
  for (const [what, given, answer, expected] of [
    ['pinned', { mark: digest }, bulk('the mark'), 'present'],
    ['pinned as another', { mark: `sha256:${'0'.repeat(64)}` }, bulk('the mark'), 'impostor'],
    ['pinned and gone', { mark: digest }, '$-1\r\n', 'impostor'],
    ['pinned and of another kind', { mark: digest }, '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n', 'blind'],
    ['not pinned and not there', undefined, '$-1\r\n', 'degraded'],
  ] as const)
    it(`a mark that is ${what}, from the first look on: ${expected}`, async () => {
      await using server = await startServer(() => infoText(), { GET: answer });
      const identity = given === undefined ? {} : { identity: given };
      await using watcher = new Watcher({ host: '127.0.0.1', port: server.port }, [database({ mark: 'm', ...identity })]);
      const { verdict, summary } = await watcher.look();
      assert.equal(verdict, expected, summary);
    });

  for (const [what, entry, then, expected] of [
    ['other', {}, bulk('another'), 'impostor'],
    ['gone', {}, '$-1\r\n', 'degraded'],
    ['gone, where the manifest pins it', { identity: { mark: digest } }, '$-1\r\n', 'impostor'],
  ] as const)
    it(`a mark that was there and is ${what}: ${expected}`, async () => {
      const answers = { GET: bulk('the mark') };
      await using server = await startServer(() => infoText(), answers);
      await using watcher = new Watcher({ host: '127.0.0.1', port: server.port }, [database({ mark: 'm', ...entry })]);
      assert.equal((await watcher.look()).verdict, 'present');
      answers.GET = then;
      const { verdict, raised } = await watcher.look();
      assert.deepEqual([verdict, raised], [expected, [expected === 'impostor' ? 'lost' : 'critical']]);
    });
});
