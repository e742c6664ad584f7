import assert from 'node:assert/strict';
import { postgres } from '../../../probes/postgres/index.ts';
import { Secret } from '../../../src/values/secret.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { HalfOpenProxy } from '../../support/half-open-proxy.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

describe('the session that sweeps are asked on', function () {
  this.timeout(120_000);
  let server: TestPostgres;
  before(async () => {
    server = await startPostgres();
  });
  after(async () => server[Symbol.asyncDispose]());

  function sweeper(url: () => string | Error) {
    const clock = new FakeClock();
    const settings = postgres.connection.parse({ url: { env: 'URL' } });
    const secret = async (): Promise<Secret> => {
      const text = url();
      if (text instanceof Error) throw text;
      return new Secret(text);
    };
    const link = postgres.open(settings, { connection: 'test-pg', clock, secret });
    const signal = new AbortController().signal;
    const sweep = async () =>
      (await Array.fromAsync(link.collect([], { depth: 'sweep', path: 'usual', signal }))).flat().map(({ kind }) => kind);
    return { clock, sweep, [Symbol.asyncDispose]: async () => link.close() };
  }
  const through = (proxy: HalfOpenProxy) => server.url().replace(`:${server.port}/`, `:${proxy.port}/`);

  it('is held over many sweeps, and replaced once a minute by a new one', async () => {
    await using proxy = await HalfOpenProxy.start(server.port);
    await using watcher = sweeper(() => through(proxy));
    for (let round = 0; round < 5; round++) assert.deepEqual(await watcher.sweep(), ['listing']);
    assert.equal(proxy.connections, 1);
    await watcher.clock.advance(60_000);
    for (let round = 0; round < 5; round++) assert.deepEqual(await watcher.sweep(), ['listing']);
    assert.equal(proxy.connections, 2);
    while (proxy.open > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('is replaced at once where the url has changed, and not because the url cannot be read just now', async () => {
    await using proxy = await HalfOpenProxy.start(server.port);
    await using other = await HalfOpenProxy.start(server.port);
    let url: string | Error = through(proxy);
    await using watcher = sweeper(() => url);
    await watcher.sweep();
    url = new Error('no such file');
    assert.deepEqual(await watcher.sweep(), ['listing']);
    url = through(other);
    assert.deepEqual(await watcher.sweep(), ['listing']);
    assert.deepEqual([proxy.connections, other.connections], [1, 1]);
  });
});
