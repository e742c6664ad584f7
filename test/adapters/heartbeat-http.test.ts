import assert from 'node:assert/strict';
import { createHttpHeartbeat } from '../../src/adapters/heartbeat-http.ts';
import { Secret } from '../../src/values/secret.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { startReceiver, type Answer, type Receiver } from '../support/receiver.ts';

const CHECK = '/0a1b2c3d-4e5f-6789-abcd-ef0123456789';
const never = new AbortController().signal;

describe('the heartbeat', () => {
  let receiver: Receiver;

  beforeEach(async () => void (receiver = await startReceiver({ body: 'OK' })));
  afterEach(() => receiver.close());

  const beat = (ok: boolean, note = '', signal = never, timeout = 5000, path = CHECK): Promise<boolean> => {
    const url = async (): Promise<Secret> => new Secret(`${receiver.url}${path}\n`);
    return createHttpHeartbeat({ url, timeout, clock: new FakeClock() }).beat(ok, note, signal);
  };

  it('pings the URL after a good round', async () => {
    assert.equal(await beat(true, '12 present'), true);
    const [request] = receiver.requests;
    assert.deepEqual([request?.method, request?.path, request?.text], ['POST', CHECK, '12 present']);
  });

  it('pings /fail with the reason otherwise, wherever the query stands', async () => {
    assert.equal(await beat(false, 'a batch is overdue\u001b[2J'), true);
    assert.deepEqual([receiver.requests[0]?.path, receiver.requests[0]?.text], [`${CHECK}/fail`, 'a batch is overdue [2J']);
    await beat(false, '', never, 5000, '/ping-key/rollcall/?create=1');
    assert.equal(receiver.requests[1]?.path, '/ping-key/rollcall/fail?create=1');
  });

  it('keeps a long reason below what the receiver keeps', async () => {
    await beat(false, 'é'.repeat(100_000));
    assert.ok(Buffer.byteLength(receiver.requests[0]?.text ?? '') < 10_000);
  });

  const unheard: Record<string, Answer> = {
    'a 404': { status: 404, body: 'not found' },
    'a 429': { status: 429 },
    'a 500': { status: 500 },
    'a check that is not known': { body: 'OK (not found)' },
    'a ping that was dropped': { body: 'OK (rate limited)' },
    'the page of a proxy': { body: '\n<!DOCTYPE html><html>' },
    'a redirect': { status: 302, headers: { location: '/' } },
    'a cut connection': 'reset',
  };
  for (const [what, answer] of Object.entries(unheard))
    it(`is not heard by ${what}`, async () => {
      receiver.otherwise(answer);
      assert.equal(await beat(true), false);
    });

  it('is not heard by a receiver that says nothing in time', async () => {
    receiver.otherwise('hang');
    assert.equal(await beat(true, '', never, 100), false);
  });

  it('lets go when the caller gives up', async () => {
    receiver.otherwise('hang');
    const caller = new AbortController();
    const heard = beat(true, '', caller.signal);
    await receiver.received(1);
    caller.abort();
    assert.equal(await heard, false);
  });

  it('survives a URL that cannot be read or is none', async () => {
    const clock = new FakeClock();
    const unreadable = createHttpHeartbeat({ url: () => Promise.reject(new Error('gone')), timeout: 100, clock });
    assert.equal(await unreadable.beat(true, '', never), false);
    for (const ok of [true, false])
      assert.equal(await createHttpHeartbeat({ url: 'nonsense', timeout: 100, clock }).beat(ok, '', never), false);
  });
});
