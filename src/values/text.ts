// C0 and C1 controls, DEL, line and paragraph separators, bidirectional overrides and zero-width characters:
// each can forge a log line, drive a terminal or show a name as something it is not.
// oxlint-disable-next-line no-control-regex -- naming these characters is the purpose of the expression
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

const PLAIN = /^[\u0020-\u007e]*$/;

/**
 * Text from outside (a database name, an error message, an object key) made fit for a log line, a page or a terminal:
 * on one line, without control or direction-changing characters, at most `max` UTF-16 units.
 */
export function clean(text: string, max = 300): string {
  // Nearly all of it is plain already, and a sweep over a thousand databases asks some thousand times.
  if (text.length <= max && PLAIN.test(text)) return text;
  // Cut first: a hostile megabyte must not be scanned whole. Some room is left for what the replacement removes.
  const safe = text
    .slice(0, max * 4)
    .replace(UNSAFE, ' ')
    .toWellFormed();
  return safe.length > max ? `${safe.slice(0, max - 1).toWellFormed()}…` : safe;
}

/** JSON or YAML text in which those characters are written by their numbers: they may stand in strings only, which read back the same. */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
