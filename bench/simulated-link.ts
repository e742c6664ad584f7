import type { Link, ProbeContext, Report, Wanted } from '../src/probe.ts';

/** As long as an answer takes. */
const MOST_MS = 80;

/**
 * A server that answers every sweep within a moment, whole and well, as the postgres probe would report it: so that what is left to be measured is
 * the watcher's own work.
 */
export function simulateLink(clock: ProbeContext['clock'], asked: () => void): Link {
  return {
    async *collect(wanted: readonly Wanted<unknown>[]): AsyncGenerator<Report> {
      asked();
      await clock.sleep(1 + Math.random() * MOST_MS);
      const at = clock.now();
      const evidence = { method: 'pg_database', vantage: 'simulated', at, excerpt: `${wanted.length} databases` };
      const caller = { system_identifier: '1' };
      yield {
        kind: 'listing',
        listing: {
          scope: 'simulated',
          caller,
          pages: 1,
          complete: true,
          control: { by: 'builtin', what: 'itself' },
          strangers: 0,
          evidence,
        },
      };
      for (const { id } of wanted)
        yield {
          kind: 'seen',
          id,
          pin: { ...caller, oid: id.replace(/\D/g, '') },
          looked: ['presence', 'identity', 'protection/connections'],
          measures: { connections_allowed: { value: 1, unit: 'flag', how: 'exact' } },
          evidence: { ...evidence, excerpt: `database ${id} is listed` },
        };
    },
    close: async () => {},
  };
}
