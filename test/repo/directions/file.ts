import { DIGESTS, other, pin, up, type Directions } from './direction.ts';

const [digest] = DIGESTS;

export const file: Directions = {
  'file.volume': {
    entry: { path: '/srv/data' },
    star: { 'expect.sentinels': 'a' },
    keys: {
      path: other('/srv/data', '/srv/other'),
      'identity.filesystem': pin('f'),
      'identity.device': pin('d'),
      'identity.type': pin('ext'),
      'identity.created': pin('1'),
      'expect.mounted': up(undefined, true),
      'expect.min_used': up(undefined, '1GiB', '2GiB'),
      'expect.contains': up(undefined, ['a']),
      'expect.max_shrink': up(undefined, '10%', '5%'),
      'expect.sentinels.*': up(undefined, digest),
    },
  },
  'file.backups': {
    entry: { path: '/srv/a/*.dump' },
    keys: {
      path: other('/srv/a/*.dump', '/srv/a/1*.dump'),
      'identity.filesystem': pin('f'),
      'identity.device': pin('d'),
      'identity.type': pin('ext'),
      'expect.newest_within': up(undefined, '26h', '25h'),
      'expect.min_count': up(undefined, 2, 7),
      'expect.min_size': up(undefined, '1MiB', '2MiB'),
      'expect.max_shrink': up(undefined, '10%', '5%'),
      'expect.complete': up(false, undefined),
    },
  },
};
