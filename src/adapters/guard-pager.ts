import type { Delivery, Letter, Pager } from '../ports.ts';
import { redact } from '../values/secret.ts';
import { clean } from '../values/text.ts';

/** One attempt. Whatever secret it reads it adds to `secrets`, so that an error thrown later cannot quote it. */
type Attempt = (letter: Letter, signal: AbortSignal, secrets: string[]) => Promise<Delivery>;

/** A pager that never throws and answers an abort at once: what an attempt throws (an unreadable secret, say) is worth another try. */
export function guardPager(name: string, attempt: Attempt): Pager {
  return {
    name,
    async deliver(letter, signal) {
      const secrets: string[] = [];
      const givenUp: Delivery = { kind: 'retryable', why: 'given up before an answer came' };
      if (signal.aborted) return givenUp;
      const aborted = Promise.withResolvers<Delivery>();
      const giveUp = (): void => aborted.resolve(givenUp);
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        return await Promise.race([attempt(letter, signal, secrets), aborted.promise]);
      } catch (error) {
        return { kind: 'retryable', why: clean(redact(error instanceof Error ? error.message : String(error), secrets)) };
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
  };
}
