import { parseServerUrl, type Address } from '../../src/probe-kit/server-url.ts';
import type { Secret } from '../../src/values/secret.ts';

/**
 * Parts of `postgres://user:password@host:port/database`; the database is the maintenance database.
 * @throws BadAddress that says what is wrong without repeating any of it: the whole text is a secret.
 */
export function parseAddress(secret: Secret): Address {
  const address = parseServerUrl(secret, { scheme: 'postgres', aliases: ['postgresql'], port: 5432 });
  return address.database === '' ? { ...address, database: 'postgres' } : address;
}
