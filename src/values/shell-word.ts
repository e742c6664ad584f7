/** Text for bash. What a name holds may neither end its quotes nor drive the terminal it is shown on. */
const ODD = /[^\p{L}\p{N}\p{M} -~]/u;
const PLAIN = /^[A-Za-z0-9_./-]+$/;

/** One word that stands for itself. */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!ODD.test(text)) return `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const bytes = [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  return `$'${bytes}'`;
}
