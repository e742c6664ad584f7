/** A pattern of keys, taken apart: below which prefix S3 is asked to list, and what of it is meant. */
export interface KeyPattern {
  readonly prefix: string;
  readonly matches: (key: string) => boolean;
}

const SPECIAL = /[*?[\]]/;

/** `*` and `?` and `[a-z]` stand for what is within one part of a key, `**` for any number of parts. Compiled once for each pattern. */
export function keyPattern(pattern: string): KeyPattern {
  const at = pattern.search(SPECIAL);
  const prefix = at === -1 ? pattern : pattern.slice(0, at);
  const expression = new RegExp(`^${source(pattern)}$`, 'u');
  return { prefix, matches: (key) => expression.test(key) };
}

/** What is wrong with a pattern, and what would be right; undefined where nothing is. */
export function patternTrouble(pattern: string): string | undefined {
  if (pattern.startsWith('/')) return 'begins without a slash: keys have none';
  if (/[{}]/.test(pattern)) return '{a,b} is not understood: write one resource per pattern';
  if (/\*{3,}/.test(pattern)) return 'has no more than two * in a row';
  const open = pattern.replace(/\[!?\]?[^\]/]+\]/g, '');
  return /[[\]]/.test(open) ? 'a [ without its ]' : undefined;
}

function source(pattern: string): string {
  const parts = pattern.match(/\*\*\/?|\*|\?|\[!?\]?[^\]/]+\]|[^*?[]+|[[\]]/g) ?? [];
  return parts
    .map((part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      if (part.startsWith('[') && part.length > 2) return classOf(part);
      return RegExp.escape(part);
    })
    .join('');
}

function classOf(part: string): string {
  const negated = part.startsWith('[!');
  const inside = part.slice(negated ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&');
  return `(?!/)[${negated ? '^' : ''}${inside}]`;
}
