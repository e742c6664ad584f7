import assert from 'node:assert/strict';
import { redis } from '../../../probes/redis/index.ts';
import { database } from './helpers.ts';

const facets = (entry: object) => [...new Set(database(entry).checks.map(({ facet }) => facet))].sort();
const complaints = (entry: object) => {
  const kind = redis.kinds.get('redis.database');
  const compiled = kind?.compile(kind.entry.parse(entry));
  assert.ok(compiled && !compiled.ok);
  return compiled.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
};
const connection = (settings: object) => redis.connection.safeParse(settings);

describe('what the manifest asks of a Redis', () => {
  it('is a good deal where nothing is said, and little of a cache', () => {
    assert.deepEqual(facets({}), [
      'content/flushall',
      'precursor/attempts',
      'precursor/flushdb',
      'protection/eviction',
      'protection/persistence',
    ]);
    assert.deepEqual(facets({ expect: { churn: true } }), ['precursor/attempts']);
    assert.equal(facets({ expect: { churn: true, persistence: 'rdb', replicas: 1 } }).length, 3);
  });

  it('is a facet of its own for each key', () => {
    const found = facets({ mark: 'm', expect: { sentinels: ['a', 'b'], saved_within: '1d', max_config_sets: 1 } });
    for (const facet of ['content/sentinels.a', 'content/sentinels.b', 'content/mark', 'freshness/saves', 'precursor/settings'])
      assert.ok(found.includes(facet as (typeof found)[number]), facet);
  });

  for (const [entry, complaint] of [
    [{ identity: { mark: `sha256:${'a'.repeat(64)}` } }, /^identity\.mark is the digest of a key that `mark` must name$/],
    [{ expect: { churn: true, max_shrink: '10%' } }, /^expect\.max_shrink cannot be held of what may churn/],
    [{ expect: { churn: true, flushes: 'critical' } }, /^expect\.flushes cannot stand beside churn/],
    [{ expect: { persistence: 'none', saved_within: '1d' } }, /^expect\.saved_within cannot be asked/],
  ] as const)
    it(`is refused where it cannot hold together: ${JSON.stringify(entry).slice(0, 60)}`, () => {
      assert.match(complaints(entry).join('\n'), complaint);
    });

  for (const entry of [
    { database: -1 },
    { expect: { min_keys: 0 } },
    { expect: { sentinels: [] } },
    { expect: { sentinels: ['a', 'a'] } },
    { expect: { sentinels: ['a\nb'] } },
    { expect: { sentinels: ['a'.repeat(501)] } },
    { mark: '' },
    { identity: { mark: 'abc' } },
    { expect: { unknown: 1 } },
  ])
    it(`is refused in itself: ${JSON.stringify(entry).slice(0, 60)}`, () => {
      assert.equal(redis.kinds.get('redis.database')?.entry.safeParse(entry).success, false);
    });

  it('is asked of one server by one way', () => {
    const password = { env: 'X' };
    for (const good of [{ host: 'h' }, { socket: '/s' }, { host: 'h', password }, { host: 'h', user: 'u', password, tls: { mode: 'off' } }])
      assert.equal(connection(good).success, true, JSON.stringify(good));
    for (const [bad, where] of [
      [{}, 'host'],
      [{ host: 'h', socket: '/s' }, 'socket'],
      [{ host: 'h', user: 'u' }, 'password'],
      [{ host: 'redis://h' }, 'host'],
      [{ host: 'h', user: 'a b', password }, 'user'],
      [{ host: 'h', password: 'hunter-2' }, 'password'],
      [{ host: 'h', port: 0 }, 'port'],
    ] as const) {
      const { error } = connection(bad);
      assert.deepEqual(
        error?.issues.map(({ path }) => path.join('.')),
        [where],
        JSON.stringify(bad),
      );
      assert.doesNotMatch(JSON.stringify(error), /hunter-2/);
    }
  });
});
