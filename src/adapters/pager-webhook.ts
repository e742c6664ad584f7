import type { Clock, Pager } from '../ports.ts';
import { guardPager } from './guard-pager.ts';
import { failureOf } from './http-failure.ts';
import { httpPost } from './http-post.ts';
import { fitPage } from './page-fit.ts';
import { readSecret, type SecretSource } from './secret-source.ts';
import { signedHeaders, signingKey } from './standard-webhooks.ts';

/** Far above the specification's advice of 20 kB and far below what common receivers refuse (1 MiB). */
const MAX_BYTES = 256 * 1024;

export interface WebhookPagerOptions {
  readonly name: string;
  readonly url: SecretSource | string;
  /** `whsec_<base64>` each; several during a rotation; none sends unsigned. */
  readonly secrets: readonly SecretSource[];
  /** One attempt, ms. */
  readonly timeout: number;
  readonly clock: Clock;
}

/**
 * Posts the page as CONTRACT §5 prints it, signed by Standard Webhooks. Any 2xx is the receipt, as the specification says.
 * Throws where a secret given by value is not `whsec_<base64>`; one that is read anew is refused at the attempt.
 */
export function createWebhookPager(options: WebhookPagerOptions): Pager {
  for (const secret of options.secrets) if (typeof secret !== 'function') signingKey(secret.reveal().trim());
  return guardPager(options.name, async (letter, signal, secrets) => {
    const url = typeof options.url === 'string' ? options.url : await readSecret(options.url);
    secrets.push(url);
    const keys: Buffer[] = [];
    for (const source of options.secrets) {
      const secret = await readSecret(source);
      secrets.push(secret, secret.replace(/^whsec_/, ''));
      try {
        keys.push(signingKey(secret));
      } catch (error) {
        return { kind: 'refused', why: error instanceof Error ? error.message : 'the webhook secret cannot be used' };
      }
    }
    const body = JSON.stringify(fitPage(letter.page, MAX_BYTES));
    const now = options.clock.now().wall;
    const headers = { 'content-type': 'application/json', ...signedHeaders(letter.id, now, body, keys) };
    const reply = await httpPost({ url, headers, body, timeout: options.timeout, signal, secrets, now });
    const accepted = reply.kind === 'answer' && reply.status >= 200 && reply.status < 300;
    return accepted ? { kind: 'delivered', ref: null } : failureOf(reply);
  });
}
