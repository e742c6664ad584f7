import { other, pin, up, within, type Directions } from './direction.ts';

const table = (keys: Readonly<Record<string, unknown>>) => ({ name: 'orders', expect: { tables: { t: keys } } });
const objects = { name: 'orders', expect: { objects: { tables: { min: 1, max_shrink: '50%' } } } };
const binlog = { name: 'orders', expect: { binlog: {} } };

export const mysql: Directions = {
  'mysql.database': {
    entry: table({}),
    star: { 'expect.tables': 't' },
    keys: {
      name: other('orders', 'shop'),
      'identity.server_uuid': pin('397c9826-eb5d-11f1-8081-02fc00000001'),
      'expect.tables.*': up(undefined, {}),
      'expect.tables.*.min_rows': up(undefined, 10, 20),
      'expect.tables.*.max_shrink': up(undefined, '10%', '5%'),
      'expect.tables.*.grow_only': up(undefined, true),
      'expect.tables.*.fresh': up(undefined, { column: 'at', within: '1h' }),
      'expect.tables.*.fresh.column': within(table({ fresh: { within: '1h' } }), other('a', 'b')),
      'expect.tables.*.fresh.within': within(table({ fresh: { column: 'at' } }), up('2h', '1h')),
      'expect.tables.*.oldest': up(undefined, { column: 'at', at_least: '1h' }),
      'expect.tables.*.oldest.column': within(table({ oldest: { at_least: '1h' } }), other('a', 'b')),
      'expect.tables.*.oldest.at_least': within(table({ oldest: { column: 'at' } }), up('1h', '2h')),
      'expect.tables.*.severity': up('warning', 'critical'),
      'expect.objects': up(undefined, { tables: { min: 10 } }),
      'expect.objects.tables.min': within(objects, up(undefined, 10, 20)),
      'expect.objects.tables.max_shrink': within(objects, up(undefined, '10%', '5%')),
      'expect.binlog': up(undefined, {}),
      'expect.binlog.keeps': within(binlog, up(undefined, '1h', '2h')),
      'expect.binlog.min_files': within(binlog, up(undefined, 1, 2)),
    },
  },
};
