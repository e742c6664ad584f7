import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Address } from '../../src/probe-kit/server-url.ts';

// Magic numbers of the frontend/backend protocol, "Message Formats".
const CANCEL_REQUEST = 80_877_102;
const SSL_REQUEST = 80_877_103;
const PATIENCE_MS = 1000;

/** Which server process runs a session, and the number that proves that the session is ours. */
export interface Backend {
  readonly pid: number;
  readonly key: number;
}

/** Asks the server to end what `backend` is doing, on a connection of its own. There is no answer to wait for, and failing is silent. */
export function requestCancel(address: Address, tls: ConnectionOptions | false, backend: Backend): void {
  const socket = open(address);
  const giveUp = () => socket.destroy();
  socket.on('error', giveUp).setTimeout(PATIENCE_MS, giveUp).unref();
  const message = packet(CANCEL_REQUEST, backend.pid, backend.key);
  if (tls === false) {
    socket.once('connect', () => socket.end(message));
    return;
  }
  socket.once('connect', () => socket.write(packet(SSL_REQUEST)));
  socket.once('data', (answer) => {
    if (answer.toString('latin1') !== 'S') {
      giveUp();
      return;
    }
    const secure = connectTls({ ...tls, socket, host: address.host }, () => secure.end(message));
    secure.on('error', giveUp);
  });
}

function open({ host, port }: Address): Socket {
  return host.startsWith('/') ? connectPlain(`${host}/.s.PGSQL.${port}`) : connectPlain(port, host);
}

function packet(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  bytes.writeInt32BE(bytes.length);
  numbers.forEach((number, index) => bytes.writeInt32BE(number, 4 + 4 * index));
  return bytes;
}
