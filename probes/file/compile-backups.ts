import type { Check, Compiled, Issue, Parsed } from '../../src/probe.ts';
import { OPEN_LIMIT } from './newest.ts';
import { COMPLETE, COUNT, NEWEST, SIZE } from './facets.ts';
import { tidyIdentity } from './identity.ts';
import type { BackupsTarget } from './job.ts';
import type { BackupsEntry } from './schema.ts';

/** Turns a `file.backups` entry into its target and checks. */
export function compileBackups(entry: BackupsEntry): Parsed<Compiled<BackupsTarget>> {
  const { newest_within, min_count = 1, min_size, max_shrink, complete } = entry.expect ?? {};
  const pattern = entry.path;
  const issues = patternIssues(pattern);
  const newest = `the newest of ${pattern}`;
  const checks: Check[] = [
    { ...sweep(COUNT, 'count', pattern, 'min_count'), noun: 'backups', rule: { is: 'at_least', bound: min_count } },
    {
      ...sweep(SIZE, 'newest_size', newest, 'min_size'),
      unit: 'bytes',
      rule: { is: 'at_least', bound: min_size ?? 1 },
    },
  ];
  if (newest_within !== undefined)
    checks.push({
      ...sweep(NEWEST, 'newest_age', newest, 'newest_within'),
      breach: 'stale',
      unit: 'ms',
      noun: 'of age',
      rule: { is: 'at_most', bound: newest_within },
    });
  if (max_shrink !== undefined) {
    const rule = { is: 'at_least', bound: (1 - max_shrink) * 100 } as const;
    checks.push({ ...sweep(SIZE, 'newest_share', newest, 'max_shrink'), noun: 'percent of the size of those before it', rule });
  }
  const wholeWanted = Math.min(min_count, OPEN_LIMIT);
  if (complete !== false) {
    checks.push({ ...inspect('damage', newest, 'complete'), rule: { is: 'equals', value: 'none' } });
    checks.push({ ...inspect('whole', pattern, 'min_count'), noun: 'whole backups', rule: { is: 'at_least', bound: wholeWanted } });
  }
  if (issues.length > 0) return { ok: false, issues };
  const identity = tidyIdentity(entry.identity);
  return { ok: true, value: { target: { is: 'backups', pattern, identity, wholeWanted, strict: complete === true }, identity, checks } };
}

function patternIssues(pattern: string): Issue[] {
  const issue = (message: string): Issue[] => [{ path: ['path'], message }];
  if (pattern.includes('**'))
    return issue('** is refused: a tree without bounds cannot be listed to its end in bounded time; write one * per folder');
  if (/[{}]/.test(pattern)) return issue('{a,b} is not understood: write one resource per pattern');
  if (/(^|\/)\.{1,2}(\/|$)|\/\//.test(pattern) || pattern.endsWith('/'))
    return issue('ends in a pattern of file names, without . and .. and //');
  const open = pattern.replace(/\[!?\]?[^\]/]+\]/g, '');
  return /[[\]]/.test(open) ? issue('a [ without its ]') : [];
}

function sweep(facet: Check['facet'], measure: string, subject: string, path: string): Omit<Check, 'rule'> {
  return { facet, depth: 'sweep', path, measure, breach: 'diminished', subject, noun: '' };
}

function inspect(measure: string, subject: string, path: string): Omit<Check, 'rule'> {
  return { facet: COMPLETE, depth: 'inspect', path, measure, breach: 'diminished', subject, noun: '' };
}
