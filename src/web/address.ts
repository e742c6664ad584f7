import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import type { Context } from 'hono';

/** Of an IPv6 address this many groups are one subscriber's, who can take any address below them. */
const GROUPS = 4;

/**
 * From where somebody asks, as far as it tells one from another: an IPv4 address, the /64 of an IPv6 address, or `local` for a socket. `behindProxy`:
 * whoever connects is a proxy, and the last address in X-Forwarded-For is the one that it added; those before it are what its client said.
 */
export function addressOf(context: Context, behindProxy = false): string {
  const { incoming } = (context.env ?? {}) as { readonly incoming?: IncomingMessage };
  const last = behindProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1) : undefined;
  const told = neighbourhood(last === undefined ? undefined : withoutPort(last.trim()));
  return told === 'local' ? neighbourhood(incoming?.socket.remoteAddress) : told;
}

/** Some proxies add the port. */
function withoutPort(text: string): string {
  return (/^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? /^([\d.]+):\d+$/.exec(text))?.[1] ?? text;
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
