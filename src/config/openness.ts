import type { Finding } from './complaint.ts';
import { isLoopback } from './fields.ts';
import { entriesOf, isMap, listOf } from './findings.ts';

/** Whether who asks from outside is asked who they are, over TLS, and whether each token is somebody's. Works on raw values. */
export function* openness(raw: Readonly<Record<string, unknown>>): Generator<Finding> {
  yield* listening(raw);
  const { signers, requests } = raw;
  const seen = new Map<unknown, string>();
  for (const [name, token] of entriesOf(raw['tokens'])) {
    if (!isMap(token)) continue;
    const { hash } = token;
    const scopes = listOf(token['scopes']);
    const other = typeof hash === 'string' ? seen.get(hash) : undefined;
    if (other !== undefined)
      yield {
        path: ['tokens', name, 'hash'],
        message: `is that of ${other}, too: nobody could tell who used it; give each a token of its own`,
        code: 'RC_TOKEN_TWICE',
      };
    seen.set(hash, name);
    const lonely = scopes.findIndex((scope) => scope === 'request' || scope === 'grant');
    if (signers === undefined && lonely >= 0)
      yield {
        path: ['tokens', name, 'scopes', lonely],
        message: 'is of no use without signers: nobody could approve',
        code: 'RC_REQUESTS_UNSIGNED',
      };
    if (scopes.includes('request') && isMap(requests) && isMap(requests['requesters']) && Object.hasOwn(requests['requesters'], name))
      yield {
        path: ['tokens', name],
        onKey: true,
        message: `stands under requests.requesters, too, with another token; take that one out, or name this one otherwise`,
        code: 'RC_TOKEN_TWICE',
      };
  }
}

function* listening({ watchdog, tokens }: Readonly<Record<string, unknown>>): Generator<Finding> {
  if (!isMap(watchdog)) return;
  const { listen, tls, token, behind_proxy: proxied } = watchdog;
  const local = listen === 'off' || (typeof listen === 'string' && listen.startsWith('unix:'));
  const [, host] = typeof listen === 'string' && !local ? (/^\[?([^\]]+?)\]?:\d+$/.exec(listen) ?? []) : [];
  if (tls !== undefined && local)
    yield { path: ['watchdog', 'tls'], message: 'is of no use where listen is off or a socket; take it out', code: 'RC_KEY_UNKNOWN' };
  if (host === undefined || isLoopback(host)) return;
  if (proxied === true)
    yield {
      path: ['watchdog', 'behind_proxy'],
      message: 'is for a proxy on this machine: here anybody could say to be anybody; listen on 127.0.0.1 or unix:/PATH, or take it out',
      code: 'RC_VALUE_INVALID',
    };
  const path = ['watchdog', 'listen'];
  const reads = entriesOf(tokens).some(([, one]) => isMap(one) && listOf(one['scopes']).includes('read'));
  if (token === undefined && !reads) {
    const message = 'is open to other machines and asks for no token; add one with the scope read under tokens, or listen on 127.0.0.1';
    yield { path, message, code: 'RC_LISTEN_UNGUARDED' };
  }
  if (tls === undefined) {
    const message =
      'is open to other machines in clear: whoever is between reads each token; add watchdog.tls, or listen on 127.0.0.1 or unix:/PATH behind a proxy';
    yield { path, message, code: 'RC_LISTEN_PLAIN' };
  }
}
