import { objectChecks, objectIssues, OBJECTS } from '../../src/probe-kit/object-counts.ts';
import { ageChecks, rowChecks, rowCount } from '../../src/probe-kit/table-rows.ts';
import type { Check, Compiled, Parsed } from '../../src/probe.ts';
import { formatDuration } from '../../src/values/duration.ts';
import type { DatabaseEntry, TableEntry } from './schema.ts';
import { ACTIVITY, BINLOG, BINLOG_FILES, type DatabaseTarget, type TableTarget } from './target.ts';

/** Turns a `mysql.database` entry into its target and checks. */
export function compileDatabase({ name, identity = {}, expect = {} }: DatabaseEntry): Parsed<Compiled<DatabaseTarget>> {
  const { tables = {}, objects = {}, binlog } = expect;
  const issues = objectIssues(objects);
  if (issues.length > 0) return { ok: false, issues };
  const { server_uuid } = identity;
  const pin = server_uuid === undefined ? {} : { server_uuid };
  const target: DatabaseTarget = {
    name,
    identity: pin,
    tables: Object.entries(tables).map(([table, entry]) => tableTarget(table, entry)),
    binlog: binlog !== undefined,
    binlogFiles: binlog?.min_files !== undefined,
  };
  const checks: Check[] = [
    ...activityChecks(name),
    emptiedCheck(name),
    ...objectChecks(name, objects),
    ...(binlog ? binlogChecks(binlog) : []),
    ...Object.entries(tables).flatMap(([table, entry]) => [...rowChecks(table, entry), ...ageChecks(table, entry)]),
  ];
  return { ok: true, value: { target, identity: pin, vantageKey: 'server_uuid', checks } };
}

function tableTarget(name: string, entry: TableEntry): TableTarget {
  const { fresh, oldest } = entry;
  return {
    name,
    ...rowCount(entry),
    ...(fresh && { fresh: { column: fresh.column } }),
    ...(oldest && { oldest: { column: oldest.column } }),
  };
}

/** What makes the look due that counts what is left: counters of the whole server, which name no database and so prove nothing of one. */
function activityChecks(name: string): Check[] {
  const base = { facet: ACTIVITY, depth: 'sweep', breach: 'precursor', subject: `the server of database ${name}` } as const;
  return [
    { ...base, path: 'activity', measure: 'rows_deleted', rule: { is: 'jumps', least: 10, factor: 2 }, noun: 'rows deleted' },
    { ...base, path: 'activity.drops', measure: 'drops', rule: { is: 'jumps', least: 1, factor: 2 }, noun: 'DROP or TRUNCATE statements' },
  ];
}

/** A share so near to all of it that only none at all is less. */
const ALL_BUT_NONE = 1 - 1e-9;

/**
 * Asked of every database, whatever is declared: nothing in MySQL tells a database that was dropped and made anew from the one before, but
 * the new one is empty.
 */
function emptiedCheck(name: string): Check {
  return {
    facet: OBJECTS,
    depth: 'inspect',
    path: 'objects.tables',
    measure: 'tables_total',
    rule: { is: 'shrinks_at_most', share: ALL_BUT_NONE, corroboration: [] },
    breach: 'diminished',
    subject: `database ${name}`,
    noun: 'tables',
    sentence: `database ${name} has no table left: all were dropped, or it was dropped and made anew`,
  };
}

function binlogChecks({ keeps, min_files }: NonNullable<NonNullable<DatabaseEntry['expect']>['binlog']>): Check[] {
  const base = { depth: 'inspect', breach: 'exposed', subject: 'the server', noun: '' } as const;
  return [
    {
      ...base,
      facet: BINLOG,
      path: 'binlog',
      measure: 'binlog.on',
      rule: { is: 'equals', value: 1 },
      sentence: 'the server writes no binary log: log_bin is off, and no point in time can be restored',
    },
    ...(keeps === undefined
      ? []
      : [
          {
            ...base,
            facet: BINLOG,
            path: 'binlog.keeps',
            measure: 'binlog.keeps',
            unit: 'ms',
            rule: { is: 'at_least', bound: keeps },
            sentence: `binary logs are kept for less than ${formatDuration(keeps)} (binlog_expire_logs_seconds)`,
          } as const,
        ]),
    ...(min_files === undefined
      ? []
      : [
          {
            ...base,
            facet: BINLOG_FILES,
            path: 'binlog.min_files',
            measure: 'binlog.files',
            rule: { is: 'at_least', bound: min_files },
            noun: 'binary logs',
          } as const,
        ]),
  ];
}
