import assert from 'node:assert/strict';
import { RequestOffice } from '../../src/request-office.ts';
import type { RequestDocument } from '../../src/core/request.ts';
import type { World } from '../../src/approval/world.ts';
import { Secret } from '../../src/values/secret.ts';
import { createWeb } from '../../src/web/server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MINUTE, NOW, Registrar, say } from '../support/requests.ts';
import { makeStatus } from '../support/status.ts';
import { makeIds } from '../support/watching.ts';

const LOSS = { action: 'expect-loss', target: 'one', reason: 'moved' };

describe('requests over HTTP', function () {
  this.timeout(120_000);
  let registrar: Registrar;
  let clock: FakeClock;
  let world: World | undefined;
  let armed: boolean;
  let post: (path: string, body: unknown, token?: string) => Promise<{ status: number; body: Record<string, unknown>; text: string }>;
  let get: (path: string, token?: string) => Promise<{ status: number; body: Record<string, unknown>; text: string }>;

  beforeEach(async () => {
    registrar = await Registrar.open();
    clock = new FakeClock(NOW);
    armed = true;
    world = { ...(await registrar.world()), isArmed: () => armed };
    const office = new RequestOffice(registrar.store, () => world, clock, makeIds());
    const tokens = new Map([
      ['cursor', new Secret('token-of-cursor')],
      ['alice', new Secret('token-of-alice')],
    ]);
    const app = createWeb({
      host: '127.0.0.1',
      token: new Secret('token-to-read'),
      version: '0',
      steady: () => clock.now().steady,
      status: () => makeStatus(),
      requests: {
        office,
        requesters: () => Promise.resolve(tokens),
        kindOf: (name) => (name === 'alice' ? 'human' : 'agent'),
        now: () => clock.now().wall,
      },
    });
    const ask = async (path: string, init: RequestInit) => {
      const answer = await app.request(path, init);
      const text = await answer.text();
      return { status: answer.status, text, body: JSON.parse(text) as Record<string, unknown> };
    };
    const headers = (token: string | undefined) => ({ headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }) } });
    post = (path, body, token) => ask(`/api/v1/${path}`, { method: 'POST', body: JSON.stringify(body), ...headers(token) });
    get = (path, token) => ask(`/api/v1/${path}`, headers(token));
  });
  afterEach(() => registrar[Symbol.asyncDispose]());

  const asked = async (more: object = {}, token = 'token-of-cursor') =>
    (await post('requests', { ...LOSS, ...more }, token)).body['request'] as RequestDocument;
  const approve = async (request: RequestDocument) => {
    for (const name of ['bob', 'carol'] as const)
      assert.equal((await post('approvals', say(request, registrar.site.keys[name]))).status, 200);
  };

  it('are taken under the name that the token belongs to, and read by whoever may read', async () => {
    const request = await asked({ for: '30m' });
    assert.deepEqual(request.requester, { name: 'cursor', kind: 'agent', known: 'token' });
    assert.equal(Date.parse(request.window.until), NOW + 30 * MINUTE);
    assert.equal((await asked({}, 'token-of-alice')).requester.kind, 'human');
    assert.equal((await get(`requests/${request.id}`)).status, 401);
    assert.equal((await get(`requests/${request.id}`, 'token-of-cursor')).status, 401);
    const read = await get(`requests/${request.id}`, 'token-to-read');
    assert.deepEqual([read.status, read.body['status'], read.body['request']], [200, 'PENDING', request]);
    assert.equal(((await get('requests', 'token-to-read')).body['requests'] as unknown[]).length, 2);
    assert.equal((await get('requests/01KZZZZZZZZZZZZZZZZZZZZZZZ', 'token-to-read')).status, 404);
  });

  it('are nobody’s without a token, nothing without sense, and no more than a watcher can bear', async () => {
    assert.equal((await post('requests', LOSS)).status, 401);
    assert.equal((await post('requests', LOSS, 'token-to-read')).status, 401);
    for (const bad of [{}, { ...LOSS, action: 'drop' }, { ...LOSS, more: 1 }, { ...LOSS, for: 'long' }, 'text', null])
      assert.equal((await post('requests', bad, 'token-of-cursor')).status, 400);
    const none = await post('requests', { ...LOSS, target: 'three' }, 'token-of-cursor');
    assert.deepEqual([none.status, none.body['why']], [422, 'three is not on the roll']);
    for (let n = 0; n < 20; n++) await asked();
    const waiting = await post('requests', LOSS, 'token-of-cursor');
    assert.deepEqual([waiting.status, waiting.body['why']], [422, '20 requests of cursor wait to be decided']);
    assert.equal((await post('requests', LOSS, 'token-of-alice')).status, 201);
    for (let n = 0; n < 10; n++) await post('approvals', {});
    for (let n = 0; n < 7; n++) await post('grants/consume', { token: 'x', action: 'a', target: 't' });
    const much = await post('requests', LOSS, 'token-of-alice');
    assert.equal(much.status, 429);
    await clock.advance(24 * 60 * MINUTE);
    await clock.advance(MINUTE);
    let last = 0;
    for (let n = 0; n < 201; n++) {
      await clock.advance(MINUTE);
      const made = await asked({ for: '1s' }, 'token-of-alice');
      if (made) last = n + 1;
      const record = made && (await registrar.store.request(made.id));
      if (record) await registrar.store.commit({ requests: [{ ...record, revision: 2, status: 'FAILED', code: 'EXPIRED' }] });
    }
    assert.equal(last, 200, 'a day');
    world = undefined;
    assert.equal((await post('requests', LOSS, 'token-of-cursor')).status, 409);
  });

  it('are approved by what proves itself, and by nothing else', async () => {
    const request = await asked();
    const { alice, bob, mallory } = registrar.site.keys;
    const forged = await post('approvals', say(request, mallory));
    assert.deepEqual([forged.status, forged.body['error']], [409, 'nobody']);
    for (const bad of [{}, null, { ...say(request, alice), more: 1 }]) assert.equal((await post('approvals', bad)).status, 400);
    assert.equal((await post('approvals', say(request, alice))).status, 200);
    const enough = await post('approvals', say(request, bob));
    assert.deepEqual((enough.body['request'] as Record<string, unknown>)['status'], 'APPROVED');
    assert.ok(!enough.text.includes('SSH SIGNATURE'));
  });

  it('yield a token to who asked, once they are approved, and the token one use', async () => {
    const request = await asked();
    const path = `requests/${request.id}/grant`;
    assert.equal((await post(path, {}, 'token-of-cursor')).status, 409);
    await approve(request);
    assert.equal((await post(path, {})).status, 401);
    assert.equal((await post(path, {}, 'token-of-alice')).status, 404);
    const issued = await post(path, {}, 'token-of-cursor');
    assert.equal(issued.status, 201);
    const use = { token: issued.body['token'], action: 'expect-loss', target: 'one' };
    armed = false;
    assert.equal((await post('grants/consume', use)).body['error'], 'too-early');
    armed = true;
    assert.equal((await post('grants/consume', { ...use, target: 'two' })).body['error'], 'wrong-target');
    assert.equal((await post('grants/ended', { token: use.token, exit: 0 })).status, 404);
    assert.equal((await post('grants/consume', use)).status, 200);
    const again = await post('grants/consume', use);
    assert.deepEqual([again.status, again.body['error']], [403, 'already-used']);
    assert.equal((await post('grants/ended', { token: use.token, exit: 0 })).status, 200);
    for (const bad of [{}, { ...use, exit: 300 }, { token: 'x' }]) assert.equal((await post('grants/ended', bad)).status, 400);
    const read = await get(`requests/${request.id}`, 'token-to-read');
    assert.equal(read.body['exit'], 0);
    assert.equal(read.body['token'], undefined);
  });
});
