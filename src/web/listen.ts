import { chmod, lstat, unlink } from 'node:fs/promises';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps, Server as TlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { neighbourhood } from './address.ts';
import type { Certificate } from './certificate.ts';
import { createWeb, type WebOptions } from './server.ts';

/** What any client may take of the daemon. Times in ms. */
export interface Limits {
  /** Connections in all, and of one address beyond this machine. */
  readonly connections: number;
  readonly perAddress: number;
  /** Bytes of a request's line and headers. */
  readonly headerBytes: number;
  /** Until the headers are there, until the body is, and how long neither side may be silent. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
  readonly keepAliveMs: number;
}

export const LIMITS: Limits = {
  connections: 1000,
  perAddress: 256,
  headerBytes: 8192,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 60_000,
  keepAliveMs: 5000,
};

export type ListenOptions = Omit<WebOptions, 'host'> & {
  readonly at: { readonly host: string; readonly port: number } | { readonly socket: string };
  /** In clear where absent. */
  readonly certificate?: Certificate | undefined;
  readonly limits?: Partial<Limits> | undefined;
};

export interface WebServer {
  /** `unix:/path` for a socket. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens; rejects where the address cannot be had. */
export async function listen(options: ListenOptions): Promise<WebServer> {
  const { at, certificate } = options;
  const limits = { ...LIMITS, ...options.limits };
  const app = createWeb({ ...options, host: 'host' in at ? at.host : 'localhost' });
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const how = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
  };
  const handle = (...both: Parameters<typeof answer>): void => void answer(...both);
  const server = certificate
    ? createHttps({ ...how, ...certificate.context, minVersion: 'TLSv1.2', handshakeTimeout: limits.headersMs }, handle)
    : createHttp(how, handle);
  // Of a client that neither reads nor writes; readers of events hear of the daemon more often than that.
  server.timeout = limits.idleMs;
  server.maxConnections = limits.connections;
  boundAddresses(server, limits.perAddress);
  certificate?.onRenewed((context) => server instanceof TlsServer && server.setSecureContext({ ...context, minVersion: 'TLSv1.2' }));
  if ('socket' in at) await removeStale(at.socket);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const ready = (): void => {
      server.off('error', reject);
      resolve();
    };
    if ('socket' in at) server.listen({ path: at.socket }, ready);
    else server.listen(at.port, at.host, ready);
  });
  // Whoever is in the daemon's group, which is where the proxy belongs.
  if ('socket' in at) await chmod(at.socket, 0o660);
  return {
    url: urlOf(options, server),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        // A reader that keeps its connection open must not keep the daemon from ending.
        server.closeAllConnections();
      }),
  };
}

function urlOf({ at, certificate }: ListenOptions, server: Server | TlsServer): string {
  if ('socket' in at) return `unix:${at.socket}`;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  return `${certificate ? 'https' : 'http'}://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`;
}

/** One address elsewhere cannot take the connections of all others. Those of this machine stand for many, behind a proxy. */
function boundAddresses(server: Server | TlsServer, most: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = neighbourhood(socket.remoteAddress);
    if (address === 'local' || address.startsWith('127.') || socket.remoteAddress === '::1') return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}

/** A socket that an ended process left behind is in the way. @throws Error where somebody listens there, or it is something else. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return;
  if (!found.isSocket()) throw new Error('it is there, and is no socket');
  const alive = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (alive) throw new Error('somebody listens there already');
  await unlink(path);
}
