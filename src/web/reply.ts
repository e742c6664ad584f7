import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Context } from 'hono';

/** So many items are turned into text before others get their turn. */
const AT_ONCE = 100;

/** A JSON text as it is sent, with what tells it from any other. */
export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/** Answers with JSON; with 304 and no body where the asker has these very bytes already (RFC 9110 §13.1.2). */
export function reply(context: Context, value: unknown): Response {
  return send(context, bodyOf([JSON.stringify(value)]));
}

export function send(context: Context, { bytes, etag }: Body): Response {
  context.header('etag', etag);
  context.header('cache-control', 'private, no-cache');
  if (isKnown(context.req.header('if-none-match'), etag)) return context.body(null, 304);
  return context.body(bytes, 200, { 'content-type': 'application/json' });
}

/** `{ <name>: [items…], …rest }`, made a part at a time: ten thousand items hold up nobody. */
export async function listBody(name: string, items: readonly unknown[], rest: Readonly<Record<string, unknown>>): Promise<Body> {
  const parts: string[] = [`{${JSON.stringify(name)}:[`];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    if (from > 0) await turn();
    const some = items.slice(from, from + AT_ONCE).map((item) => JSON.stringify(item));
    parts.push(`${from > 0 ? ',' : ''}${some.join()}`);
  }
  parts.push(`],${JSON.stringify(rest).slice(1)}`);
  return bodyOf(parts);
}

function bodyOf(parts: readonly string[]): Body {
  const chunks = parts.map((part) => Buffer.from(part));
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return { bytes: Buffer.concat(chunks), etag: `"${hash.digest('base64url').slice(0, 22)}"` };
}

/** A weak comparison, as the header asks for. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
