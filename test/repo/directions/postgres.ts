import { DIGESTS, other, pin, up, within, type Direction, type Directions } from './direction.ts';

const table = (keys: Readonly<Record<string, unknown>>) => ({ name: 'orders', expect: { tables: { 'public.t': keys } } });
const [digest, another] = DIGESTS;
const both = { min: 1, max_shrink: '50%' };
const objects = (...values: readonly unknown[]): Direction =>
  within({ name: 'orders', expect: { objects: { tables: both, functions: both } } }, up(undefined, ...values));

export const postgres: Directions = {
  'postgres.database': {
    entry: table({}),
    star: { 'expect.tables': 'public.t' },
    keys: {
      name: other('orders', 'shop'),
      'identity.system_identifier': pin('7301442'),
      'identity.oid': pin(16_401),
      tripwire: up(undefined, true),
      'expect.tables.*': up(undefined, {}),
      'expect.tables.*.min_rows': up(undefined, 10, 20),
      'expect.tables.*.max_shrink': up(undefined, '10%', '5%'),
      'expect.tables.*.max_churn': up(undefined, '10%', '5%'),
      'expect.tables.*.grow_only': up(undefined, true),
      // One that is left out of a longer list is another list: one more signature than it need be.
      'expect.tables.*.columns': up(undefined, ['a']),
      'expect.tables.*.sentinel': up(undefined, { key: 1, digest }),
      'expect.tables.*.sentinel.key': within(table({ sentinel: { digest } }), other(1, 2, 'one')),
      'expect.tables.*.sentinel.column': within(table({ sentinel: { key: 1, digest } }), other(undefined, 'a', 'b')),
      'expect.tables.*.sentinel.digest': within(table({ sentinel: { key: 1 } }), other(digest, another)),
      'expect.tables.*.fresh': up(undefined, { column: 'at', within: '1h' }),
      'expect.tables.*.fresh.column': within(table({ fresh: { within: '1h' } }), other('a', 'b')),
      'expect.tables.*.fresh.within': within(table({ fresh: { column: 'at' } }), up('2h', '1h')),
      'expect.tables.*.oldest': up(undefined, { column: 'at', at_least: '1h' }),
      'expect.tables.*.oldest.column': within(table({ oldest: { at_least: '1h' } }), other('a', 'b')),
      'expect.tables.*.oldest.at_least': within(table({ oldest: { column: 'at' } }), up('1h', '2h')),
      'expect.tables.*.lock_wait': up('31s', undefined, '10s'),
      'expect.tables.*.severity': up('warning', 'critical'),
      'expect.max_shrink': up(undefined, '10%', '5%'),
      'expect.objects': up(undefined, { tables: { min: 10 } }),
      'expect.objects.tables.min': objects(10, 20),
      'expect.objects.tables.max_shrink': objects('10%', '5%'),
      'expect.objects.functions.min': objects(10, 20),
      'expect.objects.functions.max_shrink': objects('10%', '5%'),
      'expect.sequences': up(undefined, ['public.s']),
      'expect.max_truncates': up(undefined, 10, 5),
      'expect.archiving': up(undefined, { within: '1h' }),
      'expect.archiving.within': up('2h', '1h'),
      'expect.slots': up(undefined, ['a']),
      'expect.standbys': up(undefined, ['a']),
      'expect.owners': up(undefined, ['a']),
    },
  },
};
