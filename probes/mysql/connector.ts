import { Connector } from '../../src/probe-kit/connector.ts';
import type { ProbeContext } from '../../src/probe.ts';
import { driverTls, parseAddress } from './driver-options.ts';
import { failureOf } from './errors.ts';
import type { Connection } from './schema.ts';
import { Session } from './session.ts';

export type MysqlConnector = Connector<Session>;

/** Opens sessions on the MySQL or MariaDB server of one connection. */
export function connectorFor(connection: Connection, context: ProbeContext): MysqlConnector {
  return new Connector(connection, context, {
    parse: parseAddress,
    open: async (address, tls, limits, signal) => Session.open(address, driverTls(tls, address.host), limits, signal),
    failure: failureOf,
  });
}
