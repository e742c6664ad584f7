import type { Clock, Delivery, Pager } from '../ports.ts';
import { toAlert } from './alertmanager-alert.ts';
import { guardPager } from './guard-pager.ts';
import { failureOf } from './http-failure.ts';
import { httpPost } from './http-post.ts';
import { readSecret, type SecretSource } from './secret-source.ts';
import { SeveralReceivers } from './several-receivers.ts';

export interface AlertmanagerPagerOptions {
  readonly name: string;
  /** Root of every replica, never of a load balancer: each must be told. User and password in one become basic authentication. */
  readonly urls: readonly (SecretSource | string)[];
  /** How long an alert stands without another word from us, ms. */
  readonly hold: number;
  /** One attempt, ms; the replicas are asked at the same time. */
  readonly timeout: number;
  readonly clock: Clock;
}

/**
 * Alertmanager API v2. Posts to every replica; see docs/decisions/0009-alerts-that-stand.md for how long an alert stands and when a letter that
 * only some replicas took counts as delivered. A receipt is a 200 with an empty body, as the API answers: a proxy's page is none.
 */
export function createAlertmanagerPager(options: AlertmanagerPagerOptions): Pager {
  const several = new SeveralReceivers();
  const replicas = new Map(options.urls.map((url, index) => [`replica ${index + 1}`, url]));
  return guardPager(options.name, async (letter, signal, secrets) => {
    const now = options.clock.now().wall;
    const body = JSON.stringify([toAlert(letter.page, now, options.hold)]);
    const missing = several.missing(letter.id, [...replicas.keys()]);
    const post = async (replica: string): Promise<Delivery> => {
      const source = replicas.get(replica) ?? '';
      const url = typeof source === 'string' ? source : await readSecret(source);
      secrets.push(url);
      const headers = { 'content-type': 'application/json' };
      const reply = await httpPost({ url: alertsOf(url), headers, body, timeout: options.timeout, signal, secrets, now });
      const accepted = reply.kind === 'answer' && reply.status === 200 && reply.body.trim() === '';
      return accepted ? { kind: 'delivered', ref: null } : failureOf(reply);
    };
    // One replica's secret that cannot be read must not keep the page from the others.
    const results = await Promise.all(
      missing.map(async (replica): Promise<[string, Delivery]> => [
        replica,
        await guardPager(options.name, () => post(replica)).deliver(letter, signal),
      ]),
    );
    // A replica that misses the page hears of it with the next repeat; one that misses the resolve would cry on until the hold is over.
    const { delivery, lacking } = several.settle(letter.id, new Map(results), letter.page.event === 'resolve');
    return delivery.kind === 'delivered' && lacking.length > 0 ? { ...delivery, ref: `without ${lacking.join(', ')}` } : delivery;
  });
}

function alertsOf(root: string): string {
  const url = URL.parse(root);
  if (!url) return root;
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
  return url.href;
}
