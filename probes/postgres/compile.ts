import { objectIssues } from '../../src/probe-kit/object-counts.ts';
import { ageChecks, rowChecks, rowCount } from '../../src/probe-kit/table-rows.ts';
import type { Check, Compiled, Identity, Issue, Parsed } from '../../src/probe.ts';
import { formatDuration } from '../../src/values/duration.ts';
import { surroundingChecks } from './compile-surroundings.ts';
import type { DatabaseEntry, TableEntry } from './schema.ts';
import { sequenceChecks } from './sequences.ts';
import { parseTableName, type TableName } from './table-name.ts';
import {
  ACTIVITY,
  churnFacet,
  columnsFacet,
  CONNECTIONS,
  isInspected,
  LOCKS,
  sentinelFacet,
  type DatabaseTarget,
  type SequenceTarget,
  type TableTarget,
} from './target.ts';

/** Turns a `postgres.database` entry into its target and checks. */
export function compileDatabase(entry: DatabaseEntry): Parsed<Compiled<DatabaseTarget>> {
  const { expect = {} } = entry;
  const { tables = {}, max_shrink, objects, sequences = [], archiving, slots = [], standbys = [], owners = [] } = expect;
  const issues: Issue[] = objectIssues(objects ?? {});
  const targets: TableTarget[] = [];
  const checks: Check[] = [connectionsCheck(entry.name), ...surroundingChecks(entry.name, expect)];
  for (const [key, table] of Object.entries(tables)) {
    const name = parseTableName(key);
    if (!name)
      issues.push({ path: ['expect', 'tables', key], message: 'must be schema.table; a name with a dot in it stands in double quotes' });
    else if (targets.some((other) => other.schema === name.schema && other.table === name.table))
      issues.push({ path: ['expect', 'tables', key], message: 'names a table a second time' });
    else {
      targets.push(tableTarget(key, name, table));
      checks.push(...tableChecks(key, table));
    }
  }
  const counted = compileSequences(sequences, issues);
  checks.push(...counted.flatMap(sequenceChecks));
  if (issues.length > 0) return { ok: false, issues };
  const identity = definedOnly(entry.identity ?? {});
  const target: DatabaseTarget = {
    name: entry.name,
    identity,
    tripwire: entry.tripwire,
    tables: targets,
    size: max_shrink !== undefined,
    objects: objects !== undefined,
    truncates: expect.max_truncates !== undefined,
    sequences: counted,
    archiving: archiving !== undefined,
    slots,
    standbys,
    owners,
  };
  if (isInspected(target)) checks.push(...activityChecks(entry.name));
  return { ok: true, value: { target, identity, vantageKey: 'system_identifier', tripwire: entry.tripwire, checks } };
}

function compileSequences(keys: readonly string[], issues: Issue[]): SequenceTarget[] {
  const targets: SequenceTarget[] = [];
  for (const [nth, key] of keys.entries()) {
    const name = parseTableName(key);
    const path = ['expect', 'sequences', nth];
    if (!name) issues.push({ path, message: 'must be schema.sequence; a name with a dot in it stands in double quotes' });
    else if (targets.some((other) => other.schema === name.schema && other.table === name.table))
      issues.push({ path, message: 'names a sequence a second time' });
    else targets.push({ ...name, key });
  }
  return targets;
}

function definedOnly(identity: Readonly<Record<string, string | undefined>>): Identity {
  return Object.fromEntries(Object.entries(identity).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

function tableTarget(key: string, name: TableName, entry: TableEntry): TableTarget {
  const { sentinel, fresh, oldest } = entry;
  return {
    ...name,
    key,
    ...rowCount(entry),
    churn: entry.max_churn !== undefined,
    columns: entry.columns ?? [],
    ...(sentinel && { sentinel: { key: String(sentinel.key), ...(sentinel.column !== undefined && { column: sentinel.column }) } }),
    ...(fresh && { fresh: { column: fresh.column } }),
    ...(oldest && { oldest: { column: oldest.column } }),
  };
}

function connectionsCheck(name: string): Check {
  return {
    facet: CONNECTIONS,
    depth: 'sweep',
    path: 'connections',
    measure: 'connections_allowed',
    rule: { is: 'equals', value: 1 },
    breach: 'precursor',
    severity: 'warning',
    subject: name,
    noun: '',
    sentence: `database ${name} accepts no connections (ALLOW_CONNECTIONS false, or CONNECTION LIMIT 0)`,
  };
}

/** Eight pages: the smallest table with an index. */
const LEAST_FALL = 65_536;

/**
 * What makes the look due that counts what is left. A handful of rows goes every day, a table's worth does not; TRUNCATE and DROP TABLE
 * are in no counter, but the files are gone with them.
 */
function activityChecks(name: string): Check[] {
  const base = { facet: ACTIVITY, depth: 'sweep', breach: 'precursor', subject: `database ${name}` } as const;
  return [
    { ...base, path: 'activity', measure: 'tuples_deleted', rule: { is: 'jumps', least: 10, factor: 2 }, noun: 'rows deleted' },
    { ...base, path: 'activity.commits', measure: 'commits', rule: { is: 'restarts' }, noun: 'commits' },
    {
      ...base,
      path: 'activity.size',
      measure: 'size_now',
      rule: { is: 'falls', least: LEAST_FALL, factor: 2 },
      subject: `the size of database ${name}`,
      noun: '',
    },
  ];
}

function tableChecks(key: string, entry: TableEntry): Check[] {
  const at = `tables.${key}`;
  const severity = entry.severity === undefined ? {} : { severity: entry.severity };
  const base = { depth: 'inspect', breach: 'diminished', subject: key, ...severity } as const;
  const checks = rowChecks(key, entry);
  for (const column of entry.columns ?? []) {
    const measure = `${at}.columns.${column}`;
    const sentence = `${key} has no column ${column}`;
    const rule = { is: 'equals', value: 1 } as const;
    checks.push({ ...base, facet: columnsFacet(key), path: measure, measure, noun: '', rule, sentence });
  }
  if (entry.max_churn !== undefined) {
    const rule = { is: 'churns_at_most', share: entry.max_churn, of: `${at}.live` } as const;
    checks.push({ ...base, facet: churnFacet(key), path: `${at}.max_churn`, measure: `${at}.deleted`, noun: 'rows deleted', rule });
  }
  if (entry.sentinel) {
    const sentence = `the sentinel row ${entry.sentinel.key} of ${key} is gone or changed`;
    const rule = { is: 'equals', value: entry.sentinel.digest } as const;
    checks.push({ ...base, facet: sentinelFacet(key), path: `${at}.sentinel`, measure: `${at}.sentinel`, noun: '', rule, sentence });
  }
  checks.push(...ageChecks(key, entry));
  checks.push({
    facet: LOCKS,
    depth: 'inspect',
    path: `${at}.lock_wait`,
    measure: `${at}.lock_wait`,
    rule: { is: 'at_most', bound: entry.lock_wait },
    breach: 'precursor',
    // Whatever a breach of the table weighs: a migration waits like that too.
    severity: 'warning',
    subject: key,
    unit: 'ms',
    noun: '',
    sentence: `a session has been waiting for longer than ${formatDuration(entry.lock_wait)} to have ${key} to itself, as DROP, TRUNCATE and ALTER do`,
  });
  return checks;
}
