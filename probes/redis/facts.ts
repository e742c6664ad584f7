import { BadAnswer } from '../../src/probe-kit/failure.ts';
import { fieldsOf, wholeIn, type Info } from './info.ts';
import { commandCounts, type CommandCounts } from './command-counts.ts';

export interface Keyspace {
  readonly keys: number;
  /** Of those, the ones that expire by themselves. */
  readonly expires: number;
}

/** What one answer of INFO says of a server. Numbers are NaN where the server does not say them. */
export interface ServerFacts {
  readonly version: string;
  /** The version that it is compatible with: of Valkey the Redis it came from. */
  readonly major: number;
  /** A new one at each start. */
  readonly runId: string;
  readonly uptimeSeconds: number;
  /** The server's own clock, ms since 1970. */
  readonly now: number;
  readonly mode: string;
  readonly role: string;
  /** Of a replica: `host:port` of its master. */
  readonly master?: string;
  /** Why what it holds now may not be what it has; undefined where it is. */
  readonly unsettled?: { readonly reason: 'partial-answer' | 'stale-vantage'; readonly say: string };
  readonly databases: ReadonlyMap<number, Keyspace>;
  readonly counts: CommandCounts;
  readonly replicas: number;
  readonly aof: { readonly enabled: boolean; readonly ok: boolean };
  readonly rdb: { readonly ok: boolean; readonly savedAt: number; readonly changes: number };
  /** Whether any key may be evicted. */
  readonly evicts: boolean;
}

const NEEDED = ['server', 'memory', 'persistence', 'replication', 'commandstats', 'keyspace'] as const;

/** @throws BadAnswer where a section is missing: half of an answer is not an answer. */
export function factsOf(info: Info): ServerFacts {
  const missing = NEEDED.filter((name) => !info.has(name));
  if (missing.length > 0) throw new BadAnswer(`INFO of this server lacks ${missing.map((name) => `"${name}"`).join(', ')}`);
  const said = (section: (typeof NEEDED)[number], name: string): string | undefined => info.get(section)?.get(name);
  const isOk = (name: string): boolean => (said('persistence', name) ?? 'ok') === 'ok';
  const runId = said('server', 'run_id') ?? '';
  if (!/^[0-9a-f]{40}$/.test(runId)) throw new BadAnswer('INFO of this server has no run_id');
  const role = said('replication', 'role') ?? '';
  const unsettled = unsettledBy((section, name) => info.get(section)?.get(name));
  const version = said('server', 'valkey_version') ?? said('server', 'redis_version') ?? '';
  return {
    version: said('server', 'valkey_version') === undefined ? `Redis ${version}` : `Valkey ${version}`,
    major: Number.parseInt(said('server', 'redis_version') ?? '', 10),
    runId,
    uptimeSeconds: wholeIn(said('server', 'uptime_in_seconds')),
    now: Math.floor(wholeIn(said('server', 'server_time_usec')) / 1000),
    mode: said('server', 'redis_mode') ?? said('server', 'server_mode') ?? '',
    role,
    ...(role === 'slave' && { master: `${said('replication', 'master_host')}:${said('replication', 'master_port')}` }),
    ...(unsettled && { unsettled }),
    databases: databasesIn(info),
    counts: commandCounts(info.get('commandstats') ?? new Map()),
    replicas: replicasIn(info.get('replication') ?? new Map()),
    aof: {
      enabled: said('persistence', 'aof_enabled') === '1',
      ok: isOk('aof_last_write_status') && isOk('aof_last_bgrewrite_status'),
    },
    rdb: {
      ok: isOk('rdb_last_bgsave_status'),
      savedAt: wholeIn(said('persistence', 'rdb_last_save_time')) * 1000,
      changes: wholeIn(said('persistence', 'rdb_changes_since_last_save')),
    },
    evicts: (said('memory', 'maxmemory_policy') ?? '').startsWith('allkeys-') && wholeIn(said('memory', 'maxmemory')) > 0,
  };
}

function unsettledBy(said: (section: string, name: string) => string | undefined): ServerFacts['unsettled'] {
  if ((said('persistence', 'loading') ?? '0') !== '0' || said('persistence', 'async_loading') === '1')
    return { reason: 'partial-answer', say: 'the server is still loading what it holds' };
  if (said('replication', 'role') !== 'slave') return undefined;
  if (said('replication', 'master_sync_in_progress') === '1')
    return { reason: 'partial-answer', say: 'a replica that is being filled by its master' };
  const link = said('replication', 'master_link_status');
  return link === 'up' ? undefined : { reason: 'stale-vantage', say: `a replica whose link to its master is ${link ?? 'unknown'}` };
}

function databasesIn(info: Info): ReadonlyMap<number, Keyspace> {
  const databases = new Map<number, Keyspace>();
  for (const [name, value] of info.get('keyspace') ?? []) {
    const [, digits] = /^db(\d{1,6})$/.exec(name) ?? [];
    const fields = fieldsOf(value);
    const [keys, expires] = [wholeIn(fields.get('keys')), wholeIn(fields.get('expires'))];
    if (digits === undefined || !(keys >= 0) || !(expires >= 0)) throw new BadAnswer('the keyspace in INFO cannot be read');
    databases.set(Number(digits), { keys, expires });
  }
  return databases;
}

function replicasIn(replication: ReadonlyMap<string, string>): number {
  return [...replication].filter(([name, value]) => /^slave\d+$/.test(name) && fieldsOf(value).get('state') === 'online').length;
}
