import { BadAddress, BadAnswer, errorFields, type Failure } from '../../src/probe-kit/failure.ts';
import type { BlindReason } from '../../src/probe.ts';
import { redact } from '../../src/values/secret.ts';
import { clean } from '../../src/values/text.ts';

/** Numbers of the server's errors that mean something by themselves (MySQL, "Server Error Message Reference"; MariaDB, "Error Codes"). */
export const ERRORS = {
  accessDeniedToDatabase: 1044,
  unknownDatabase: 1049,
  unknownColumn: 1054,
  tableDenied: 1142,
  columnDenied: 1143,
  noSuchTable: 1146,
  privilegeMissing: 1227,
} as const;

/** The table is in the catalogue, and its files are not under it: gone from the engine, tablespace missing or discarded. */
const FILES_GONE = new Set([1812, 1814, 1932]);

const REASONS: Readonly<Record<number, BlindReason>> = {
  1044: 'denied',
  1045: 'denied',
  1129: 'denied', // this host is blocked for its many failures
  1130: 'denied', // this host may not connect
  1142: 'denied',
  1143: 'denied',
  1227: 'denied',
  1698: 'denied',
  1820: 'denied', // the password must be changed first
  1862: 'denied', // it has expired
  3118: 'denied', // the account is locked
  4151: 'denied', // the same on MariaDB
  1040: 'unreachable', // too many connections
  1053: 'unreachable', // shutting down
  1203: 'throttled', // too many of this user's
  1226: 'throttled',
  1205: 'timeout', // lock_wait_timeout
  1317: 'timeout', // interrupted
  1969: 'timeout', // max_statement_time
  3024: 'timeout', // max_execution_time
};

/** Sorts an error of the driver, the socket or TLS. `secrets` are masked in its text. */
export function failureOf(error: unknown, secrets: readonly string[] = []): Failure {
  const { code = '', message, name } = errorFields(error);
  const errno = errorNumber(error);
  const say = clean(redact(`${errno === undefined ? code : errno}${errno === undefined && code === '' ? '' : ': '}${message}`, secrets));
  return {
    reason: reasonOf(error, errno, code, name),
    code: errno === undefined ? code : String(errno),
    say,
    filesGone: isFilesGone(errno),
  };
}

/** What the server numbered it; undefined where it was not the server. */
export function errorNumber(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errno } = error as { errno?: unknown };
  // Those of the system are below nought.
  return typeof errno === 'number' && errno >= 1000 && 'sqlMessage' in error ? errno : undefined;
}

function isFilesGone(errno: number | undefined): boolean {
  return errno !== undefined && FILES_GONE.has(errno);
}

function reasonOf(error: unknown, errno: number | undefined, code: string, name: string): BlindReason {
  if (name === 'TimeoutError') return 'timeout';
  if (error instanceof BadAddress || error instanceof BadAnswer) return 'protocol';
  if (errno !== undefined) return REASONS[errno] ?? 'protocol';
  // The server asks for a way of proving who we are that would hand out the password, or that nobody here speaks.
  if (code.startsWith('AUTH_') || code.startsWith('MYSQL_CLEAR')) return 'protocol';
  // Anything else with a code comes from the socket, the resolver, TLS or the file of a certificate.
  return code === '' ? 'threw' : 'unreachable';
}
