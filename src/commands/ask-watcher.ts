import { createSystemClock } from '../adapters/clock-system.ts';
import { httpGet, httpPost, type HttpReply } from '../adapters/http-post.ts';
import { secretReader } from '../files.ts';
import type { Secret } from '../values/secret.ts';
import type { Io } from './io.ts';

const TIMEOUT_MS = 15_000;

export type Answer = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly why: string };

/** A secret from a file, or from an environment variable: an argument could be read by everybody on the machine. */
export async function readSecret(io: Io, file: string | undefined, variable: string): Promise<Secret | string> {
  const ref = file === undefined ? { env: variable } : { file };
  return secretReader(io.env)(ref).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
}

/** Asks a watcher over HTTP, with a body by POST and without one by GET. `secrets`: what of the body must not be repeated. */
export async function askWatcher(
  io: Io,
  to: string,
  path: string,
  how: { readonly body?: unknown; readonly token?: Secret; readonly secrets?: readonly string[] },
): Promise<Answer> {
  const exchange = {
    url: `${to.replace(/\/+$/, '')}${path}`,
    headers: { 'content-type': 'application/json', ...(how.token && { authorization: `Bearer ${how.token.reveal()}` }) },
    timeout: TIMEOUT_MS,
    signal: io.signal,
    secrets: [...(how.secrets ?? []), ...(how.token ? [how.token.reveal()] : [])],
    now: createSystemClock(0).now().wall,
  };
  const reply = await (how.body === undefined ? httpGet(exchange) : httpPost({ ...exchange, body: JSON.stringify(how.body) }));
  return readReply(reply);
}

function readReply(reply: HttpReply): Answer {
  if (reply.kind !== 'answer') return { ok: false, why: reply.why };
  if (reply.status < 200 || reply.status > 299) return { ok: false, why: `answered ${reply.status}: ${reply.excerpt}` };
  try {
    return { ok: true, body: JSON.parse(reply.body) };
  } catch {
    return { ok: false, why: 'answered with what is no JSON, or too much of it' };
  }
}
