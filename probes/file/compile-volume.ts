import type { Check, Compiled, Issue, Parsed } from '../../src/probe.ts';
import { containsFacet, MOUNTED, sentinelFacet, USED } from './facets.ts';
import { tidyIdentity } from './identity.ts';
import type { VolumeTarget } from './job.ts';
import type { VolumeEntry } from './schema.ts';

/** Turns a `file.volume` entry into its target and checks. */
export function compileVolume(entry: VolumeEntry): Parsed<Compiled<VolumeTarget>> {
  const { mounted = false, min_used, max_shrink, contains = [], sentinels = {} } = entry.expect ?? {};
  const path = entry.path.length > 1 ? entry.path.replace(/\/+$/, '') || '/' : entry.path;
  const issues: Issue[] = [];
  const checks: Check[] = [];
  if (/[*?[]/.test(path)) issues.push({ path: ['path'], message: 'a volume is one folder: no wildcards' });
  if (/(^|\/)\.{1,2}(\/|$)|\/\//.test(path)) issues.push({ path: ['path'], message: 'write the path without . and .. and //' });
  if (mounted)
    checks.push({ ...sweep(MOUNTED, 'mounted', path), rule: { is: 'equals', value: 1 }, sentence: `nothing is mounted at ${path}` });
  if (min_used !== undefined)
    checks.push({ ...sweep(USED, 'used', path, 'min_used'), unit: 'bytes', noun: 'in use', rule: { is: 'at_least', bound: min_used } });
  if (max_shrink !== undefined) {
    const rule = { is: 'shrinks_at_most', share: max_shrink, corroboration: ['files', 'entries'] } as const;
    checks.push({ ...sweep(USED, 'used', path, 'max_shrink'), noun: 'in use', rule });
  }
  for (const name of new Set(contains))
    checks.push({
      ...sweep(containsFacet(name), `contains.${name}`, path),
      rule: { is: 'equals', value: 1 },
      sentence: `${name} is missing from ${path}`,
    });
  for (const [name, digest] of Object.entries(sentinels)) {
    const measure = `sentinels.${name}`;
    const rule = { is: 'equals', value: digest } as const;
    checks.push({
      facet: sentinelFacet(name),
      depth: 'inspect',
      path: measure,
      measure,
      rule,
      breach: 'diminished',
      subject: `sentinel ${name} of ${path}`,
      noun: 'for its digest',
    });
  }
  if (issues.length > 0) return { ok: false, issues };
  const identity = tidyIdentity(entry.identity);
  const target = { is: 'volume', path, identity, mounted, contains: [...new Set(contains)], sentinels: Object.keys(sentinels) } as const;
  return { ok: true, value: { target, identity, checks } };
}

function sweep(facet: Check['facet'], measure: string, subject: string, path = measure): Omit<Check, 'rule'> {
  return { facet, depth: 'sweep', path, measure, breach: 'diminished', subject, noun: '' };
}
