import { createHash } from 'node:crypto';
import type { Page } from '../core/page.ts';
import type { Clock, Delivery, Letter, Pager } from '../ports.ts';
import { guardPager, guardVerify } from './guard-pager.ts';
import { readSecret, type SecretSource } from './secret-source.ts';
import { slackApi, type SlackCall, type SlackResult } from './slack-api.ts';
import { type SlackMessage, slackMessage, slackNote } from './slack-message.ts';

/** Slack takes about one message a second per channel; a delivery may take two. */
const PER_MINUTE = 30;

export interface SlackPagerOptions {
  readonly name: string;
  /** Bot token with `chat:write`. */
  readonly token: SecretSource;
  /** Channel id. */
  readonly channel: string;
  /** The Web API's root, ending in /api/. */
  readonly endpoint?: string;
  /** For the whole delivery, ms. */
  readonly timeout: number;
  readonly clock: Clock;
}

/** What to leave out where Slack refuses the message for it: plain text beats no page. */
const DROP: Readonly<Record<string, 'blocks' | 'client_msg_id'>> = {
  invalid_blocks: 'blocks',
  invalid_blocks_format: 'blocks',
  msg_blocks_too_long: 'blocks',
  msg_too_long: 'blocks',
  duplicate_message_not_found: 'client_msg_id',
  duplicate_channel_not_found: 'client_msg_id',
};

/** The root message can no longer be written to: somebody deleted it, or the workspace forbids late edits. */
const ROOT_GONE: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'thread_not_found',
  'restricted_action_thread_locked',
]);

/**
 * One message per incident, rewritten as it develops; what happened since goes below it as a thread, and repeats and
 * escalations are also shown in the channel, since an edit notifies nobody. The receipt's `ref` is `channel:ts` of the root.
 *
 * At least once, not exactly once: a request that timed out may have been taken. `client_msg_id`, which Slack documents only
 * by its error codes, is sent so that a resent message can be recognised; where it is ignored the message appears twice.
 */
export function createSlackPager(options: SlackPagerOptions): Pager {
  // Loaded only where a Slack pager is configured, and then before the first page: by then the disk may be gone.
  const sdk = import('@slack/web-api');
  sdk.catch(() => undefined);
  const pager = guardPager(options.name, async (letter, signal, secrets) => {
    const token = await readSecret(options.token);
    secrets.push(token);
    const { endpoint = 'https://slack.com/api/', timeout, clock } = options;
    const call = slackApi(await sdk, { token, endpoint, timeout, signal, secrets, clock });
    const root = /^([A-Z0-9]+):(\d+\.\d+)$/.exec(letter.prior ?? '');
    if (root) {
      const followed = await follow(call, letter, root[1] ?? '', root[2] ?? '');
      if (followed) return followed;
    }
    return delivery(await send(call, 'chat.postMessage', fresh(options.channel, letter.id, slackMessage(letter.page))));
  });
  // Says whose token it is, needs no right and shows nobody anything: https://docs.slack.dev/reference/methods/auth.test
  const verify = guardVerify(async (signal, secrets) => {
    const token = await readSecret(options.token);
    secrets.push(token);
    const { endpoint = 'https://slack.com/api/', timeout, clock } = options;
    return delivery(await slackApi(await sdk, { token, endpoint, timeout, signal, secrets, clock })('auth.test', {}));
  });
  return { ...pager, perMinute: PER_MINUTE, verify };
}

/** Rewrites the root and adds to its thread; undefined where the root is gone and a new one must be posted. */
async function follow(call: SlackCall, letter: Letter, channel: string, ts: string): Promise<Delivery | undefined> {
  const update = await send(call, 'chat.update', { channel, ts, parse: 'none', link_names: false, ...slackMessage(letter.page) });
  const reply = update.ok
    ? await send(call, 'chat.postMessage', {
        ...fresh(channel, `${letter.id}/thread`, slackNote(letter.page)),
        thread_ts: ts,
        reply_broadcast: isLoud(letter.page),
      })
    : update;
  if (!reply.ok && reply.error !== undefined && ROOT_GONE.has(reply.error)) return undefined;
  return reply.ok ? { kind: 'delivered', ref: `${channel}:${ts}` } : reply.failure;
}

function isLoud(page: Page): boolean {
  return page.reason === 'repeat' || page.reason === 'worsened' || page.reason === 'escalated' || page.event === 'test';
}

/** The arguments of a new message. */
function fresh(channel: string, id: string, message: SlackMessage): Record<string, unknown> {
  const quiet = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false };
  return { channel, client_msg_id: uuidOf(id), ...quiet, ...message };
}

/** Calls, and where Slack names the part it dislikes calls again without that part; twice at most. */
async function send(call: SlackCall, method: string, args: Record<string, unknown>): Promise<SlackResult> {
  let rest = args;
  for (let retries = 2; ; retries--) {
    const result = await call(method, rest);
    const drop = result.ok || result.error === undefined ? undefined : DROP[result.error];
    if (drop === undefined || retries === 0 || !(drop in rest)) return result;
    const { [drop]: _dropped, ...less } = rest;
    // An update that leaves blocks out keeps the old ones; an empty list removes them.
    rest = drop === 'blocks' && method === 'chat.update' ? { ...less, blocks: [] } : less;
  }
}

function delivery(result: SlackResult): Delivery {
  if (!result.ok) return result.failure;
  return { kind: 'delivered', ref: result.channel && result.ts ? `${result.channel}:${result.ts}` : null };
}

/** A UUID (version 8, RFC 9562) that is the same for the same message over all attempts. */
function uuidOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
