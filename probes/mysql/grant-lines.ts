import { matchesTokens, type Token } from '../../src/values/wildcard.ts';

/** One line of SHOW GRANTS, read. */
export type GrantLine =
  | { readonly is: 'rights'; readonly rights: readonly string[]; readonly on: Level; readonly revoked: boolean }
  /** A role that may be taken on; `account` as SQL names it. */
  | { readonly is: 'role'; readonly account: string }
  | { readonly is: 'proxy' }
  /** Which role is taken on by itself: no right of its own. */
  | { readonly is: 'nothing' }
  /** In words that this version of rollcall does not know. */
  | { readonly is: 'unread' };

/** On what: names as the server has them. A database may be a pattern of LIKE. */
export type Level =
  | { readonly is: 'global' }
  | { readonly is: 'database'; readonly pattern: string }
  | { readonly is: 'table' | 'routine'; readonly database: string; readonly name: string };

const ID = '`(?:[^`]|``)*`';
const RIGHT = `[A-Z][A-Z_ ]*(?: \\(${ID}(?:, ?${ID})*\\))?`;
const RIGHTS = new RegExp(
  `^(GRANT|REVOKE) (${RIGHT}(?:, ?${RIGHT})*) ON (?:(TABLE|PROCEDURE|FUNCTION|PACKAGE BODY|PACKAGE) )?(\\*|${ID})\\.(\\*|${ID}) (?:TO|FROM) (.*)$`,
  's',
);
const ACCOUNT = `${ID}(?:@${ID})?`;
const ROLES = new RegExp(`^GRANT (${ACCOUNT}(?:, ?${ACCOUNT})*) TO `, 's');
/** More than any account has; the rest of a longer line is not read, and it is said to be unread. */
const LONGEST = 65_536;

/** Reads one line as the server prints it under an sql_mode without ANSI_QUOTES. A password's hash in it goes no further. */
export function parseGrant(line: string): GrantLine[] {
  if (line.length > LONGEST) return [{ is: 'unread' }];
  if (line.startsWith('SET DEFAULT ROLE ')) return [{ is: 'nothing' }];
  if (line.startsWith('GRANT PROXY ON ')) return [{ is: 'proxy' }];
  const roles = ROLES.exec(line)?.[1];
  if (roles !== undefined) return [...roles.matchAll(new RegExp(ACCOUNT, 'gs'))].map(([account]) => ({ is: 'role', account }));
  const match = RIGHTS.exec(line);
  if (!match) return [{ is: 'unread' }];
  const [, verb, list = '', kind, database = '*', name = '*', tail = ''] = match;
  // Without what may stand in quotes: the grantee and its hash.
  const options = tail.replaceAll(/`(?:[^`]|``)*`|'(?:[^'\\]|\\.|'')*'/gs, '');
  const rights = list
    .replaceAll(/ \((?:`(?:[^`]|``)*`(?:, ?)?)*\)/gs, '')
    .split(',')
    .map((right) => right.trim());
  if (options.includes('WITH GRANT OPTION')) rights.push('GRANT OPTION');
  return [{ is: 'rights', rights, on: levelOf(kind, database, name), revoked: verb === 'REVOKE' }];
}

function levelOf(kind: string | undefined, database: string, name: string): Level {
  if (kind !== undefined && kind !== 'TABLE') return { is: 'routine', database: bare(database), name: bare(name) };
  if (name !== '*') return { is: 'table', database: bare(database), name: bare(name) };
  return database === '*' ? { is: 'global' } : { is: 'database', pattern: bare(database) };
}

function bare(quoted: string): string {
  return quoted.startsWith('`') ? quoted.slice(1, -1).replaceAll('``', '`') : quoted;
}

/** Whether a database is meant by a pattern of a grant: `%` and `_` as in LIKE, with a backslash as themselves. */
export function matchesPattern(pattern: string, database: string): boolean {
  const tokens = (pattern.match(/\\.|./gsu) ?? []).map((part): Token => {
    if (part === '%') return 'run';
    return part === '_' ? 'one' : { is: part.length > 1 && part.startsWith('\\') ? part.slice(1) : part };
  });
  return matchesTokens(database, tokens);
}
