/**
 * Whether a name is on a comma-separated list of patterns (ssh_config(5), PATTERNS): `*` and `?` as usual; a `!` before a pattern that
 * matches keeps the name out, whatever else matches. Upper and lower case differ.
 */
export function matchesList(name: string, list: string): boolean {
  let found = false;
  for (const entry of list.split(',')) {
    const negated = entry.startsWith('!');
    if (!matches(name, negated ? entry.slice(1) : entry)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** The names that a list of patterns spells out: a wildcard or an exclusion names nobody. */
export const plainNames = (list: string): readonly string[] => list.split(',').filter((entry) => /^[^*?!]+$/.test(entry));

/** Plain ASCII: what can be compared and shown without a question of encodings. */
export const isPrintable = (text: string): boolean => /^[ -~]+$/.test(text);

/** One pass with one way back: no pattern makes it slow. */
function matches(name: string, pattern: string): boolean {
  let [at, next] = [0, 0];
  let [star, resume] = [-1, 0];
  while (at < name.length) {
    if (pattern[next] === '*') {
      star = next++;
      resume = at;
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === name[at])) {
      at++;
      next++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}
