import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import type { Secret } from '../../src/values/secret.ts';
import { BadAddress } from './errors.ts';
import type { Connection } from './schema.ts';

/** Where a server is and as whom to ask it. `host` beginning with a slash is the folder of a unix socket. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The maintenance database. */
  readonly database: string;
}

/**
 * Parts of `postgres://user:password@host:port/database`. A unix socket is written as a percent-encoded host (`%2Fvar%2Frun%2Fpostgresql`).
 * @throws BadAddress that says what is wrong without repeating any of it: the whole text is a secret.
 */
export function parseAddress(secret: Secret): Address {
  const text = secret.reveal().trim();
  if (!URL.canParse(text)) throw new BadAddress('the url of this connection is no URL; special characters in it must be percent-encoded');
  const url = new URL(text);
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new BadAddress('the url of this connection must begin with postgres://');
  // A parameter would be a second, hidden place for what config.yaml says in the open, sslmode=disable first of all.
  if (url.search !== '')
    throw new BadAddress('the url of this connection has parameters; TLS and timeouts are keys of the connection, such as tls.mode');
  const host = decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  const user = decode(url.username);
  if (host === '' || user === '') throw new BadAddress('the url of this connection must name a host and a user');
  const database = decode(url.pathname.slice(1));
  return { host, user, password: decode(url.password), port: Number(url.port || 5432), database: database === '' ? 'postgres' : database };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadAddress('the url of this connection is not percent-encoded as it should be');
  }
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
export async function tlsFor(host: string, tls: Connection['tls']): Promise<ConnectionOptions | false> {
  const { mode = isLocal(host) ? 'off' : 'verify-full', ca, cert, key, servername } = tls ?? {};
  if (mode === 'off') return false;
  const [caPem, certPem, keyPem] = await Promise.all([ca, cert, key].map(read));
  return {
    rejectUnauthorized: mode !== 'require',
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
    // The driver asks by the host of the url whatever it is told, so the name to verify is set here.
    ...(mode === 'verify-full' &&
      servername !== undefined && { checkServerIdentity: (_: string, shown: PeerCertificate) => checkServerIdentity(servername, shown) }),
    ...(caPem && { ca: caPem }),
    ...(certPem && { cert: certPem }),
    ...(keyPem && { key: keyPem }),
    ...(servername !== undefined && { servername }),
  };
}

async function read(file: string | undefined): Promise<Buffer | undefined> {
  return file === undefined ? undefined : readFile(file);
}
