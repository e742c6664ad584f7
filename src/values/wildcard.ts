/** Whether all of `text` matches: `*` is any run of characters, `?` any one, everything else itself. No pattern makes it slow. */
export function matchesWildcard(text: string, pattern: string): boolean {
  // By code points: half a character is none.
  const [chars, tokens] = [Array.from(text), Array.from(pattern)];
  let [at, token, star, resume] = [0, 0, -1, 0];
  while (at < chars.length) {
    if (tokens[token] === '*') {
      star = token++;
      resume = at;
    } else if (tokens[token] !== undefined && (tokens[token] === '?' || tokens[token] === chars[at])) {
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
