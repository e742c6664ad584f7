import type { Check } from '../../src/probe.ts';
import type { Denial } from '../../src/probe-kit/failure.ts';
import { exact, type Measures } from '../../src/probe-kit/measure.ts';
import type { Session } from './session.ts';
import { quoteIdentifier, quoteTable } from './table-name.ts';
import { sequenceFacet, type SequenceTarget } from './target.ts';

interface Row {
  readonly usage: boolean;
  readonly selects: boolean;
  readonly user: string;
  readonly reached: number;
}

// Read from the sequence itself, and only where that would not be refused. In the direction it counts, so that what falls is a loss; one
// that was never asked stands one step before its start, where TRUNCATE ... RESTART IDENTITY puts it back to.
const STATEMENT = `
select allowed.usage, allowed.selects, current_user::text as user, (case when allowed.usage and allowed.selects then
    pg_catalog.sign(s.seqincrement::float8) * coalesce(pg_catalog.pg_sequence_last_value(c.oid)::float8, (s.seqstart - s.seqincrement)::float8)
  end)::float8 as reached
from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
  lateral (select pg_catalog.has_schema_privilege(n.oid, 'USAGE') as usage,
    pg_catalog.has_sequence_privilege(c.oid, 'SELECT') as selects) as allowed
where n.nspname = $1 and c.relname = $2`;

/** How far one sequence has got; or the grant that is missing. */
export async function readSequence(
  target: SequenceTarget,
  session: Session,
  limit: number,
  signal: AbortSignal,
): Promise<Measures | Denial> {
  const at = `sequences.${target.key}`;
  const [row] = await session.query<Row>(STATEMENT, [target.schema, target.table], limit, signal);
  if (!row) return { [`${at}.present`]: exact(0, 'flag'), [`${at}.reached`]: exact(0, 'count') };
  const role = quoteIdentifier(row.user);
  const denied = (grant: string): Denial => ({ reason: 'denied', say: `not allowed to look; it takes ${grant} TO ${role}` });
  if (!row.usage) return denied(`GRANT USAGE ON SCHEMA ${quoteIdentifier(target.schema)}`);
  // Not USAGE of the sequence, which would let the watcher move it.
  if (!row.selects) return denied(`GRANT SELECT ON SEQUENCE ${quoteTable(target)}`);
  return { [`${at}.present`]: exact(1, 'flag'), [`${at}.reached`]: exact(row.reached, 'count') };
}

/** It is there, and never behind where it has been. */
export function sequenceChecks({ key }: SequenceTarget): Check[] {
  const at = `sequences.${key}`;
  const base = { facet: sequenceFacet(key), depth: 'inspect', breach: 'diminished', subject: key, noun: '' } as const;
  return [
    { ...base, path: at, measure: `${at}.present`, rule: { is: 'equals', value: 1 }, sentence: `sequence ${key} does not exist` },
    {
      ...base,
      path: `${at}.reached`,
      measure: `${at}.reached`,
      rule: { is: 'never_shrinks' },
      sentence: `sequence ${key} is behind where it has been: reset, made anew, or of an older state`,
    },
  ];
}
