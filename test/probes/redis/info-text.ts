import { bulk, startFakeRedis, type FakeRedis, type RedisAnswer } from '../../support/fake-redis.ts';

/** A part of what INFO says; by section and name. */
type Said = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

/** What Redis 7.0.15 says of itself, as far as anybody asks. */
const HEALTHY: Said = {
  Server: {
    redis_version: '7.0.15',
    redis_mode: 'standalone',
    run_id: 'e508d6c7441f9d46ca2174251357eda26e49c5f2',
    uptime_in_seconds: 90_061,
    server_time_usec: '1795893061471793',
  },
  Memory: { maxmemory: 0, maxmemory_policy: 'noeviction' },
  Persistence: {
    loading: 0,
    async_loading: 0,
    rdb_changes_since_last_save: 0,
    rdb_last_save_time: 1_795_893_000,
    rdb_last_bgsave_status: 'ok',
    aof_enabled: 1,
    aof_last_bgrewrite_status: 'ok',
    aof_last_write_status: 'ok',
  },
  Replication: { role: 'master', connected_slaves: 0 },
  Commandstats: { cmdstat_info: 'calls=3,usec=400,usec_per_call=133.33,rejected_calls=0,failed_calls=0' },
  Keyspace: { db0: 'keys=1000,expires=100,avg_ttl=5' },
};

/** That, with other values; `undefined` for a whole section leaves it out. */
export function infoText(changes: Readonly<Record<string, Readonly<Record<string, string | number>> | undefined>> = {}): string {
  return Object.entries(HEALTHY)
    .flatMap(([section, lines]) => {
      if (section in changes && changes[section] === undefined) return [];
      // The keyspace lists what there is: it is replaced, and not added to.
      const all = section === 'Keyspace' && changes[section] ? changes[section] : { ...lines, ...changes[section] };
      return [`# ${section}`, ...Object.entries(all).map(([name, value]) => `${name}:${value}`), ''];
    })
    .join('\r\n');
}

/** A server that says `info`, and of everything else what it is told by the command's name. */
export function startServer(info: () => string, answers: Readonly<Record<string, RedisAnswer>> = {}): Promise<FakeRedis> {
  return startFakeRedis(
    ([command = '']) => answers[command] ?? (command === 'INFO' ? bulk(info()) : (USUAL[command] ?? '-ERR unknown command\r\n')),
  );
}

const USUAL: Readonly<Record<string, RedisAnswer>> = {
  AUTH: '+OK\r\n',
  SELECT: '+OK\r\n',
  DBSIZE: ':0\r\n',
  EXISTS: ':1\r\n',
  GET: bulk('the mark'),
};
