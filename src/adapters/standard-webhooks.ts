import { createHmac } from 'node:crypto';

const SECRET = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?)$/;

/** The key bytes of a `whsec_<base64>` secret. Throws an error that does not quote it. */
export function signingKey(secret: string): Buffer {
  const key = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64');
  if (key.length === 0) throw new TypeError('the webhook secret must be whsec_ followed by base64, as Standard Webhooks writes it');
  return key;
}

/**
 * The headers of one attempt by the Standard Webhooks specification. `at` in ms since 1970, of the attempt; one signature for
 * each key, so that a receiver that knows only the old or only the new secret accepts it during a rotation.
 */
export function signedHeaders(id: string, at: number, body: string, keys: readonly Buffer[]): Record<string, string> {
  const seconds = String(Math.floor(at / 1000));
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    ...(signatures.length > 0 ? { 'webhook-signature': signatures.join(' ') } : {}),
  };
}
