import { isIP } from 'node:net';
import type { ConnectionOptions, SslOptions } from 'mysql2';
import { BadAddress } from '../../src/probe-kit/failure.ts';
import { parseServerUrl, type Address } from '../../src/probe-kit/server-url.ts';
import type { TlsPlan } from '../../src/probe-kit/tls.ts';
import type { Secret } from '../../src/values/secret.ts';

/** TLS as the driver takes it. `name`: whom it is to verify. */
export interface DriverTls {
  readonly ssl: SslOptions;
  readonly name: string;
}

/** Parts of `mysql://user:password@host:port`. @throws BadAddress that says what is wrong without repeating any of it: the whole text is a secret. */
export function parseAddress(secret: Secret): Address {
  const address = parseServerUrl(secret, { scheme: 'mysql', aliases: ['mariadb'], port: 3306 });
  if (address.database !== '')
    throw new BadAddress('the url of this connection names a database; it needs none, and one that is dropped would lock the watcher out');
  return address;
}

/** @throws BadAddress where the server would have to be verified by an address, which the driver cannot. */
export function driverTls(plan: TlsPlan | false, host: string): DriverTls | false {
  if (plan === false) return false;
  const { mode, ca, cert, key, servername } = plan;
  const name = servername ?? host;
  // It would verify that the certificate is one of `localhost`.
  if (mode === 'verify-full' && (isIP(name) !== 0 || name.startsWith('/')))
    throw new BadAddress('the host of this connection is an address and no name: say tls.servername, or tls.mode: verify-ca');
  const ssl = {
    rejectUnauthorized: mode !== 'require',
    verifyIdentity: mode === 'verify-full',
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
  };
  return { ssl, name };
}

/** What the driver is told for every connection; the socket it speaks on is made by whoever calls it. */
export function driverOptions({ host, user, password }: Address, tls: DriverTls | false): ConnectionOptions {
  return {
    // Only the name in TLS is made of it.
    host: tls === false ? host : tls.name,
    ...(host.startsWith('/') && { socketPath: host }),
    user,
    password,
    charset: 'utf8mb4',
    // The server may not ask for files of this host, and nothing is compiled from what it says.
    flags: ['-LOCAL_FILES'],
    disableEval: true,
    connectAttributes: { program_name: 'rollcall' },
    // Waiting is bounded by whoever asks.
    connectTimeout: 0,
    ...(tls !== false && { ssl: tls.ssl }),
  };
}
