import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openWatcherKey } from '../../src/adapters/watcher-key.ts';
import { SCOPES, type Scope } from '../../src/values/scopes.ts';
import { OPERATIONS } from '../../src/web/openapi/operations.ts';
import { startCli, type RunningCli } from '../support/cli.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { SignedSite } from '../support/signed-site.ts';

const HOST = 'roll.example';
const tokenFor = (name: string): string => `rct_${name.padEnd(43, 'x')}`;
const entry = (name: string, scopes: readonly Scope[], more: object = {}): object => ({
  [name]: { scopes, hash: `sha256:${createHash('sha256').update(tokenFor(name)).digest('hex')}`, ...more },
});

/** What stands before the socket on the same machine: says who came, at the end of whatever its client said of that, as nginx and Caddy do. */
async function startProxy(socketPath: string): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((incoming, answer) => {
    const said = incoming.headers['x-forwarded-for'];
    const headers = { ...incoming.headers, 'x-forwarded-for': [...(said ? [String(said)] : []), incoming.socket.remoteAddress].join(', ') };
    const onward = request({ socketPath, path: incoming.url, method: incoming.method, headers }, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(answer);
    });
    onward.once('error', () => answer.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

describe('a watcher on a socket behind a proxy', function () {
  this.timeout(120_000);
  let site: SignedSite;
  let other: Folder;
  let daemon: RunningCli;
  let proxy: Awaited<ReturnType<typeof startProxy>>;

  before(async () => {
    site = new SignedSite();
    other = makeFolder();
    const listen = `unix:${join(site.path, 'http.sock')}`;
    site.write('thought-up.token', 'thought-up-by-somebody', 0o600);
    site.rewrite({
      config: {
        watchdog: {
          name: 'tester',
          state: './state',
          listen,
          behind_proxy: true,
          url: `https://${HOST}`,
          token: { file: './thought-up.token' },
        },
        signers: { allowed: './allowed_signers', agents: ['bot'] },
        ledger: { witness_for: [{ key: openWatcherKey(other.path, 'vault-us').line }] },
        tokens: Object.assign(
          entry('ended', SCOPES, { expires: '2020-01-01' }),
          ...SCOPES.map((scope) => entry(scope, [scope], scope === 'request' ? { kind: 'agent' } : {})),
        ),
      },
    });
    site.draft(['one', 'two'], { policy: { k: 1, weakening: 2 } });
    site.sign(['alice', 'bob']);
    daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    proxy = await startProxy(join(site.path, 'http.sock'));
  });
  after(async () => {
    proxy?.server.close();
    daemon?.signal('SIGTERM');
    assert.equal(await daemon?.ended, 0, daemon?.stderr);
    site?.[Symbol.dispose]();
    other?.remove();
  });

  /** Asks the proxy, from an address of this machine's own. */
  function ask(
    from: string,
    path: string,
    { method = 'GET', token, forged }: { method?: string; token?: string; forged?: string } = {},
  ): Promise<number> {
    const headers = {
      host: HOST,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(forged !== undefined && { 'x-forwarded-for': forged }),
    };
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: proxy.port, localAddress: from, path, method, headers }, (answer) =>
        resolve(answer.resume().statusCode ?? 0),
      )
        .once('error', reject)
        .end(method === 'POST' ? 'no JSON' : undefined);
    });
  }

  for (const [nth, { id, method, path, scope }] of OPERATIONS.entries())
    it(`${id}: answers ${scope === undefined ? 'everybody' : `who may ${scope}, and nobody else`}`, async () => {
      const where = path.replace(/\{\w+\}/, 'nobody');
      const asks = (token?: string) =>
        ask(`127.0.1.${nth + 1}`, where, { method: method.toUpperCase(), ...(token !== undefined && { token }) });
      const told: Record<string, number> = {};
      for (const one of SCOPES) told[one] = await asks(tokenFor(one));
      for (const [who, token] of Object.entries({ nobody: undefined, ended: tokenFor('ended'), unknown: tokenFor('unknown') }))
        told[who] = await asks(token);
      // Whoever may read everything may read the metrics, too.
      const wanted = (one: Scope): boolean => scope === undefined || one === scope || (scope === 'metrics' && one === 'read');
      const refused = Object.fromEntries(Object.entries(told).filter(([, status]) => status === 401 || status === 403));
      assert.deepEqual(refused, {
        ...Object.fromEntries(SCOPES.filter((one) => !wanted(one)).map((one) => [one, 403])),
        ...(scope !== undefined && { nobody: 401, ended: 401, unknown: 401 }),
      });
    });

  it('tells its clients apart by what the proxy says, whatever they say themselves', async () => {
    const [guesser, honest] = ['127.0.2.1', '127.0.2.2'];
    const status = '/api/v1/status';
    const guesses: number[] = [];
    let own = 0;
    // There is room for another guess every six seconds, however slow this machine is.
    for (let n = 0; n < 60 && own !== 429; n++) {
      guesses.push(await ask(guesser, status, { token: `guess-${n}`, forged: `192.0.2.${n}` }));
      own = await ask(guesser, status, { token: 'thought-up-by-somebody', forged: honest });
    }
    assert.equal(own, 429);
    assert.ok(guesses.length >= 10, String(guesses));
    assert.equal(await ask(guesser, status, { token: tokenFor('read') }), 200, 'what cannot be guessed goes on counting');
    assert.equal(await ask(honest, status, { token: 'thought-up-by-somebody', forged: guesser }), 200);
    assert.ok(daemon.stderr.includes(`"address":"${guesser}"`), 'the log names who it was');
    assert.ok(!daemon.stderr.includes('192.0.2.'), 'and nobody whom a client made up');
    for (const name of ['ended', ...SCOPES]) assert.ok(!daemon.stderr.includes(tokenFor(name)));
  });
});
