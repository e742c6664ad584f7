/** A file cut so that no more than one entry of its long list need be held as a syntax tree at once. */
export interface Pieces {
  /** All but the entries; an empty list stands in their place. */
  readonly head: string;
  /** Where in `head` that list stands. */
  readonly at: number;
  /** Each entry, in order, as a list of one. */
  readonly entries: readonly string[];
}

const HEADING = /^resources:[ \t]*(?:#.*)?\n/gm;

/**
 * Cuts a manifest at the entries of `resources`, by its lines alone: whatever these deceive about (a heading inside a text, an alias to
 * another entry) makes a piece that is not well-formed by itself. Undefined where there is nothing to cut.
 */
export function cutEntries(text: string): Pieces | undefined {
  const [heading, other] = text.matchAll(HEADING);
  // Directives hold for the whole file, and a piece would be read without them.
  if (!heading || other || /^%/m.test(text)) return undefined;
  const start = heading.index + heading[0].length;
  const indent = /^(?: *(?:#.*)?\n)*( *)- /.exec(text.slice(start))?.[1];
  if (indent === undefined) return undefined;
  // What stands no deeper than the dashes, and is neither a dash nor a comment, is the next key.
  const after = new RegExp(`^(?!${indent}- ) {0,${indent.length}}[^ #\\n]`, 'm').exec(text.slice(start));
  const end = after ? start + after.index : text.length;
  const entries = text.slice(start, end).split(new RegExp(`^(?=${indent}- )`, 'm'));
  const lead = `${text.slice(0, heading.index)}resources: `;
  // Blank lines and comments before the first dash.
  if (!entries[0]?.startsWith(`${indent}- `)) entries.shift();
  return { head: `${lead}[]\n${text.slice(end)}`, at: lead.length, entries };
}
