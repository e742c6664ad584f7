import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { bulk } from '../../support/fake-redis.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { makeFolder } from '../../support/folder.ts';
import { database, Watcher } from './helpers.ts';
import { infoText } from './info-text.ts';

describe('TLS to a Redis', () => {
  it('asks for the server by its name, where it has one, and believes no other', async () => {
    const folder = makeFolder();
    const { cert, key } = makeCertificate();
    const ca = join(folder.path, 'ca.pem');
    await writeFile(ca, cert);
    const asked: (string | false)[] = [];
    const server = createServer({ cert, key }, (socket) => {
      asked.push(socket.servername ?? false);
      socket.on('error', () => {});
      socket.on('data', () => socket.write(bulk(infoText())));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const look = async (host: string, tls: object): Promise<string> => {
      await using watcher = new Watcher({ host, port, tls: { mode: 'verify-full', ca, ...tls } }, [database()]);
      return (await watcher.look()).verdict;
    };
    try {
      assert.equal(await look('localhost', {}), 'present');
      assert.equal(await look('127.0.0.1', {}), 'present');
      assert.equal(await look('127.0.0.1', { servername: 'localhost' }), 'present');
      assert.deepEqual(asked, ['localhost', false, 'localhost']);
      assert.equal(await look('127.0.0.1', { servername: 'elsewhere' }), 'blind');
      assert.equal(await look('localhost', { ca: join(folder.path, 'none.pem') }), 'blind');
    } finally {
      server.close();
      folder.remove();
    }
  });
});
