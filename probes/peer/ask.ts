import { readFile } from 'node:fs/promises';
import type { BlindReason } from '../../src/probe.ts';

const MAX_BYTES = 4 * 1024 ** 2;

export interface Question {
  readonly url: string;
  readonly token: string | undefined;
  /** Path of a PEM file. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

/** The body of a 200, or why there is none. `say` may quote what came from outside: it is the caller's to clean. */
export type Answer =
  | { readonly ok: true; readonly body: string }
  | { readonly ok: false; readonly reason: BlindReason; readonly say: string };

/** One GET on a connection of its own, so that every look is fresh. Redirects are not followed: they lead to somebody else. Rejects only as the signal does. */
export async function ask({ url, token, ca, signal }: Question): Promise<Answer> {
  try {
    const https = url.startsWith('https:');
    const options = {
      agent: false,
      signal,
      headers: {
        accept: 'application/json',
        'user-agent': 'rollcall',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    } as const;
    // Loaded where it is used: imported at the start, node:http brings all of undici with it, a quarter of what a whole check takes.
    const { request } = https ? await import('node:https') : await import('node:http');
    const tls = ca === undefined ? {} : { ca: await readFile(ca) };
    return await new Promise<Answer>((resolve, reject) => {
      const sent = request(url, { ...options, ...tls });
      sent.once('error', reject);
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_BYTES) response.destroy(new Error('the answer has no end'));
          else chunks.push(chunk);
        });
        response.once('error', reject);
        response.once('end', () => resolve(read(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))));
        response.once('close', () => reject(new Error('the answer broke off')));
      });
      sent.end();
    });
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, reason: 'unreachable', say: error instanceof Error ? error.message : String(error) };
  }
}

function read(status: number, body: string): Answer {
  if (status === 200) return { ok: true, body };
  const reason = status === 401 || status === 403 ? 'denied' : status === 429 ? 'throttled' : status >= 500 ? 'unreachable' : 'protocol';
  return { ok: false, reason, say: `answered ${status}: ${body.slice(0, 200)}` };
}
