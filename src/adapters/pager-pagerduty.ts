import type { Clock, Delivery, Pager } from '../ports.ts';
import { guardPager, guardVerify } from './guard-pager.ts';
import { failureOf } from './http-failure.ts';
import { httpPost, type HttpReply } from './http-post.ts';
import { parseJsonObject } from './json-object.ts';
import { readAcknowledgement } from './pagerduty-acknowledgement.ts';
import { type PagerDutyEvent, toPagerDutyEvent, withoutDetails } from './pagerduty-event.ts';
import { readSecret, type SecretSource } from './secret-source.ts';

/** The vendor takes about 120 calls a minute per integration key; a delivery may take two. */
const PER_MINUTE = 100;

export interface PagerDutyPagerOptions {
  readonly name: string;
  /** The integration's routing key; resolves only work under the key that triggered. */
  readonly routingKey: SecretSource;
  /** Root of the Events API; differs by the account's region. */
  readonly endpoint?: string;
  /** For the whole delivery, ms. */
  readonly timeout: number;
  readonly clock: Clock;
  /** How acknowledgements are read back; without it they are not. */
  readonly rest?: { readonly apiKey: SecretSource; readonly endpoint: string } | undefined;
}

/**
 * Events API v2, spoken directly: the vendor's client resolves on 429 and 5xx and never times out. Only a 202 with the
 * documented JSON is a receipt, since proxies answer 200 too. Resending under one dedup_key makes no second alert.
 */
export function createPagerDutyPager(options: PagerDutyPagerOptions): Pager {
  const url = `${(options.endpoint ?? 'https://events.pagerduty.com').replace(/\/+$/, '')}/v2/enqueue`;
  const post = (event: object, timeout: number, signal: AbortSignal, secrets: readonly string[]): Promise<HttpReply> => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    return httpPost({ url, headers, body: JSON.stringify(event), timeout, signal, secrets, now: options.clock.now().wall });
  };
  const verify = guardVerify(async (signal, secrets) => {
    const routingKey = await readSecret(options.routingKey);
    secrets.push(routingKey);
    // The end of what never began: taken under a valid key, and nobody hears of it.
    const event = { routing_key: routingKey, event_action: 'resolve', dedup_key: 'rollcall/verify' } as const;
    return read(await post(event, options.timeout, signal, secrets), event);
  });
  const pager = guardPager(options.name, async (letter, signal, secrets) => {
    const routingKey = await readSecret(options.routingKey);
    secrets.push(routingKey);
    const start = options.clock.now();
    const send = (event: PagerDutyEvent, timeout: number): Promise<HttpReply> => post(event, timeout, signal, secrets);
    const event = toPagerDutyEvent(letter.page, routingKey);
    const reply = await send(event, options.timeout);
    if (!dislikesContents(reply)) return read(reply, event);
    // The same event would be refused for ever; the page matters more than its details.
    const bare = withoutDetails(event);
    return read(await send(bare, options.timeout - (options.clock.now().steady - start.steady)), bare);
  });
  const { rest, timeout, clock } = options;
  const readBack = rest && {
    acknowledgement: (key: string, signal: AbortSignal) => readAcknowledgement({ ...rest, timeout, clock }, key, signal),
  };
  return { ...pager, perMinute: PER_MINUTE, verify, ...readBack };
}

function dislikesContents(reply: HttpReply): boolean {
  return reply.kind === 'answer' && (reply.status === 400 || reply.status === 413);
}

function read(reply: HttpReply, event: Pick<PagerDutyEvent, 'dedup_key'>): Delivery {
  const receipt = reply.kind === 'answer' && reply.status === 202 ? parseJsonObject(reply.body) : undefined;
  return receipt?.['status'] === 'success' ? { kind: 'delivered', ref: event.dedup_key } : failureOf(reply);
}
