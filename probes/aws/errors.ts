import type { BlindReason } from '../../src/probe.ts';
import { redact } from '../../src/values/secret.ts';
import { clean } from '../../src/values/text.ts';

/** What went wrong with one call, as a report may say it. `code` is the API's own, or the system's. */
export interface Failure {
  readonly reason: BlindReason;
  readonly code: string;
  readonly say: string;
}

/** Who answers is not whom the connection names. */
export class WrongCaller extends Error {}
/** Sorted already, where the secrets in its text were known. */
export class Refused extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.say);
    this.failure = failure;
  }
}
/** No answer in time; ours, not the API's. */
export class Late extends Error {}
/** More than one look may read. */
export class TooMuch extends Error {}
/** What answers cannot be read as what was asked. */
export class BadAnswer extends Error {}

// The last two are what stores that speak S3, and the browser-facing front doors of AWS, say for the same.
const THROTTLED =
  /^(?:Throttl|RequestLimitExceeded|SlowDown|TooManyRequests|ProvisionedThroughputExceeded|RequestThrottled|BandwidthLimitExceeded|PriorRequestNotComplete|EC2ThrottledException|LimitExceededException$|Reduce your request rate)/i;
const DENIED =
  /^(?:AccessDenied|UnauthorizedOperation|AuthFailure|InvalidClientTokenId|UnrecognizedClient|ExpiredToken|TokenRefreshRequired|RequestExpired|InvalidAccessKeyId|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|InvalidToken|InvalidSecurity|OptInRequired|NotSignedUp|SubscriptionRequired|Blocked|AccountProblem|AllAccessDisabled|Forbidden$|CredentialsProviderError|TokenProviderError|NotAuthorized|UnauthorizedException|PermanentRedirect|RegionDisabled|KMSAccessDenied)/i;
const UNREACHABLE =
  /^(?:E[A-Z_]{3,}|InternalFailure|InternalError|InternalServerError|ServiceUnavailable|ServerInternal|Unavailable|503|502)/;
const LATE = /^(?:TimeoutError|RequestTimeout|RequestTimeTooSkewed|AbortError|ETIMEDOUT|ESOCKETTIMEDOUT)/;

/** Node's own word where its permission model, and no API, refuses (docs/decisions/0026). */
const CONFINED = 'ERR_ACCESS_DENIED';

/** Credentials that were good once and are no more: worth asking for new ones. */
const STALE =
  /^(?:ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|TokenRefreshRequired|InvalidToken)/i;

/** Sorts what a client of the SDK, a socket or a credential provider threw. `secrets` are masked in its text. */
export function failureOf(error: unknown, secrets: readonly string[] = []): Failure {
  if (error instanceof Refused) return error.failure;
  const code = codeOf(error);
  const { message, status } = fieldsOf(error);
  const said = code === CONFINED ? confined(error) : code === '' || message.startsWith(code) ? message : `${code}: ${message}`;
  const say = clean(redact(said, secrets));
  return { reason: reasonOf(error, code, status), code, say };
}

/** The API's name for an error: `DBInstanceNotFoundFault`, `InvalidVolume.NotFound`, `ECONNREFUSED`; empty where it has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { Code, code, name } = error as { readonly Code?: unknown; readonly code?: unknown; readonly name?: unknown };
  const plain = [code, Code, name].find((one): one is string => typeof one === 'string' && one !== '' && one !== 'Error');
  return plain === undefined ? '' : clean(plain, 80);
}

/** True where new credentials may do what these no longer do. */
export function isStale(code: string): boolean {
  return STALE.test(code);
}

/** A file that a profile names, for one: the daemon knows only of those that the environment names. */
function confined(error: unknown): string {
  const { permission, resource } = error as { readonly permission?: unknown; readonly resource?: unknown };
  const what = permission === 'FileSystemRead' ? `read ${String(resource)}` : `have ${String(permission)} of ${String(resource)}`;
  return `the confined daemon may not ${what}: name the file by a variable of the SDK (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CA_BUNDLE), or start rollcall watch --unconfined`;
}

function reasonOf(error: unknown, code: string, status: number | undefined): BlindReason {
  if (error instanceof WrongCaller) return 'wrong-caller';
  if (error instanceof Late || LATE.test(code)) return 'timeout';
  if (error instanceof TooMuch) return 'partial-answer';
  if (error instanceof BadAnswer || code === 'SyntaxError') return 'protocol';
  if (/^(?:Type|Range|Reference)Error$/.test(code)) return 'threw';
  if (THROTTLED.test(code) || status === 429) return 'throttled';
  if (code === CONFINED || DENIED.test(code) || status === 401 || status === 403) return 'denied';
  if (UNREACHABLE.test(code) || (status !== undefined && status >= 500)) return 'unreachable';
  // A refusal that nobody foresaw is an answer all the same, and no absence; so is one that the SDK could not read.
  return status === undefined && !('$response' in Object(error)) ? 'unreachable' : 'protocol';
}

function fieldsOf(error: unknown): { readonly message: string; readonly status: number | undefined } {
  if (!(error instanceof Error)) return { message: String(error), status: undefined };
  // A host with several addresses fails with one error per address and no text of its own.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  const message = error.message === '' && first instanceof Error ? first.message : error.message;
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return { message, status: typeof status === 'number' ? status : undefined };
}
