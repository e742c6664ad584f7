import type { Discovery, DiscoveryDepth, Found } from '../../src/probe.ts';
import { groupDigits } from '../../src/values/digits.ts';
import { floorUnder } from '../../src/values/floor-under.ts';
import type { Connector } from './connector.ts';
import type { Keyspace, ServerFacts } from './facts.ts';
import { readServer } from './read-server.ts';
import { told } from './report.ts';

/** Fewer keys than this go up and down by themselves. */
const FEW_KEYS = 100;
const MARGIN = 0.1;

/** Every database of the server that holds a key. What it proposes rests on one look: whether it churns, people know. */
export async function* discoverServer(connector: Connector, depth: DiscoveryDepth, signal: AbortSignal): AsyncGenerator<Discovery> {
  let server: ServerFacts;
  try {
    server = await connector.within(signal, readServer);
    if (server.unsettled) {
      yield { kind: 'unexplored', on: 'the server', hides: true, ...server.unsettled };
      return;
    }
  } catch (error) {
    if (signal.aborted) return;
    const { reason, say } = connector.failure(error);
    yield { kind: 'unexplored', on: 'the server', reason, say, hides: true };
    return;
  }
  for (const [database, keyspace] of server.databases) {
    const found: Found = {
      kind: 'found',
      of: 'redis.database',
      label: `database ${database}`,
      name: `redis-${database}`,
      entry: { database },
      pin: {},
    };
    if (keyspace.keys > 0) yield depth === 'names' ? found : { ...found, ...propose(keyspace, server) };
  }
}

function propose({ keys, expires }: Keyspace, server: ServerFacts): Pick<Found, 'facts' | 'expect'> {
  const lasting = keys - expires;
  const few = keys < FEW_KEYS;
  const { aof, evicts } = server;
  return {
    facts: [
      `${groupDigits(keys)} keys, ${groupDigits(expires)} of them with an expiry`,
      `${aof.enabled ? 'append-only file on' : 'no append-only file'}, ${server.replicas} replicas${evicts ? ', may evict any key' : ''}`,
      told(server),
      ...(lasting === 0 || evicts ? ['it looks like a cache: say churn: true if it may be empty'] : []),
      'name a mark, and sentinels: keys that must exist',
    ],
    ...(!few && {
      expect: {
        ...(lasting > 0 && !evicts && { min_keys: floorUnder(lasting, MARGIN) }),
        ...(lasting >= FEW_KEYS && !evicts && { max_shrink: '10%' }),
        ...(aof.enabled && { persistence: 'aof' }),
      },
    }),
  };
}
