/**
 * SQL of MySQL and MariaDB from names of anybody's choosing. Literals are written by their bytes: no sql_mode and no character set reads
 * them otherwise.
 */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function quoteTable(database: string, table: string): string {
  return `${quoteName(database)}.${quoteName(table)}`;
}

export function literal(text: string): string {
  return text === '' ? "''" : `_utf8mb4 0x${Buffer.from(text).toString('hex')}`;
}

/** A database as GRANT reads it: there, `_` and `%` stand for other characters unless told otherwise. */
export function quotePattern(database: string): string {
  return quoteName(database.replaceAll(/[\\_%]/g, '\\$&'));
}

/** An account as SQL names it. */
export function quoteAccount(user: string, host: string): string {
  return `${quoteName(user)}@${quoteName(host)}`;
}

const PLAIN = /^[\p{L}\p{N}\p{M} -~]*$/u;

/**
 * A statement for people to read and run, on one line. What a name holds must not drive the terminal that it is shown on: one with
 * anything beyond printable ASCII and letters in it is written by its bytes, and run from there.
 */
export function runnable(sql: string): string {
  if (PLAIN.test(sql)) return sql;
  return prepared(literal(sql));
}

/** Runs the statement that `expression` comes to. */
export function prepared(expression: string): string {
  return `SET @rollcall = ${expression}; PREPARE rollcall FROM @rollcall; EXECUTE rollcall; DEALLOCATE PREPARE rollcall`;
}
