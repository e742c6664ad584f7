import assert from 'node:assert/strict';
import { Secret } from '../../src/values/secret.ts';
import { createWeb } from '../../src/web/server.ts';
import { neighbourhood } from '../../src/web/address.ts';
import { Throttle } from '../../src/web/throttle.ts';
import { recordingLog } from '../support/recording-log.ts';
import { makeStatus } from '../support/status.ts';
import { bearer, makeToken } from '../support/tokens.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const reader = makeToken(['read']);
const scraper = makeToken(['metrics']);
const claimant = makeToken(['claim']);
const expired = makeToken(['read', 'claim'], { expires: NOW - 1 });

/** A watcher with those four, and a token of the old kind for reading and for claiming. */
function open(more: { readonly behindProxy?: boolean } = {}) {
  const log = recordingLog();
  const time = { steady: 0, wall: NOW };
  const tokens = new Map([
    ['alice', reader.entry],
    ['prometheus', scraper.entry],
    ['cursor', claimant.entry],
    ['old', expired.entry],
  ]);
  const claims: string[] = [];
  const app = createWeb({
    ...more,
    host: '127.0.0.1',
    token: new Secret('thought-up'),
    tokens: () => tokens,
    log,
    steady: () => time.steady,
    wall: () => time.wall,
    version: '0',
    status: () => makeStatus(),
    claims: {
      claimants: async () =>
        new Map([
          ['ci', new Secret('token-of-ci')],
          ['old', new Secret('a token that somebody thought up')],
        ]),
      claim: async ({ by }) => (claims.push(by), { taken: true, id: '01J' }),
    },
  });
  const from = (address: string) => ({ incoming: { socket: { remoteAddress: address } } });
  const get = async (path: string, token?: string, address = '192.0.2.1') =>
    app.request(path, token === undefined ? {} : bearer(token), from(address));
  const claim = async (token: string, address = '192.0.2.1') =>
    app.request('/api/v1/claims', { method: 'POST', body: '{"text":"done"}', ...bearer(token) }, from(address));
  return { app, log, time, tokens, claims, get, claim };
}

