import { DIGESTS, other, pin, up, within, type Directions } from './direction.ts';

const [digest] = DIGESTS;

export const redis: Directions = {
  'redis.database': {
    entry: { mark: 'rollcall:mark' },
    keys: {
      database: other(undefined, 1, 2),
      // What tells it from every other: to name one only tightens, and takes one more signature than it need.
      mark: other('rollcall:mark', 'rollcall:other'),
      'identity.mark': pin(digest),
      'expect.churn': within({ expect: { min_keys: 1 } }, other(true, undefined)),
      'expect.min_keys': up(undefined, 10, 20),
      'expect.max_shrink': up(undefined, '10%', '5%'),
      'expect.sentinels': up(undefined, ['a']),
      'expect.persistence': up('none', 'aof'),
      'expect.saved_within': up(undefined, '2h', '1h'),
      'expect.replicas': up(undefined, 1, 2),
      'expect.flushes': other('warning', 'critical'),
      'expect.max_config_sets': up(undefined, 10, 5),
    },
  },
};
