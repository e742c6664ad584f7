/** The part of a page under a heading, up to the next of its level. */
export function partOf(markdown: string, heading: RegExp): string {
  const lines = markdown.split('\n');
  const at = lines.findIndex((line) => line.startsWith('## ') && heading.test(line));
  if (at < 0) throw new Error(`no heading ${String(heading)}`);
  const length = lines.slice(at + 1).findIndex((line) => line.startsWith('## '));
  return lines.slice(at + 1, length < 0 ? undefined : at + 1 + length).join('\n');
}

export interface Block {
  readonly language: string;
  readonly text: string;
}

/** Fenced blocks in the order in which somebody reads them. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}
