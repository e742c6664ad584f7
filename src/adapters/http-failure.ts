import type { Delivery } from '../ports.ts';
import type { HttpReply } from './http-post.ts';

export type Failure = Exclude<Delivery, { readonly kind: 'delivered' }>;

/** Request timeout, too early, too many requests. */
const WORTH_ANOTHER_TRY: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * What a reply that is no receipt means for the next attempt. A 2xx that the adapter could not read as the vendor's receipt
 * came from somebody else (a proxy, a login page): worth another try.
 */
export function failureOf(reply: HttpReply): Failure {
  if (reply.kind === 'silence') return { kind: 'retryable', why: reply.why };
  if (reply.kind === 'unsendable') return { kind: 'refused', why: reply.why };
  const { status, excerpt, afterMs } = reply;
  const said = excerpt === '' ? '' : `: ${excerpt}`;
  if (status >= 200 && status < 300) return { kind: 'retryable', why: `answered ${status}, but that is no receipt${said}` };
  const why = `answered ${status}${said}`;
  if (status < 500 && !WORTH_ANOTHER_TRY.has(status)) return { kind: 'refused', why };
  return { kind: 'retryable', why, ...(afterMs === undefined ? {} : { afterMs }) };
}
