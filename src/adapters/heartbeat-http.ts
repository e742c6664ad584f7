import type { Clock, Heartbeat } from '../ports.ts';
import { clean } from '../values/text.ts';
import { httpPost } from './http-post.ts';
import { readSecret, type SecretSource } from './secret-source.ts';

/** Healthchecks keeps the first 10,000 bytes of a ping; a reason needs far less. */
const MAX_NOTE = 1000;

export interface HeartbeatOptions {
  /** The ping URL: whoever holds it can keep the switch quiet, so it is a secret. */
  readonly url: SecretSource | string;
  /** One attempt, ms. */
  readonly timeout: number;
  readonly clock: Clock;
}

/** The healthchecks.io protocol: POST to the URL after a good round, to `<url>/fail` with the reason as body otherwise. */
export function createHttpHeartbeat(options: HeartbeatOptions): Heartbeat {
  return {
    async beat(ok, note, signal) {
      try {
        const text = typeof options.url === 'string' ? options.url : await readSecret(options.url);
        const url = ok ? text : failUrl(text);
        // Lines are kept: a checkpoint is several.
        const body = note
          .split('\n')
          .map((line) => clean(line, MAX_NOTE))
          .join('\n')
          .slice(0, MAX_NOTE);
        const now = options.clock.now().wall;
        const headers = { 'content-type': 'text/plain; charset=utf-8' };
        const reply = await httpPost({ url, headers, body, timeout: options.timeout, signal, secrets: [text], now });
        return reply.kind === 'answer' && reply.status >= 200 && reply.status < 300 && heard(reply.body);
      } catch {
        return false;
      }
    },
  };
}

function failUrl(text: string): string {
  const url = new URL(text);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/fail`;
  return url.href;
}

/**
 * For a ping by UUID healthchecks.io answers 200 even where it knows no such check or dropped the ping, and says so in
 * brackets after the OK. A page of HTML comes from a proxy.
 */
function heard(body: string): boolean {
  const text = body.trim();
  return !text.startsWith('OK (') && !text.startsWith('<');
}
