/** What an audit may find of a user, and a connection may accept. */
export const STRENGTHS = ['flush', 'write', 'admin', 'copy', 'secrets', 'read', 'script'] as const;
export type Strength = (typeof STRENGTHS)[number];

/** One question to ACL DRYRUN: a command with as many words as it takes. `KEY` stands for a key. */
export interface Power {
  readonly strength: Strength;
  readonly command: readonly string[];
  /** As ACL rules name it: `config|set`. */
  readonly rule: string;
}

/** What stands for a key in a question. */
export const KEY = Symbol('key');

const of = (strength: Strength, rule: string, ...more: readonly (string | typeof KEY)[]) => ({
  strength,
  rule,
  words: [...rule.toUpperCase().split('|'), ...more],
});

/** Questions by what the answer yes would mean. None of them is ever run: ACL DRYRUN only says whether it would be allowed. */
const QUESTIONS = [
  of('flush', 'flushall'),
  of('flush', 'flushdb'),
  of('flush', 'swapdb', '0', '1'),
  of('write', 'del', KEY),
  of('write', 'unlink', KEY),
  of('write', 'set', KEY, 'x'),
  of('write', 'getdel', KEY),
  of('write', 'expire', KEY, '1'),
  of('write', 'rename', KEY, KEY),
  of('write', 'move', KEY, '1'),
  of('write', 'restore', KEY, '0', 'x', 'REPLACE'),
  of('write', 'sort', KEY, 'STORE', KEY),
  of('write', 'hset', KEY, 'f', 'x'),
  of('write', 'lpush', KEY, 'x'),
  of('write', 'sadd', KEY, 'x'),
  of('write', 'zadd', KEY, '1', 'x'),
  of('write', 'xtrim', KEY, 'MAXLEN', '0'),
  of('admin', 'config|set', 'maxmemory', '0'),
  of('admin', 'config|rewrite'),
  of('admin', 'config|resetstat'),
  of('admin', 'acl|setuser', 'x'),
  of('admin', 'acl|deluser', 'x'),
  of('admin', 'acl|load'),
  of('admin', 'shutdown'),
  of('admin', 'debug', 'RELOAD'),
  of('admin', 'replicaof', 'NO', 'ONE'),
  of('admin', 'slaveof', 'NO', 'ONE'),
  of('admin', 'failover'),
  of('admin', 'cluster|reset'),
  of('admin', 'module|load', 'x'),
  of('admin', 'client|kill', 'x'),
  of('copy', 'sync'),
  of('copy', 'psync', '?', '-1'),
  of('copy', 'migrate', 'x', '1', KEY, '0', '1'),
  of('secrets', 'config|get', 'requirepass'),
  of('secrets', 'acl|getuser', 'x'),
  of('secrets', 'acl|list'),
  of('secrets', 'monitor'),
  of('read', 'keys', '*'),
  of('read', 'scan', '0'),
  of('read', 'get', KEY),
  of('read', 'dump', KEY),
  of('read', 'hgetall', KEY),
  of('script', 'eval', 'return 1', '0'),
  of('script', 'function|load', 'x'),
] as const;

/** Questions for one key; those that name no key are the same for every one. */
export function powersOver(key: string): Power[] {
  return QUESTIONS.map(({ strength, rule, words }) => ({
    strength,
    rule,
    command: words.map((word) => (word === KEY ? key : word)),
  }));
}