describe('tokens', () => {
  it('let in for what they are for, and for nothing else', async () => {
    const { get, claim, claims } = open();
    const paths = ['/api/v1/status', '/metrics', '/'] as const;
    const codes = async (token: string) => Promise.all(paths.map(async (path) => (await get(path, token)).status));
    assert.deepEqual(await codes(reader.token), [200, 200, 200]);
    assert.deepEqual(await codes(scraper.token), [403, 200, 403]);
    assert.deepEqual(await codes(claimant.token), [403, 403, 403]);
    assert.deepEqual(await codes('thought-up'), [200, 200, 200]);
    for (const [token, code] of [
      [claimant.token, 202],
      [reader.token, 403],
      ['token-of-ci', 202],
      ['a token that somebody thought up', 202],
      ['a token that somebody', 401],
      ['thought-up', 401],
    ] as const)
      assert.equal((await claim(token)).status, code, token);
    assert.deepEqual(claims, ['cursor', 'ci', 'old']);
  });

  it('are asked for, and refused, as RFC 9110 and RFC 9457 have it', async () => {
    const { get } = open();
    const answer = await get('/api/v1/status');
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.deepEqual(await answer.json(), {
      type: 'https://rollcall.dev/problems/no-token',
      title: 'A token is needed',
      status: 401,
      error: 'a bearer token is needed',
    });
    assert.equal((await get('/healthz')).status, 200);
    for (const broken of ['', 'x'.repeat(5000), `${reader.token}x`, reader.token.slice(1)])
      assert.equal((await get('/', broken)).status, 401);
  });

  it('end on their day, and when they are taken out', async () => {
    const { get, tokens, time } = open();
    assert.equal((await get('/api/v1/status', expired.token)).status, 401);
    time.wall = NOW - 1;
    assert.equal((await get('/api/v1/status', expired.token)).status, 200);
    assert.equal((await get('/api/v1/status', reader.token)).status, 200);
    tokens.delete('alice');
    assert.equal((await get('/api/v1/status', reader.token)).status, 401);
  });

  it('are in the log by the name of their holder, never themselves', async () => {
    const { get, claim, log, time } = open();
    for (let n = 0; n < 5; n++) await get('/api/v1/status', reader.token);
    await claim(claimant.token);
    await claim(claimant.token);
    await claim(reader.token);
    await get('/', expired.token);
    await get('/', 'guess-of-mine');
    const told = log.lines.map(({ level, message, fields: { holder, for: what, why } }) => [level, message, holder ?? why, what ?? why]);
    assert.deepEqual(told, [
      ['info', 'a token was used', 'alice', 'read'],
      ['info', 'a token was used', 'cursor', 'claim'],
      ['info', 'a token was used', 'cursor', 'claim'],
      ['warn', 'a token was refused', 'alice', 'claim'],
      ['warn', 'a token was refused', 'old', 'expired'],
      ['warn', 'a token was refused', 'unknown', 'read'],
    ]);
    assert.doesNotMatch(JSON.stringify(log.lines), /rct_|guess-of-mine|thought-up/);
    time.steady += 3_600_000;
    await get('/api/v1/status', reader.token);
    assert.equal(log.lines.at(-1)?.fields['holder'], 'alice', 'again after an hour');
  });

  it('that are wrong are refused unseen after ten a minute from one address, while others and whoever cannot be guessed get in', async () => {
    const { get, time, log } = open();
    for (let n = 0; n < 10; n++) assert.equal((await get('/', `guess-${n}`)).status, 401);
    const limited = await get('/', 'guess-10');
    assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '6']);
    assert.equal((await get('/', 'thought-up')).status, 429, 'the right one is not compared either');
    assert.equal((await get('/', reader.token)).status, 200, 'nobody is locked out by the guesses of others');
    assert.equal((await get('/', 'thought-up', '192.0.2.2')).status, 200);
    assert.equal((await get('/')).status, 401, 'who comes without one has guessed nothing');
    assert.equal(log.lines.filter(({ message }) => message === 'a token was refused').length, 10);
    time.steady += 6000;
    assert.equal((await get('/', 'thought-up')).status, 200);
  });

  it('are guessed by one client of a proxy and lock out no other, where the proxy is said to tell them apart', async () => {
    const asked = async (behindProxy: boolean, token: string, via: string | undefined, { app } = open({ behindProxy })) => {
      const headers = { ...bearer(token).headers, ...(via !== undefined && { 'x-forwarded-for': via }) };
      return (await app.request('/api/v1/status', { headers }, { incoming: { socket: {} } })).status;
    };
    for (const [behindProxy, other] of [
      [false, 429],
      [true, 200],
    ] as const) {
      const web = open({ behindProxy });
      // What a client says of itself stands before what the proxy says of it.
      for (let n = 0; n < 10; n++) assert.equal(await asked(behindProxy, `guess-${n}`, `192.0.2.${n}, 198.51.100.7`, web), 401);
      assert.equal(await asked(behindProxy, 'thought-up', '203.0.113.9, 198.51.100.7', web), 429);
      for (const via of ['198.51.100.8', '198.51.100.7, 198.51.100.8:4711', '[2001:db8::1]:443', '2001:db8:9::1'])
        assert.equal(await asked(behindProxy, 'thought-up', via, web), other, via);
      for (const via of ['', 'unknown', 'a, b', undefined])
        assert.equal(await asked(behindProxy, 'thought-up', via, web), other, String(via));
    }
  });

  it('may send sixty times a minute each', async () => {
    const { claim, time } = open();
    for (let n = 0; n < 60; n++) assert.equal((await claim(claimant.token)).status, 202);
    const much = await claim(claimant.token, '192.0.2.2');
    assert.deepEqual([much.status, much.headers.get('retry-after')], [429, '1']);
    assert.equal((await claim('token-of-ci')).status, 202);
    time.steady += 1000;
    assert.equal((await claim(claimant.token)).status, 202);
  });

  it('are asked for as soon as there is one that reads, also on loopback', async () => {
    const web = (entry?: ReturnType<typeof makeToken>) =>
      createWeb({
        host: '127.0.0.1',
        token: undefined,
        version: '0',
        status: () => makeStatus(),
        tokens: () => new Map(entry ? [['one', entry.entry]] : []),
      });
    for (const [entry, code] of [
      [undefined, 200],
      [claimant, 200],
      [reader, 401],
      [scraper, 401],
    ] as const)
      assert.equal((await web(entry).request('http://127.0.0.1/api/v1/status')).status, code);
  });
});

describe('what is remembered of those who ask', () => {
  it('is bounded, and forgets first whoever was silent longest', () => {
    const throttle = new Throttle(1, 3);
    for (const key of ['a', 'b', 'c']) assert.equal(throttle.take(key, 0), 0);
    assert.equal(throttle.take('a', 0), 60_000);
    assert.equal(throttle.take('d', 0), 0);
    assert.equal(throttle.size, 3);
    assert.equal(throttle.wait('b', 0), 0, 'forgotten');
    assert.equal(throttle.wait('a', 0), 60_000);
    assert.equal(throttle.wait('a', 60_000), 0);
    for (let n = 0; n < 1000; n++) throttle.take(`k${n}`, 0);
    assert.equal(throttle.size, 3);
  });

  it('takes the addresses that one subscriber has for one', () => {
    for (const [address, known] of [
      ['192.0.2.1', '192.0.2.1'],
      ['::ffff:192.0.2.1', '192.0.2.1'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
      ['2001:db8::6', '2001:db8:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      [undefined, 'local'],
      ['', 'local'],
    ] as const)
      assert.equal(neighbourhood(address), known, String(address));
  });
});
