import type { Denial } from '../../src/probe-kit/failure.ts';
import { lacking } from '../../src/probe-kit/tell-facet.ts';
import { count, type Measures } from '../../src/probe-kit/measure.ts';
import type { Session } from './session.ts';
import { quoteIdentifier } from './table-name.ts';

interface Place {
  readonly schema: string | null;
  readonly usage: boolean;
  readonly reads: boolean;
  readonly user: string;
}

const PLACE = `
select n.nspname::text as schema, coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false) as usage,
  pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') as reads, current_user::text as user
from (values (1)) as once left join pg_catalog.pg_extension e on e.extname = 'pg_stat_statements'
  left join pg_catalog.pg_namespace n on n.oid = e.extnamespace`;

/**
 * How many TRUNCATE statements this database has seen, by pg_stat_statements: they are in no delete counter. Comments before the word do not
 * hide it. Of the texts nothing but the count leaves the server.
 */
export async function readTruncates(session: Session, limit: number, signal: AbortSignal): Promise<Measures | Denial> {
  const [place] = await session.query<Place>(PLACE, [], limit, signal);
  if (!place || place.schema === null) return lacking('CREATE EXTENSION pg_stat_statements in this database');
  // Without it the texts of others are not shown, and none would be seen to truncate.
  if (!place.reads) return lacking(`GRANT pg_read_all_stats TO ${quoteIdentifier(place.user)}`);
  const schema = quoteIdentifier(place.schema);
  if (!place.usage) return lacking(`GRANT USAGE ON SCHEMA ${schema} TO ${quoteIdentifier(place.user)}`);
  const [row] = await session.query<{ truncates: number; epoch: string }>(
    `select coalesce(pg_catalog.sum(s.calls), 0)::float8 as truncates,
        (select i.stats_reset::text || '/' || i.dealloc::text from ${schema}.pg_stat_statements_info i) as epoch
      from ${schema}.pg_stat_statements s
      where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
        and s.query ~* '^(\\s|/\\*.*?\\*/|--[^\\n]*\\n)*truncate\\M'`,
    [],
    limit,
    signal,
  );
  // Evicted statements take their counts with them: a new epoch, which is compared with nothing.
  return row ? { truncates: count(row.truncates, row.epoch) } : { reason: 'protocol', say: 'pg_stat_statements answered without a row' };
}
