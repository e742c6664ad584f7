import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createTcpWitness } from '../../src/adapters/witness-tcp.ts';

describe('the witness', () => {
  const never = new AbortController().signal;

  it('answers where a connection can be made, and is sent nothing', async () => {
    const heard: unknown[] = [];
    const gone = Promise.withResolvers<void>();
    const server = createServer((socket) => {
      socket
        .on('data', (data) => heard.push(data))
        .on('close', () => gone.resolve())
        .on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const witness = createTcpWitness({ host: '127.0.0.1', port });
    assert.equal(witness.address, `127.0.0.1:${port}`);
    assert.equal(await witness.answers(never), true);
    await gone.promise;
    assert.deepEqual(heard, []);
    server.close();
    await once(server, 'close');
    assert.equal(await witness.answers(never), true, 'a refusal comes from somebody who was reached');
  });

  it('is dark where there is no such name, and where nobody waits any longer', async () => {
    assert.equal(await createTcpWitness({ host: 'nobody.invalid', port: 443 }).answers(never), false);
    assert.equal(await createTcpWitness({ host: '127.0.0.1', port: 1 }).answers(AbortSignal.abort()), false);
    assert.equal(createTcpWitness({ host: '::1', port: 443 }).address, '[::1]:443');
  });
});
