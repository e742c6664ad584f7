import type { Secret } from '../values/secret.ts';
import { BadAddress } from './failure.ts';

/** Where a server is and as whom to ask it. `host` beginning with a slash is a unix socket, or its folder. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Empty where the url names none. */
  readonly database: string;
}

/** What urls of one kind of server look like. `scheme`: as it is to be written; `aliases`: what is taken for it too. */
export interface UrlForm {
  readonly scheme: string;
  readonly aliases: readonly string[];
  readonly port: number;
}

/**
 * Parts of `scheme://user:password@host:port/database`. A unix socket is written as a percent-encoded host (`%2Fvar%2Frun%2Fpostgresql`).
 * @throws BadAddress that says what is wrong without repeating any of it: the whole text is a secret.
 */
export function parseServerUrl(secret: Secret, { scheme, aliases, port }: UrlForm): Address {
  const text = secret.reveal().trim();
  if (!URL.canParse(text)) throw new BadAddress('the url of this connection is no URL; special characters in it must be percent-encoded');
  const url = new URL(text);
  if (![scheme, ...aliases].includes(url.protocol.slice(0, -1)))
    throw new BadAddress(`the url of this connection must begin with ${scheme}://`);
  // A parameter would be a second, hidden place for what config.yaml says in the open, sslmode=disable first of all.
  if (url.search !== '')
    throw new BadAddress('the url of this connection has parameters; TLS and timeouts are keys of the connection, such as tls.mode');
  const host = decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  const user = decode(url.username);
  if (host === '' || user === '') throw new BadAddress('the url of this connection must name a host and a user');
  return { host, user, password: decode(url.password), port: Number(url.port || port), database: decode(url.pathname.slice(1)) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadAddress('the url of this connection is not percent-encoded as it should be');
  }
}
