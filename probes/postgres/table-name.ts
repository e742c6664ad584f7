/** A table's exact name, as the catalogue holds it: case counts, nothing is folded. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}

// Either bare text without dot and quote, or a quoted identifier as in SQL.
const PART = String.raw`([^."\0]{1,63}|"(?:[^"\0]|"")+")`;
const NAME = new RegExp(`^${PART}\\.${PART}$`, 'u');

/** Parts of `public.orders` or `"odd.schema"."a ""table"""`; undefined where the text is neither. */
export function parseTableName(text: string): TableName | undefined {
  const match = NAME.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { schema: bare(match[1]), table: bare(match[2]) };
}

function bare(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
}

/** An identifier as SQL reads it back, whatever is in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteTable({ schema, table }: TableName): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
}
