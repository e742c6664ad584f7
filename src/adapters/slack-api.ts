import type * as Slack from '@slack/web-api';
import type { Clock } from '../ports.ts';
import { failureOf, type Failure } from './http-failure.ts';
import { httpPost, type HttpReply } from './http-post.ts';
import { parseJsonObject } from './json-object.ts';

/** `error` is Slack's code where Slack itself refused; undefined where the network or a proxy did. */
export type SlackResult =
  | { readonly ok: true; readonly channel: string | undefined; readonly ts: string | undefined }
  | { readonly ok: false; readonly error: string | undefined; readonly failure: Failure };

export type SlackCall = (method: string, args: Record<string, unknown>) => Promise<SlackResult>;

interface SlackApiOptions {
  readonly token: string;
  /** The Web API's root, ending in /api/. */
  readonly endpoint: string;
  /** For all calls together, ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly secrets: readonly string[];
  readonly clock: Clock;
}

/** Slack's own trouble, by its documented codes; every other code says that the request or the token is wrong. */
const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/**
 * One delivery's calls through `@slack/web-api`, whose own retries (ten in half an hour) and console log are off. The HTTP
 * itself goes through `httpPost`, because the client knows neither the caller's signal nor a bound on answers, and drops a
 * Retry-After that is a date.
 */
export function slackApi(sdk: typeof Slack, options: SlackApiOptions): SlackCall {
  const { clock, token, endpoint, timeout, signal, secrets } = options;
  const start = clock.now().steady;
  let reply: HttpReply = { kind: 'silence', why: 'the request was not sent' };
  const client = new sdk.WebClient(token, {
    slackApiUrl: endpoint,
    timeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: silentLogger,
    fetch: async (url, init) => {
      const headers = { ...init?.headers };
      const body = typeof init?.body === 'string' ? init.body : '';
      const left = timeout - (clock.now().steady - start);
      const now = clock.now().wall;
      reply = await httpPost({ url: String(url), headers, body, timeout: left, signal, secrets, now });
      if (reply.kind !== 'answer') throw new Error(reply.why);
      return new Response(reply.body, { status: reply.status, headers: { 'content-type': reply.type } });
    },
  });
  return async (method, args) => {
    reply = { kind: 'silence', why: 'the request was not sent' };
    // The client's errors are a second telling of `reply`, in words that quote the answer at any length.
    await client.apiCall(method, args).catch(() => undefined);
    return read(reply);
  };
}

function read(reply: HttpReply): SlackResult {
  const answer = reply.kind === 'answer' && reply.status === 200 ? parseJsonObject(reply.body) : undefined;
  if (reply.kind !== 'answer' || typeof answer?.['ok'] !== 'boolean') return { ok: false, error: undefined, failure: failureOf(reply) };
  if (answer['ok']) return { ok: true, channel: text(answer['channel']), ts: text(answer['ts']) };
  const said = text(answer['error']) ?? '';
  const error = /^[a-z][a-z_]{1,63}$/.test(said) ? said : 'an error it did not name';
  const why = `Slack says ${error}`;
  if (!PASSING.has(error)) return { ok: false, error, failure: { kind: 'refused', why } };
  return { ok: false, error, failure: { kind: 'retryable', why, ...(reply.afterMs === undefined ? {} : { afterMs: reply.afterMs }) } };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const ignore = (): void => undefined;

const silentLogger: Slack.Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  setLevel: ignore,
  getLevel: () => 'error' as Slack.LogLevel,
  setName: ignore,
};
