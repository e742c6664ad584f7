import { shellWord } from '../../src/values/shell-word.ts';

/** A set of a pattern that means the same to the shell and can hold nothing else. */
const SET = /^\[!?[A-Za-z0-9._-]+\]$/;

/** One word in which `*`, `?` and plain sets are wildcards as in a manifest; a set that is not plain becomes `?`. */
export function shellPattern(pattern: string): string {
  const parts = pattern.match(/\*|\?|\[!?\]?[^\]]*\]|[^*?[]+|\[/gsu) ?? [];
  return parts
    .map((part) =>
      part === '*' || part === '?' || SET.test(part) ? part : part.endsWith(']') && part.startsWith('[') ? '?' : shellWord(part),
    )
    .join('');
}
