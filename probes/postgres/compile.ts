import type { Check, Compiled, Identity, Issue, Parsed } from '../../src/probe.ts';
import { formatDuration } from '../../src/values/duration.ts';
import { surroundingChecks, surroundingIssues } from './compile-surroundings.ts';
import type { DatabaseEntry, TableEntry } from './schema.ts';
import { sequenceChecks } from './sequences.ts';
import { parseTableName, type TableName } from './table-name.ts';
import {
  ACTIVITY,
  churnFacet,
  columnsFacet,
  CONNECTIONS,
  freshFacet,
  isInspected,
  LOCKS,
  oldestFacet,
  sentinelFacet,
  tableFacet,
  type DatabaseTarget,
  type SequenceTarget,
  type TableTarget,
} from './target.ts';

/** Turns a `postgres.database` entry into its target and checks. */
export function compileDatabase(entry: DatabaseEntry): Parsed<Compiled<DatabaseTarget>> {
  const { expect = {} } = entry;
  const { tables = {}, max_shrink, objects, sequences = [], archiving, slots = [], standbys = [], owners = [] } = expect;
  const issues: Issue[] = surroundingIssues(expect);
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
  const { min_rows, sentinel, fresh, oldest } = entry;
  return {
    ...name,
    key,
    count: countsAll(entry) ? 'full' : min_rows === undefined ? 'exists' : 'floor',
    floor: min_rows ?? 0,
    churn: entry.max_churn !== undefined,
    columns: entry.columns ?? [],
    ...(sentinel && { sentinel: { key: String(sentinel.key), ...(sentinel.column !== undefined && { column: sentinel.column }) } }),
    ...(fresh && { fresh: { column: fresh.column } }),
    ...(oldest && { oldest: { column: oldest.column } }),
  };
}

function countsAll(entry: TableEntry): boolean {
  return entry.max_shrink !== undefined || entry.grow_only === true;
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
  const rows = { ...base, facet: tableFacet(key), measure: `${at}.rows`, noun: 'rows' } as const;
  const checks: Check[] = [
    {
      ...base,
      facet: tableFacet(key),
      path: at,
      measure: `${at}.present`,
      noun: '',
      rule: { is: 'equals', value: 1 },
      sentence: `table ${key} does not exist (or its files are gone)`,
    },
  ];
  if (entry.min_rows !== undefined) checks.push({ ...rows, path: `${at}.min_rows`, rule: { is: 'at_least', bound: entry.min_rows } });
  if (entry.max_shrink !== undefined)
    checks.push({ ...rows, path: `${at}.max_shrink`, rule: { is: 'shrinks_at_most', share: entry.max_shrink, corroboration: [] } });
  if (entry.grow_only === true) checks.push({ ...rows, path: `${at}.grow_only`, rule: { is: 'never_shrinks' } });
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
  if (entry.fresh) {
    const { column, within } = entry.fresh;
    const sentence = `${key} has no row with a ${column} of the last ${formatDuration(within)}`;
    const rule = { is: 'at_most', bound: within } as const;
    checks.push({
      ...base,
      breach: 'stale',
      facet: freshFacet(key),
      path: `${at}.fresh`,
      measure: `${at}.newest_age`,
      unit: 'ms',
      noun: '',
      rule,
      sentence,
    });
  }
  if (entry.oldest) {
    const { column, at_least } = entry.oldest;
    const sentence = `${key} has no row with a ${column} of more than ${formatDuration(at_least)} ago`;
    const rule = { is: 'at_least', bound: at_least } as const;
    const measure = `${at}.oldest_age`;
    checks.push({ ...base, facet: oldestFacet(key), path: `${at}.oldest`, measure, unit: 'ms', noun: '', rule, sentence });
  }
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
