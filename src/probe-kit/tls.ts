import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { ServerSettings } from './server-fields.ts';

type Tls = ServerSettings['tls'];

/** How to speak TLS with a server, its files read. */
export interface TlsPlan {
  readonly mode: 'verify-full' | 'verify-ca' | 'require';
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** Name to ask for and to verify instead of the host. */
  readonly servername?: string;
}

/** True where nobody else's network lies between. */
export function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** True where it is this very machine by any of its addresses or by its own name; a name that only leads here is not looked up. */
export function isThisHost(host: string): boolean {
  if (isLocal(host) || host.toLowerCase() === hostname().toLowerCase()) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
}

/** What TLS to speak with `host`, or false for none. Reads the files anew, so that a renewed certificate is picked up. */
export async function planTls(host: string, tls: Tls): Promise<TlsPlan | false> {
  const { mode = isLocal(host) ? 'off' : 'verify-full', ca, cert, key, servername } = tls ?? {};
  if (mode === 'off') return false;
  const [caPem, certPem, keyPem] = await Promise.all([ca, cert, key].map(read));
  return {
    mode,
    ...(caPem && { ca: caPem }),
    ...(certPem && { cert: certPem }),
    ...(keyPem && { key: keyPem }),
    ...(servername !== undefined && { servername }),
  };
}

async function read(file: string | undefined): Promise<Buffer | undefined> {
  return file === undefined ? undefined : readFile(file);
}
