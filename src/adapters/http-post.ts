import { formatDuration } from '../values/duration.ts';
import { redact } from '../values/secret.ts';
import { clean } from '../values/text.ts';
import { parseRetryAfter } from './retry-after.ts';
import { parseSecretUrl } from './secret-url.ts';

const MAX_BODY = 64 * 1024;

interface HttpGet {
  /** May itself be a secret; user and password in it become an Authorization header. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole attempt, the answer's body included; ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Masked in `why` and `excerpt`, together with what is secret in the URL. */
  readonly secrets: readonly string[];
  /** Wall time, ms since 1970: a Retry-After may be a date. */
  readonly now: number;
}

interface HttpPost extends HttpGet {
  readonly body: string;
}

export type HttpReply =
  /** Something answered; whether it was the one asked is the caller's to judge. `body` is raw and bounded, `excerpt` fit to print. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly type: string;
      readonly body: string;
      readonly excerpt: string;
      readonly afterMs?: number;
    }
  /** Nothing answered: network error, redirect, timeout, or the caller gave up. It may have arrived all the same. */
  | { readonly kind: 'silence'; readonly why: string }
  /** It was never sent: the URL is none. */
  | { readonly kind: 'unsendable'; readonly why: string };

/**
 * One POST, one attempt, never longer than `timeout`, never throws. Redirects are errors: a proxy's login page would
 * otherwise swallow a page with a 200.
 */
export function httpPost(post: HttpPost): Promise<HttpReply> {
  return exchange(post, { method: 'POST', body: post.body });
}

/** One GET, by the same rules. */
export function httpGet(get: HttpGet): Promise<HttpReply> {
  return exchange(get, { method: 'GET' });
}

async function exchange(post: HttpGet, how: { readonly method: 'GET' | 'POST'; readonly body?: string }): Promise<HttpReply> {
  const url = parseSecretUrl(post.url);
  if (!url) return { kind: 'unsendable', why: 'the URL is not an http or https URL' };
  const printable = (text: string): string => clean(redact(text, [...post.secrets, ...url.secrets, post.url]));
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), Math.max(1, post.timeout));
  try {
    const response = await fetch(url.href, {
      ...how,
      redirect: 'error',
      signal: AbortSignal.any([post.signal, late.signal]),
      headers: { 'user-agent': 'rollcall', ...(url.authorization ? { authorization: url.authorization } : {}), ...post.headers },
    });
    const body = await readBody(response);
    const afterMs = parseRetryAfter(response.headers.get('retry-after'), post.now);
    return {
      kind: 'answer',
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body,
      // Masked before it is cut: half a secret is one that no mask recognises.
      excerpt: printable(body).trim(),
      ...(afterMs === undefined ? {} : { afterMs }),
    };
  } catch (error) {
    if (post.signal.aborted) return { kind: 'silence', why: 'given up before an answer came' };
    if (late.signal.aborted) return { kind: 'silence', why: `no answer within ${formatDuration(post.timeout)}` };
    return { kind: 'silence', why: printable(`no answer: ${reasonOf(error)}`) };
  } finally {
    clearTimeout(timer);
  }
}

/** What of the body arrived, up to the limit. A body that breaks off is no error here: the status has been said by then. */
async function readBody(response: Response): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < MAX_BODY) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
    }
    if (size >= MAX_BODY) await reader.cancel();
  } catch {
    // What came before the break is all there is.
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY).toString('utf8');
}

/** `fetch` says only "fetch failed"; the reason is its cause, or the first of several where a name has several addresses. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause: unknown = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error.cause;
  return cause instanceof Error ? reasonOf(cause) : error.message;
}
