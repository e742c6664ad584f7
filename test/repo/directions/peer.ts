import { pin, up, type Directions } from './direction.ts';

export const peer: Directions = {
  'peer.watcher': {
    entry: {},
    keys: {
      'identity.watchdog': pin('b'),
      'identity.manifest': pin('m'),
      'expect.round_within': up('3m', undefined, '1m'),
      'expect.ledger_within': up(undefined, '2h', '1h'),
      'expect.ready': up(undefined, true),
    },
  },
};
