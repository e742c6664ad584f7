import type { Clock, Delivery, Pager } from '../ports.ts';
import { toAlert } from './alertmanager-alert.ts';
import { guardPager, guardVerify } from './guard-pager.ts';
import { failureOf } from './http-failure.ts';
import { httpGet, httpPost } from './http-post.ts';
import { parseJsonObject } from './json-object.ts';
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
  // One replica that answers is enough to wake somebody: what deliveries hold to.
  const verify = guardVerify(async (signal, secrets) => {
    const asked = [...replicas.values()].map(async (source): Promise<Delivery> => {
      const url = typeof source === 'string' ? source : await readSecret(source);
      secrets.push(url);
      const { timeout, clock } = options;
      const get = { url: apiOf(url, 'status'), headers: {}, timeout, signal, secrets, now: clock.now().wall };
      const reply = await httpGet(get);
      const known = reply.kind === 'answer' && reply.status === 200 && parseJsonObject(reply.body)?.['cluster'] !== undefined;
      return known ? { kind: 'delivered', ref: null } : failureOf(reply);
    });
    const answers = await Promise.allSettled(asked);
    const settled = answers.map((one): Delivery =>
      one.status === 'fulfilled' ? one.value : { kind: 'retryable', why: 'its secret cannot be read' },
    );
    return settled.find(({ kind }) => kind === 'delivered') ?? settled[0] ?? { kind: 'refused', why: 'there is no replica' };
  });
  const pager = guardPager(options.name, async (letter, signal, secrets) => {
    const now = options.clock.now().wall;
    const body = JSON.stringify([toAlert(letter.page, now, options.hold)]);
    const missing = several.missing(letter.id, [...replicas.keys()]);
    const post = async (replica: string): Promise<Delivery> => {
      const source = replicas.get(replica) ?? '';
      const url = typeof source === 'string' ? source : await readSecret(source);
      secrets.push(url);
      const headers = { 'content-type': 'application/json' };
      const reply = await httpPost({ url: apiOf(url, 'alerts'), headers, body, timeout: options.timeout, signal, secrets, now });
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
  return { ...pager, verify };
}

function apiOf(root: string, what: 'alerts' | 'status'): string {
  const url = URL.parse(root);
  if (!url) return root;
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v2/${what}`;
  return url.href;
}
