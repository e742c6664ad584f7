import type { Delivery, Letter, Pager } from '../ports.ts';
import { redact } from '../values/secret.ts';
import { clean } from '../values/text.ts';

/** One attempt. Whatever secret it reads it adds to `secrets`, so that an error thrown later cannot quote it. */
type Attempt = (signal: AbortSignal, secrets: string[]) => Promise<Delivery>;

/** Never throws and answers an abort at once: what an attempt throws (an unreadable secret, say) is worth another try. */
async function guard(attempt: Attempt, signal: AbortSignal): Promise<Delivery> {
  const secrets: string[] = [];
  const givenUp: Delivery = { kind: 'retryable', why: 'given up before an answer came' };
  if (signal.aborted) return givenUp;
  const aborted = Promise.withResolvers<Delivery>();
  const giveUp = (): void => aborted.resolve(givenUp);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([attempt(signal, secrets), aborted.promise]);
  } catch (error) {
    return { kind: 'retryable', why: clean(redact(error instanceof Error ? error.message : String(error), secrets)) };
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** A pager whose attempts are guarded. */
export function guardPager(name: string, attempt: (letter: Letter, signal: AbortSignal, secrets: string[]) => Promise<Delivery>): Pager {
  return { name, deliver: (letter, signal) => guard((given, secrets) => attempt(letter, given, secrets), signal) };
}

/** A pager's `verify`, made of a request that wakes nobody and counts as delivered where the vendor took it. */
export function guardVerify(attempt: Attempt): NonNullable<Pager['verify']> {
  return async (signal) => {
    const tried = await guard(attempt, signal);
    return tried.kind === 'delivered' ? null : tried.why;
  };
}
