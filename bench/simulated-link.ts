import type { Instant, Link, Report, Wanted } from '../src/probe.ts';

/**
 * A server that answers every sweep at once, whole and well, as the postgres probe would report it: so that what is left to be measured is
 * the watcher's own work.
 */
export function simulateLink(now: () => Instant): Link {
  return {
    async *collect(wanted: readonly Wanted<unknown>[]): AsyncGenerator<Report> {
      const at = now();
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
