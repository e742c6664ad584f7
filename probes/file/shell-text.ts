/** Text for bash. What a path holds may neither end its quotes nor drive the terminal it is shown on. */
const ODD = /[^\p{L}\p{N}\p{M} -~]/u;
const PLAIN = /^[A-Za-z0-9_./-]+$/;
/** A set of a pattern that means the same to the shell and can hold nothing else. */
const SET = /^\[!?[A-Za-z0-9._-]+\]$/;

/** One word that stands for itself. */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!ODD.test(text)) return `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const bytes = [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  return `$'${bytes}'`;
}

/** One word in which `*`, `?` and plain sets are wildcards as in a manifest; a set that is not plain becomes `?`. */
export function shellPattern(pattern: string): string {
  const parts = pattern.match(/\*|\?|\[!?\]?[^\]]*\]|[^*?[]+|\[/gsu) ?? [];
  return parts
    .map((part) =>
      part === '*' || part === '?' || SET.test(part) ? part : part.endsWith(']') && part.startsWith('[') ? '?' : shellWord(part),
    )
    .join('');
}
