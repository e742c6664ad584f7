import type { LifecycleRule } from '@aws-sdk/client-s3';

const DAY_MS = 86_400_000;
/** Nothing deletes them: a hundred years, so that it compares with what is sooner. */
export const NEVER_MS = 36_500 * DAY_MS;

/** How soon the enabled rules of a bucket delete what is in it, ms; for whichever objects they hold. */
export interface Expiry {
  readonly current: number;
  readonly versions: number;
  /** The rules that delete, in words. */
  readonly say: string;
}

/**
 * Reads the rules of a bucket. A rule with a date deletes all that there is on that day, whatever its age: that counts as at once. What removes
 * only bare delete markers, or uploads that were never finished, deletes nothing.
 */
export function expiryOf(rules: readonly LifecycleRule[]): Expiry {
  const said: string[] = [];
  let current = NEVER_MS;
  let versions = NEVER_MS;
  for (const { Status, Expiration, NoncurrentVersionExpiration, ID, Filter } of rules) {
    if (Status !== 'Enabled') continue;
    const where = Filter?.Prefix ? ` below ${Filter.Prefix}` : '';
    const name = `rule ${ID ?? 'without a name'}`;
    if (Expiration?.Date) {
      current = 0;
      said.push(`${name} deletes objects${where} on ${Expiration.Date.toISOString()}`);
    } else if (Expiration?.Days !== undefined) {
      current = Math.min(current, Expiration.Days * DAY_MS);
      said.push(`${name} deletes objects${where} after ${Expiration.Days} days`);
    }
    const old = NoncurrentVersionExpiration?.NoncurrentDays;
    if (old !== undefined) {
      versions = Math.min(versions, old * DAY_MS);
      said.push(`${name} deletes old versions${where} after ${old} days`);
    }
  }
  return { current, versions, say: said.length === 0 ? 'no rule deletes anything' : said.join('; ') };
}
