import type { Page } from '../core/page.ts';
import type { Clock, Pager } from '../ports.ts';
import { clean } from '../values/text.ts';
import { guardPager } from './guard-pager.ts';
import { failureOf } from './http-failure.ts';
import { httpPost } from './http-post.ts';
import { parseJsonObject } from './json-object.ts';
import { fitBody } from './page-body.ts';
import { jsonBytes } from './page-fit.ts';
import { headline } from './page-text.ts';
import { readSecret, type SecretSource } from './secret-source.ts';
import { isWebLink } from './web-link.ts';

/** A message longer than 4,096 bytes becomes an attachment that nobody reads at night; the whole body is kept below that. */
const MAX_BYTES = 4096;
const MAX_TITLE = 200;
/**
 * The server grants each visitor 60 requests and one more in every five seconds (`visitor-request-limit-burst` and `-replenish`,
 * https://docs.ntfy.sh/config/#rate-limiting); then it answers 429 to the grave and the mild alike.
 */
const PER_MINUTE = 24;

export interface NtfyPagerOptions {
  readonly name: string;
  /** Root of the server. */
  readonly server: string;
  /** On a server that asks nobody who he is, the topic is the password. */
  readonly topic: SecretSource | string;
  /** Access token; none where the topic is open to write. */
  readonly token: SecretSource | undefined;
  /** One attempt, ms. */
  readonly timeout: number;
  readonly clock: Clock;
}

/** Publishes pages as JSON. Only the server's own record of the message is a receipt: that a telephone rang is beyond its knowledge. */
export function createNtfyPager(options: NtfyPagerOptions): Pager {
  const pager = guardPager(options.name, async (letter, signal, secrets) => {
    const topic = typeof options.topic === 'string' ? options.topic : await readSecret(options.topic);
    if (typeof options.topic !== 'string') secrets.push(topic);
    const token = options.token && (await readSecret(options.token));
    if (token !== undefined) secrets.push(token);
    const body = JSON.stringify(messageOf(letter.page, topic));
    const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const now = options.clock.now().wall;
    const reply = await httpPost({ url: options.server, headers, body, timeout: options.timeout, signal, secrets, now });
    const receipt = reply.kind === 'answer' && reply.status === 200 ? parseJsonObject(reply.body) : undefined;
    const id = receipt?.['event'] === 'message' ? receipt['id'] : undefined;
    return typeof id === 'string' && /^\w{1,64}$/.test(id) ? { kind: 'delivered', ref: id } : failureOf(reply);
  });
  return { ...pager, perMinute: PER_MINUTE };
}

function messageOf(page: Page, topic: string): Record<string, unknown> {
  const line = headline(page);
  const click = page.links.status;
  const bare = {
    topic,
    title: clean(line, MAX_TITLE),
    priority: priorityOf(page),
    tags: [tagOf(page)],
    ...(isWebLink(click) && click.length <= 1024 ? { click } : {}),
  };
  const first = line.length > MAX_TITLE ? [line] : [];
  return { ...bare, message: fitBody(page, first, (message) => jsonBytes({ ...bare, message }) <= MAX_BYTES) };
}

/** 5 rings through silence where the app is allowed to, 4 is loud, 3 is the default. */
function priorityOf(page: Page): number {
  if (page.event !== 'trigger') return 3;
  return page.severity === 'critical' ? 5 : 4;
}

/** Names of emoji that the apps show before the title. `CLOSED` is no all-clear and gets no tick. */
function tagOf(page: Page): string {
  if (page.event === 'test') return 'test_tube';
  if (page.event === 'resolve') return page.reason === 'resolved' ? 'white_check_mark' : 'heavy_minus_sign';
  return page.severity === 'critical' ? 'rotating_light' : 'warning';
}
