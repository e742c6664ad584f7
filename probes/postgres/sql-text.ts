import { clean } from '../../src/values/text.ts';
import { quoteIdentifier, type TableName } from './table-name.ts';

/**
 * SQL for people to read and run. What a name holds may neither end its quotes nor drive the terminal it is shown on, so everything
 * beyond printable ASCII and letters is written by its number (PostgreSQL, "Lexical Structure": U&"" takes it where
 * standard_conforming_strings is on, which a script made of this must set).
 */
const ODD = /[^\p{L}\p{N}\p{M} -~]|[\\]/gu;

/** An identifier on one line. */
export function sqlIdentifier(name: string): string {
  return quoted(name, quoteIdentifier);
}

/** A text literal on one line. */
export function sqlLiteral(text: string): string {
  return quoted(text, (inner) => `'${inner.replaceAll("'", "''")}'`);
}

export function sqlTable({ schema, table }: TableName): string {
  return `${sqlIdentifier(schema)}.${sqlIdentifier(table)}`;
}

/** A thing as a statement names it after its kind; a function by what the server calls it, with its arguments. */
export function sqlObject({
  kind,
  object,
  schema,
  name,
}: {
  readonly kind: string;
  readonly object: string;
  readonly schema?: string;
  readonly name: string;
}): string {
  const text =
    kind === 'function'
      ? clean(object, 300)
      : schema === undefined || kind === 'schema'
        ? sqlIdentifier(name)
        : sqlTable({ schema, table: name });
  return `${kind.toUpperCase()} ${text}`;
}

/** A block of PL/pgSQL; its quotes are some that nothing inside can close. */
export function sqlBlock(lines: readonly string[]): string {
  const body = lines.join('\n');
  let tag = '$rollcall$';
  for (let nth = 1; body.includes(tag); nth++) tag = `$rollcall${nth}$`;
  return `DO ${tag}\n${body}\n${tag}`;
}

function quoted(text: string, quote: (text: string) => string): string {
  if (text.search(ODD) < 0) return quote(text);
  return `U&${quote(text.replace(ODD, escape))}`;
}

function escape(character: string): string {
  if (character === '\\') return '\\\\';
  return `\\+${(character.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`;
}

const PLAIN = /^[a-z_][a-z0-9_]*$/;

/** psql's word for going on in another database; as a URI, because a name with `=` or `://` in it would be read as an address. */
export function psqlConnect(database: string): string {
  if (PLAIN.test(database)) return `\\connect ${database}`;
  const encoded = [...Buffer.from(database)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
  return `\\connect -reuse-previous=on "postgresql:///${encoded}"`;
}
