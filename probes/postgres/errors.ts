import { BadAddress, BadAnswer, errorFields, type Failure } from '../../src/probe-kit/failure.ts';
import type { BlindReason } from '../../src/probe.ts';
import { redact } from '../../src/values/secret.ts';
import { clean } from '../../src/values/text.ts';

// "The database subdirectory ... is missing." in the server's own language: what every language leaves as it is, is the path.
const SUBDIRECTORY = /\b(base\/\d+|pg_tblspc\/\d+\/)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const REASONS: Readonly<Record<string, BlindReason>> = {
  '42501': 'denied', // insufficient_privilege: also CONNECT on a database, and rows hidden by row-level security
  '55000': 'denied', // "database is not currently accepting connections"
  '55P03': 'timeout', // lock_not_available
  '57014': 'timeout', // query_canceled: statement_timeout
  '3D000': 'unreachable', // the maintenance database: there is nowhere to ask
};
// By class: authorization; insufficient resources; operator intervention (terminated, crashed, starting up); connection exceptions.
const CLASSES: Readonly<Record<string, BlindReason>> = { '28': 'denied', '53': 'unreachable', '57': 'unreachable', '08': 'unreachable' };

/** Sorts an error of the driver, the socket or TLS. `secrets` are masked in its text. */
export function failureOf(error: unknown, secrets: readonly string[] = []): Failure {
  const { code = '', detail = '', message, name } = fieldsOf(error);
  // The detail names files and, on constraint errors, rows: only the one that matters here is quoted.
  const missing = code === '3D000' && SUBDIRECTORY.test(detail) ? ` (${detail})` : '';
  const say = clean(redact(`${code === '' ? '' : `${code}: `}${message}${missing}`, secrets));
  return { reason: reasonOf(code, name, error), code, say, filesGone: code === '58P01' || missing !== '' };
}

function fieldsOf(error: unknown) {
  const { detail } = (error instanceof Error ? error : {}) as { detail?: unknown };
  return { ...errorFields(error), ...(typeof detail === 'string' && { detail }) };
}

function reasonOf(code: string, name: string, error: unknown): BlindReason {
  if (name === 'TimeoutError') return 'timeout';
  if (error instanceof BadAddress || error instanceof BadAnswer) return 'protocol';
  if (SQLSTATE.test(code) && 'severity' in (error as object)) return REASONS[code] ?? CLASSES[code.slice(0, 2)] ?? 'protocol';
  // Anything else with a code comes from the socket, the resolver, TLS or the file of a certificate.
  if (code !== '') return 'unreachable';
  return /^Connection terminated|does not support SSL|Client has encountered a connection error/.test(fieldsOf(error).message)
    ? 'unreachable'
    : 'threw';
}
