import { clean } from '../values/text.ts';
import { nearest } from '../values/suggest.ts';
import type { Complaint } from './types.ts';

/** Every code of a complaint and what it says, in one line. `docs/codes.md` explains each; a test ties the two. */
export const CODES = {
  RC_FILE_UNREADABLE: 'the file cannot be read',
  RC_YAML_SYNTAX: 'the file is not well-formed YAML',
  RC_YAML_ALIAS: 'an alias has no anchor, or aliases multiply beyond all use',
  RC_YAML_NUMBER: 'a whole number is too large to be kept exactly and must be written in quotes',
  RC_KEY_DUPLICATE: 'a key appears twice in one map',
  RC_KEY_UNKNOWN: 'a key that nothing reads',
  RC_KEY_MISSING: 'a key that must be there is not',
  RC_KEY_NOT_YET: 'a key, a type or a value that a later version will have and this one does not',
  RC_TYPE_WRONG: 'a value of the wrong type',
  RC_VALUE_INVALID: 'a value that is malformed or impossible',
  RC_CHOICE_UNKNOWN: 'a word that is not one of the choices',
  RC_SCHEMA_UNKNOWN: 'the `schema` line names no schema that this version reads',
  RC_EXPIRES_INVALID: '`expires` is not a day',
  RC_BLIND_AFTER_SHORT: '`blind_after` is over before the next look is due',
  RC_PROBE_UNKNOWN: 'a connection names a probe that does not exist',
  RC_KIND_UNKNOWN: 'a resource is of a kind that no probe knows',
  RC_KIND_MISPLACED: "a resource is of a kind that its connection's probe does not offer",
  RC_PAGER_TYPE_UNKNOWN: 'a pager is of a type that does not exist',
  RC_CONNECTION_UNKNOWN: 'a resource or a window names a connection that config.yaml does not have',
  RC_RESOURCE_UNKNOWN: '`protected_by` or a window names a resource that is not on the roll',
  RC_PAGER_UNKNOWN: 'a route names a pager that is not declared',
  RC_EXPECTATION_UNKNOWN: 'an expectation that the kind cannot measure',
  RC_EXPECTATION_IMPOSSIBLE: 'expectations of one resource that cannot hold together',
  RC_ID_DUPLICATE: 'two resources have one id',
  RC_ID_INVALID: 'a name or id with characters that it may not have, or too long',
  RC_ROLL_EMPTY: 'the manifest names no resource',
  RC_CONNECTIONS_EMPTY: 'config.yaml declares no connection',
  RC_PAGERS_EMPTY: 'config.yaml declares no pager: nobody would be told',
  RC_SEVERITY_UNROUTED: 'pages of a severity would go to nobody',
  RC_ROUTE_UNREACHABLE: 'a route that can never match, because one before it takes everything',
  RC_SECRET_IN_CLEAR: 'a secret is written where a reference to one belongs',
  RC_SECRET_UNREADABLE: 'a secret that is referred to cannot be had, or others can read its file',
  RC_URL_PASSWORD: 'a URL has a user or password in it',
  RC_LISTEN_UNGUARDED: '`listen` is open to other machines without a token',
  RC_LISTEN_PLAIN: '`listen` is open to other machines without TLS',
  RC_CERTIFICATE_UNUSABLE: 'the certificate of the HTTP interface cannot be read, or its key is that of another',
  RC_CERTIFICATE_OVER: 'the certificate of the HTTP interface has ended, or does not count yet',
  RC_CERTIFICATE_ENDING: 'the certificate of the HTTP interface ends soon (a warning)',
  RC_CERTIFICATE_NAME: 'the certificate of the HTTP interface is not for the name in `watchdog.url` (a warning)',
  RC_TOKEN_TWICE: 'one token under two names, or one name with two tokens',
  RC_POLICY_UNHELD: 'a policy of signatures where config.yaml names no signers',
  RC_REQUESTS_UNSIGNED: '`requests` where config.yaml names no signers: nobody could approve',
  RC_SIGNERS_LINE: 'a line of `allowed_signers` or of the revoked keys that cannot be read',
  RC_SIGNERS_PRINCIPAL: 'a principal in `signers` that `allowed_signers` does not have, or that stands in two places',
  RC_SIGNERS_WATCHER: "the watcher's own key stands among those who may sign",
  RC_SIGNERS_CHANGED: 'the signers are others than those in force, and no signed manifest says so',
  RC_MANIFEST_OTHER: 'the manifest is of another name than the one in force',
  RC_MANIFEST_ROLLBACK: 'the manifest is of an earlier version than the one in force',
  RC_MANIFEST_FORK: 'the manifest is another one than the one in force, under its version or after another predecessor',
  RC_MANIFEST_GAP: 'a version between the manifest and the one in force is missing',
  RC_MANIFEST_FROZEN: 'the manifest had expired before it came',
  RC_MANIFEST_UNSIGNED: 'nobody has signed the manifest',
  RC_MANIFEST_REPLAYED: 'the signatures are over an earlier manifest',
  RC_MANIFEST_UNDERSIGNED: 'too few people have signed the manifest',
  RC_MANIFEST_UNREACHABLE: 'the policy asks for more people than there are signers',
  RC_IMPORT_UNREADABLE: 'a file to import from is not of the format named',
} as const;

export type Code = keyof typeof CODES;
export type Path = readonly (string | number)[];

/** A complaint before it has a position. `onKey`: the key itself is wrong, not its value. */
export interface Finding {
  readonly path: Path;
  readonly onKey?: boolean;
  readonly message: string;
  readonly code: Code;
}

/** `resources[3].expect.tables.public.orders.min_rows`; a key that does not read as one is put in quotes; the whole file is `(file)`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w.@-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${quote(step)}]`;
  }
  return text === '' ? '(file)' : clean(text, 200);
}

/** Text of the file as it may be repeated: cleaned, bounded, in quotes; a URL with a password is not repeated at all. */
export function quote(text: string): string {
  return /:\/\/[^/\s]*@/.test(text) ? '(a URL with a password)' : JSON.stringify(clean(text, 60));
}

const SHOWN = 12;

/** The end of a complaint about a mistyped word: the choice that was probably meant, else all of them (bounded), else `none`. */
export function suggestion(word: string, choices: Iterable<string>, list: string, none: string): string {
  const all = [...choices];
  const meant = nearest(word, all);
  if (meant !== undefined) return `did you mean ${quote(meant)}?`;
  if (all.length === 0) return none;
  const rest = all.length - SHOWN;
  return `${list} ${all
    .slice(0, SHOWN)
    .map((choice) => clean(choice, 60))
    .join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** The complaint about a file that cannot be opened or read; `why` is the system's word for it (`ENOENT`). */
export function unreadable(file: string, why: string): Complaint {
  return { file, line: 1, column: 1, path: '(file)', message: `cannot be read: ${clean(why, 120)}`, code: 'RC_FILE_UNREADABLE' };
}

/** `file:line:column  path  what is wrong and what would be right  RC_CODE`. */
export function formatComplaint(complaint: Complaint): string {
  const { file, line, column, path, message, code } = complaint;
  return `${file}:${line}:${column}  ${path}  ${message}  ${code}`;
}
