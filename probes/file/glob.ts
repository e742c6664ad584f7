/** True where `name` matches one part of a pattern: `*` any run, `?` any one, `[a-z]` and `[!a-z]` sets. Hidden names need a written dot. */
export function matchesPart(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  const tokens = tokenize(pattern);
  // By code points, as the pattern is: half a character is none.
  const chars = Array.from(name);
  // Greedy with one step back: linear in the product of the lengths whatever the names are, which nobody vouches for.
  let [at, token, star, resume] = [0, 0, -1, 0];
  while (at < chars.length) {
    const current = tokens[token];
    if (current === '*') {
      star = token++;
      resume = at;
    } else if (current !== undefined && matchesOne(chars[at] ?? '', current)) {
      at++;
      token++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++resume;
    } else return false;
  }
  while (tokens[token] === '*') token++;
  return token === tokens.length;
}

function hasWildcard(part: string): boolean {
  return /[*?[]/.test(part);
}

/** The folder that a pattern starts in, and the parts still to be matched below it, the last of which names files. */
export function splitPattern(pattern: string): { readonly folder: string; readonly parts: readonly string[] } {
  const parts = pattern.split('/').slice(1);
  const first = parts.findIndex((part, index) => hasWildcard(part) || index === parts.length - 1);
  return { folder: `/${parts.slice(0, first).join('/')}`, parts: parts.slice(first) };
}

function tokenize(pattern: string): string[] {
  return pattern.match(/\[!?\]?[^\]]*\]|./gsu) ?? [];
}

function matchesOne(char: string, token: string): boolean {
  if (token === '?') return true;
  if (token.length < 3 || !token.startsWith('[')) return char === token;
  const negated = token[1] === '!';
  const body = Array.from(token.slice(negated ? 2 : 1, -1));
  let found = false;
  for (let i = 0; i < body.length; i++) {
    const low = body[i] ?? '';
    const range = body[i + 1] === '-' && i + 2 < body.length;
    const high = range ? (body[i + 2] ?? '') : low;
    if (char >= low && char <= high) found = true;
    if (range) i += 2;
  }
  return found !== negated;
}
