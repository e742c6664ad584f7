import { Connector } from '../../src/probe-kit/connector.ts';
import { tlsOptions } from '../../src/probe-kit/tls-options.ts';
import type { ProbeContext } from '../../src/probe.ts';
import { parseAddress } from './address.ts';
import { failureOf } from './errors.ts';
import type { Connection } from './schema.ts';
import { Session } from './session.ts';

export type PostgresConnector = Connector<Session>;

/** Opens sessions on the PostgreSQL server of one connection. */
export function connectorFor(connection: Connection, context: ProbeContext): PostgresConnector {
  return new Connector(connection, context, {
    parse: parseAddress,
    open: async (address, tls, limits, signal) => Session.open(address, tlsOptions(tls), limits, signal),
    failure: failureOf,
  });
}
