import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Secret } from '../../src/values/secret.ts';
import { Certificate } from '../../src/web/certificate.ts';
import { listen, type ListenOptions, type WebServer } from '../../src/web/listen.ts';
import { makeCertificate } from '../support/certificate.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeStatus } from '../support/status.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const open = (options: Partial<ListenOptions> = {}): Promise<WebServer> =>
  listen({ at: LOOPBACK, token: undefined, version: '1', status: () => makeStatus(), ...options });
const portOf = ({ url }: WebServer): number => Number(new URL(url).port);

/** `count` connections that are made and say nothing. */
async function hold(count: number, port: number, host = '127.0.0.1'): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, host).on('error', () => {}));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}

/** Sends bytes; resolves with all that came back once the other side has closed. */
async function exchange(socket: Socket, bytes: string): Promise<string> {
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  socket.on('error', () => {});
  socket.write(bytes);
  // A reset is an end like any other here.
  await new Promise((resolve) => socket.once('close', resolve));
  return heard;
}

describe('where the daemon listens', () => {
  let folder: Folder;
  let server: WebServer | undefined;
  beforeEach(() => (folder = makeFolder()));
  afterEach(async () => {
    await server?.close();
    server = undefined;
    folder.remove();
  });

  describe('a socket', () => {
    const ask = (path: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = httpRequest({ socketPath: path, path: '/api/v1/status', headers: { host: 'localhost' } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        request.once('error', reject);
        request.end();
      });

    it('is for its owner and its group, and goes when the daemon does', async () => {
      const path = join(folder.path, 'http.sock');
      server = await open({ at: { socket: path } });
      assert.equal(server.url, `unix:${path}`);
      assert.equal(statSync(path).mode & 0o777, 0o660);
      assert.equal(await ask(path), 200);
      await server.close();
      server = undefined;
      assert.equal(existsSync(path), false);
    });

    it('that a killed daemon left behind is replaced; one in use, or a file, is left alone', async () => {
      const path = join(folder.path, 'http.sock');
      const other = createServer().listen(path);
      await once(other, 'listening');
      await assert.rejects(open({ at: { socket: path } }), /somebody listens there already/);
      // As after SIGKILL: the file stays, and nobody answers.
      const moved = join(folder.path, 'left.sock');
      const { renameSync } = await import('node:fs');
      renameSync(path, moved);
      other.close();
      await once(other, 'close');
      server = await open({ at: { socket: moved } });
      assert.equal(await ask(moved), 200);
      const file = join(folder.path, 'precious');
      writeFileSync(file, 'precious');
      await assert.rejects(open({ at: { socket: file } }), /no socket/);
      assert.ok(existsSync(file));
    });
  });

  describe('TLS', () => {
    const write = (pair: { cert: string; key: string }) => {
      const [cert, key] = [join(folder.path, 'http.pem'), join(folder.path, 'http.key')];
      writeFileSync(cert, pair.cert);
      writeFileSync(key, pair.key);
      chmodSync(key, 0o600);
      return { cert, key };
    };
    /** The certificate that a client is shown, where it asks for these versions. */
    const shown = async (port: number, versions: object = {}): Promise<string> => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...versions });
      try {
        await once(socket, 'secureConnect');
        return `${socket.getProtocol()} ${socket.getPeerX509Certificate()?.toString() ?? ''}`;
      } finally {
        socket.destroy();
      }
    };

    it('is 1.2 or newer, and takes up a renewed certificate without a restart', async () => {
      const [first, second] = [makeCertificate(), makeCertificate()];
      const { cert } = write(first);
      let key = first.key;
      const certificate = await Certificate.read(cert, async () => new Secret(key));
      server = await open({ certificate });
      const port = portOf(server);
      assert.match(server.url, /^https:/);
      assert.equal(await shown(port), `TLSv1.3 ${first.cert}`);
      assert.match(await shown(port, { maxVersion: 'TLSv1.2' }), /^TLSv1\.2 /);
      await assert.rejects(shown(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
      const plain = connect(port, '127.0.0.1');
      assert.doesNotMatch(await exchange(plain, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), /200/);
      assert.equal(await certificate.renew(), false);
      write(second);
      await assert.rejects(certificate.renew(), /do not make a pair/);
      assert.equal(await shown(port), `TLSv1.3 ${first.cert}`, 'the old one stays while the files do not fit');
      key = second.key;
      assert.equal(await certificate.renew(), true);
      assert.equal(await shown(port), `TLSv1.3 ${second.cert}`);
      assert.ok(Math.abs(certificate.term.until - Date.now() - 90 * 86_400_000) < 120_000);
    });

    it('is not put back by who began to read before it was renewed once more', async () => {
      const [first, second, third] = [makeCertificate(), makeCertificate(), makeCertificate()];
      const { cert } = write(first);
      const [asked, slow] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      const keys = [
        async () => first.key,
        async () => {
          asked.resolve(undefined);
          await slow.promise;
          return second.key;
        },
        async () => third.key,
      ];
      const certificate = await Certificate.read(cert, async () => new Secret((await keys.shift()?.()) ?? ''));
      write(second);
      const earlier = certificate.renew();
      await asked.promise;
      write(third);
      const later = certificate.renew();
      // Whoever reads it without waiting has it by now.
      for (let turn = 0; turn < 100; turn++) await pause(1);
      slow.resolve(undefined);
      assert.deepEqual([await earlier, await later], [true, true]);
      assert.equal(certificate.context.cert, third.cert);
    });

    it('says what is wrong with the files, and repeats nothing of the key', async () => {
      const pair = makeCertificate();
      const { cert } = write(pair);
      const read = (file: string, key: string) => Certificate.read(file, async () => new Secret(key));
      await assert.rejects(read(join(folder.path, 'none.pem'), pair.key), /none\.pem cannot be read: ENOENT/);
      for (const key of ['hunter2', makeCertificate().key])
        await assert.rejects(
          read(cert, key),
          (error: Error) => /do not make a pair/.test(error.message) && !/hunter2|BEGIN/.test(error.message),
        );
    });
  });

  describe('what a client can take', () => {
    it('is bounded in headers and in bodies', async () => {
      server = await open({ limits: { headerBytes: 2048 } });
      const long = await exchange(
        connect(portOf(server), '127.0.0.1'),
        `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(4000)}\r\n\r\n`,
      );
      assert.match(long, /^HTTP\/1\.1 431 /);
      const answer = await fetch(server.url, { headers: { x: 'x'.repeat(1000) } });
      assert.equal(answer.status, 200);
    });

    it('is bounded in time: headers a byte at a time, bodies that never come, connections that say nothing', async () => {
      server = await open({
        limits: { headersMs: 200, requestMs: 400, idleMs: 500 },
        claims: { claimants: async () => new Map([['ci', new Secret('t')]]), claim: async () => ({ taken: true, id: '01J' }) },
      });
      const port = portOf(server);
      const slow = connect(port, '127.0.0.1');
      const drip = setInterval(() => slow.write('x'), 20);
      try {
        assert.match(await exchange(slow, 'GET / HTTP/1.1\r\nHost: localhost\r\nX: '), /^HTTP\/1\.1 408 /);
      } finally {
        clearInterval(drip);
      }
      const half = 'POST /api/v1/claims HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\nContent-Length: 1000\r\n\r\n{';
      assert.doesNotMatch(await exchange(connect(port, '127.0.0.1'), half), / 2\d\d /);
      assert.doesNotMatch(await exchange(connect(port, '127.0.0.1'), ''), / 200 /);
      assert.equal((await fetch(server.url)).status, 200, 'and others are answered all the while');
    });

    it('is bounded in connections, all in all', async () => {
      server = await open({ limits: { connections: 3 } });
      const port = portOf(server);
      const held = await hold(3, port);
      // Accepted one after another: by now all three are.
      const fourth = connect(port, '127.0.0.1');
      assert.equal(await exchange(fourth, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'), '');
      held[0]?.destroy();
      for (let status = 0; status !== 200;) status = (await fetch(`${server.url}/healthz`).catch(() => ({ status: 0 }))).status;
      for (const socket of held) socket.destroy();
    });

    it('is bounded in connections of one address elsewhere, not in those of this machine', async () => {
      const own = Object.values(networkInterfaces())
        .flat()
        .find((one) => one && one.family === 'IPv4' && !one.internal)?.address;
      const limits = { perAddress: 2 };
      server = await open({ limits });
      const here = await hold(5, portOf(server));
      assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
      for (const socket of here) socket.destroy();
      if (own === undefined) return;
      const beyond = await open({ at: { host: own, port: 0 }, limits });
      try {
        const held = await hold(2, portOf(beyond), own);
        assert.equal(await exchange(connect(portOf(beyond), own), 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'), '');
        for (const socket of held) socket.destroy();
        for (let status = 0; status !== 200;) status = (await fetch(`${beyond.url}/healthz`).catch(() => ({ status: 0 }))).status;
      } finally {
        await beyond.close();
      }
    });

    it('does not keep the daemon from ending', async () => {
      server = await open();
      const reader = connect(portOf(server), '127.0.0.1');
      await once(reader, 'connect');
      reader.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await once(reader, 'data');
      const gone = once(reader, 'close');
      await server.close();
      server = undefined;
      await gone;
    });
  });
});
