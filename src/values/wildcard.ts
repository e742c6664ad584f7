/** A part of a pattern: any run of characters, any one, or a character itself. */
export type Token = 'run' | 'one' | { readonly is: string };

/** Whether all of `text` matches: `*` is any run of characters, `?` any one, everything else itself. No pattern makes it slow. */
export function matchesWildcard(text: string, pattern: string): boolean {
  return matchesTokens(
    text,
    // By code points: half a character is none.
    Array.from(pattern, (is) => (is === '*' ? 'run' : is === '?' ? 'one' : { is })),
  );
}

/** Whether all of `text` matches `tokens`, in a time that no pattern makes long. */
export function matchesTokens(text: string, tokens: readonly Token[]): boolean {
  const chars = Array.from(text);
  let [at, next, star, resume] = [0, 0, -1, 0];
  while (at < chars.length) {
    const token = tokens[next];
    if (token === 'run') {
      star = next++;
      resume = at;
    } else if (token === 'one' || (token !== undefined && token.is === chars[at])) {
      at++;
      next++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (tokens[next] === 'run') next++;
  return next === tokens.length;
}
