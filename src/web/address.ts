import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import type { Context } from 'hono';

/** Of an IPv6 address this many groups are one subscriber's, who can take any address below them. */
const GROUPS = 4;

/** From where somebody asks, as far as it tells one from another: an IPv4 address, the /64 of an IPv6 address, or `local` for a socket. */
export function addressOf(context: Context): string {
  const { incoming } = (context.env ?? {}) as { readonly incoming?: IncomingMessage };
  return neighbourhood(incoming?.socket.remoteAddress);
}

/** `address` as a socket has it. */
export function neighbourhood(address: string | undefined): string {
  const plain = address?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (plain === undefined || !(isIPv4(plain) || isIPv6(plain))) return 'local';
  if (isIPv4(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - groups.length - (tail === '' ? 0 : tail.split(':').length) }, () => '0');
  return `${[...groups, ...zeros, ...(tail ?? '').split(':')].slice(0, GROUPS).join(':')}::/64`;
}
