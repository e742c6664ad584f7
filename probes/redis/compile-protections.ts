import type { Check } from '../../src/probe.ts';
import type { DatabaseEntry } from './schema.ts';
import { EVICTION, PERSISTENCE, REPLICAS } from './target.ts';

/** What would save it, or bring it back. Undeclared, what is on stays on; of a cache nothing is asked that is not declared. */
export function protectionChecks(subject: string, expect: DatabaseEntry['expect']): Check[] {
  const { churn, persistence, replicas } = expect;
  const base = { depth: 'sweep', breach: 'exposed', subject: 'the server', noun: '' } as const;
  const checks: Check[] = [];
  const kept = { ...base, facet: PERSISTENCE, path: 'persistence' } as const;
  const on = { is: 'equals', value: 1 } as const;
  if (persistence === 'aof')
    checks.push({ ...kept, measure: 'aof.enabled', rule: on, sentence: 'the append-only file is off (appendonly no)' });
  if (persistence === undefined && !churn)
    checks.push({
      ...kept,
      measure: 'aof.enabled',
      rule: { is: 'never_shrinks' },
      sentence: 'the append-only file was on and is off (appendonly no)',
    });
  if (persistence === 'aof' || (persistence === undefined && !churn))
    checks.push({
      ...kept,
      path: 'persistence.aof',
      measure: 'aof.ok',
      rule: on,
      sentence: 'the last write or rewrite of the append-only file failed',
    });
  if (persistence === 'rdb' || (persistence === undefined && !churn))
    checks.push({ ...kept, path: 'persistence.rdb', measure: 'rdb.ok', rule: on, sentence: 'the last save of the RDB file failed' });
  if (!churn)
    checks.push({
      ...base,
      facet: EVICTION,
      path: 'eviction',
      measure: 'evicts',
      rule: { is: 'equals', value: 0 },
      sentence: `maxmemory-policy lets the server evict any key of ${subject}`,
    });
  if (replicas !== undefined)
    checks.push({
      ...base,
      facet: REPLICAS,
      path: 'replicas',
      measure: 'replicas',
      noun: 'connected replicas',
      rule: { is: 'at_least', bound: replicas },
    });
  return checks;
}
