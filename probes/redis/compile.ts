import type { Check, Compiled, Identity, Issue, Parsed } from '../../src/probe.ts';
import { formatDuration } from '../../src/values/duration.ts';
import { clean } from '../../src/values/text.ts';
import { protectionChecks } from './compile-protections.ts';
import type { DatabaseEntry } from './schema.ts';
import { ATTEMPTS, FLUSHALL, FLUSHDB, KEYS, MARK, SAVES, sentinelFacet, SETTINGS, type DatabaseTarget } from './target.ts';

/** Turns a `redis.database` entry into its target and checks. */
export function compileDatabase({
  database,
  mark,
  identity: { mark: digest } = {},
  expect,
}: DatabaseEntry): Parsed<Compiled<DatabaseTarget>> {
  const { churn, min_keys, max_shrink, sentinels = [], saved_within, max_config_sets, flushes, persistence } = expect;
  const issues: Issue[] = [];
  const wrong = (at: readonly string[], message: string): void => void issues.push({ path: at, message });
  if (digest !== undefined && mark === undefined) wrong(['identity', 'mark'], 'is the digest of a key that `mark` must name');
  if (churn && max_shrink !== undefined)
    wrong(['expect', 'max_shrink'], 'cannot be held of what may churn: use min_keys, or take churn out');
  if (churn && flushes !== undefined) wrong(['expect', 'flushes'], 'cannot stand beside churn: a cache may be flushed');
  if (persistence === 'none' && saved_within !== undefined)
    wrong(['expect', 'saved_within'], 'cannot be asked of a database whose persistence is none');
  if (issues.length > 0) return { ok: false, issues };
  const identity: Identity = digest === undefined ? {} : { mark: digest };
  const target: DatabaseTarget = {
    database,
    identity,
    mayBeEmpty: churn,
    ...(mark !== undefined && { mark }),
    sentinels,
    configSets: max_config_sets !== undefined,
  };
  const subject = `database ${database}`;
  const sweep = { depth: 'sweep', subject, noun: '' } as const;
  const checks: Check[] = [attempts(), ...(churn ? [] : flushChecks(subject, flushes)), ...protectionChecks(subject, expect)];
  const keys = { ...sweep, facet: KEYS, breach: 'diminished', noun: 'keys' } as const;
  if (min_keys !== undefined) checks.push({ ...keys, path: 'min_keys', measure: 'keys', rule: { is: 'at_least', bound: min_keys } });
  if (max_shrink !== undefined)
    checks.push({
      ...keys,
      noun: 'keys without an expiry',
      path: 'max_shrink',
      measure: 'keys.lasting',
      rule: { is: 'shrinks_at_most', share: max_shrink, corroboration: [] },
    });
  const there = { ...sweep, breach: 'diminished', rule: { is: 'equals', value: 1 } } as const;
  for (const one of sentinels) {
    const path = `sentinels.${one}`;
    checks.push({
      ...there,
      facet: sentinelFacet(one),
      path,
      measure: path,
      sentence: `key ${clean(one, 120)} of ${subject} does not exist`,
    });
  }
  if (mark !== undefined)
    checks.push({
      ...there,
      facet: MARK,
      path: 'mark',
      measure: 'mark.present',
      sentence: `the mark of ${subject}, key ${clean(mark, 120)}, is gone`,
    });
  if (saved_within !== undefined)
    checks.push({
      ...sweep,
      facet: SAVES,
      breach: 'stale',
      path: 'saved_within',
      measure: 'save.age',
      unit: 'ms',
      rule: { is: 'at_most', bound: saved_within },
      sentence: `there are changes, and the last RDB file is older than ${formatDuration(saved_within)}`,
    });
  if (max_config_sets !== undefined)
    checks.push({
      ...sweep,
      facet: SETTINGS,
      breach: 'precursor',
      subject: 'the server',
      noun: 'CONFIG SET commands',
      path: 'max_config_sets',
      measure: 'config_sets',
      rule: { is: 'rises_at_most', bound: max_config_sets },
    });
  return { ok: true, value: { target, identity, checks } };
}

/** What was refused did no harm; that somebody tried says what is to come. */
function attempts(): Check {
  return {
    facet: ATTEMPTS,
    depth: 'sweep',
    breach: 'precursor',
    subject: 'the server',
    noun: 'refused attempts to destroy or disarm',
    path: 'attempts',
    measure: 'attempts',
    rule: { is: 'rises_at_most', bound: 0 },
  };
}

/** What wipes and is filled again between two looks shows in these counters alone. */
function flushChecks(subject: string, severity: 'critical' | 'warning' = 'warning'): Check[] {
  const base = { depth: 'sweep', rule: { is: 'rises_at_most', bound: 0 } } as const;
  return [
    {
      ...base,
      facet: FLUSHALL,
      breach: 'diminished',
      subject,
      path: 'flushall',
      measure: 'flushall',
      noun: 'FLUSHALL commands',
      sentence: `FLUSHALL was run: all that ${subject} held then is gone`,
    },
    {
      ...base,
      facet: FLUSHDB,
      breach: 'precursor',
      severity,
      subject: 'the server',
      path: 'flushes',
      measure: 'flushdb',
      noun: 'FLUSHDB and SWAPDB commands',
      sentence: 'FLUSHDB or SWAPDB was run on this server, which does not say of which database',
    },
  ];
}
