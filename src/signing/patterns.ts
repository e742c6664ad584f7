import { matchesWildcard } from '../values/wildcard.ts';

/**
 * Whether a name is on a comma-separated list of patterns (ssh_config(5), PATTERNS): `*` and `?` as usual; a `!` before a pattern that
 * matches keeps the name out, whatever else matches. Upper and lower case differ.
 */
export function matchesList(name: string, list: string): boolean {
  let found = false;
  for (const entry of list.split(',')) {
    const negated = entry.startsWith('!');
    if (!matchesWildcard(name, negated ? entry.slice(1) : entry)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** The names that a list of patterns spells out: a wildcard or an exclusion names nobody. */
export const plainNames = (list: string): readonly string[] => list.split(',').filter((entry) => /^[^*?!]+$/.test(entry));

/** Plain ASCII: what can be compared and shown without a question of encodings. */
export const isPrintable = (text: string): boolean => /^[ -~]+$/.test(text);
