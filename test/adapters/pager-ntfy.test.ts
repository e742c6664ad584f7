import assert from 'node:assert/strict';
import { createNtfyPager } from '../../src/adapters/pager-ntfy.ts';
import { Pace } from '../../src/loop/pace.ts';
import { Secret } from '../../src/values/secret.ts';
import { makeLetter, NOW, testPager } from '../contract/pager.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makePrintedResource } from '../support/page.ts';
import { startReceiver, type Received, type Receiver } from '../support/receiver.ts';

const TOKEN = 'tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2';
const TOPIC = 'a-topic-nobody-guesses';
const ACCEPT = {
  status: 200,
  body: { id: 'sPs71M8A2T', time: 1795341603, expires: 1795384803, event: 'message', topic: TOPIC, message: 'x' },
};
const never = new AbortController().signal;
const base = { name: 'phone', topic: TOPIC, token: undefined, timeout: 5000, clock: new FakeClock(NOW) };

function bodyOf(request: Received | undefined): unknown {
  assert.ok(request);
  return request.body;
}

function checkLimits(request: Received): void {
  assert.ok(Buffer.byteLength(request.text) <= 4096);
  const { topic, message, priority } = request.body as { topic: string; message: string; priority: number };
  assert.match(topic, /^[-_A-Za-z0-9]{1,64}$/);
  assert.ok(message.length > 0 && priority >= 1 && priority <= 5);
}

testPager('ntfy', {
  open: (url, timeout) =>
    createNtfyPager({ ...base, server: url, topic: async () => new Secret(TOPIC), token: async () => new Secret(`${TOKEN}\n`), timeout }),
  secrets: [TOKEN, TOPIC],
  http: { accept: ACCEPT, html200: 'retryable', check: checkLimits },
});

describe('the ntfy pager', () => {
  let receiver: Receiver;

  beforeEach(async () => void (receiver = await startReceiver(ACCEPT)));
  afterEach(() => receiver.close());

  it('publishes to the root of the server, with the token, and keeps the id of the message', async () => {
    const pager = createNtfyPager({ ...base, server: receiver.url, token: new Secret(TOKEN) });
    assert.deepEqual(await pager.deliver(makeLetter(), never), { kind: 'delivered', ref: 'sPs71M8A2T' });
    const [request] = receiver.requests;
    assert.equal(request?.path, '/');
    assert.equal(request.headers['authorization'], `Bearer ${TOKEN}`);
    const { message, ...rest } = request.body as { message: string };
    assert.deepEqual(rest, {
      topic: TOPIC,
      title: 'CRITICAL: orders-db is gone: database orders does not exist on orders-pg',
      priority: 5,
      tags: ['rotating_light'],
      click: 'https://rollcall.example/incidents/01JD6?a=1&b=2',
    });
    assert.match(message, /^rollcall vault-eu at .*\norders-db: absent/);
    await createNtfyPager({ ...base, server: receiver.url }).deliver(makeLetter(), never);
    assert.equal(receiver.requests[1]?.headers['authorization'], undefined);
  });

  it('rings by severity, and only for what is wrong', async () => {
    const pager = createNtfyPager({ ...base, server: receiver.url });
    for (const page of [
      { severity: 'critical' },
      { severity: 'warning' },
      { event: 'trigger', reason: 'repeat' },
      { event: 'update', reason: 'joined' },
      { event: 'resolve', reason: 'resolved' },
      { event: 'resolve', reason: 'superseded' },
      { event: 'test', reason: 'test' },
    ] as const)
      await pager.deliver(makeLetter(page), never);
    assert.deepEqual(
      receiver.requests.map(({ body }) => body as { priority: number; tags: string[] }).map(({ priority, tags }) => [priority, ...tags]),
      [
        [5, 'rotating_light'],
        [4, 'warning'],
        [5, 'rotating_light'],
        [3, 'rotating_light'],
        [3, 'white_check_mark'],
        [3, 'heavy_minus_sign'],
        [3, 'test_tube'],
      ],
    );
  });

  it('cuts what does not fit into 4,096 bytes and says how much that is', async () => {
    const resources = Array.from({ length: 90 }, (_, index) => makePrintedResource({ id: `db-"${'é'.repeat(20)}"-${index}` }));
    await createNtfyPager({ ...base, server: receiver.url }).deliver(makeLetter({ resources }), never);
    const { message } = bodyOf(receiver.requests[0]) as { message: string };
    assert.match(message, /db-"é+"-2: absent[^]*and 8\d more, listed at /);
  });

  it('says how what is cut is listed where there is no link', async () => {
    const resources = Array.from({ length: 90 }, (_, index) => makePrintedResource({ id: `db-${index}` }));
    await createNtfyPager({ ...base, server: receiver.url }).deliver(makeLetter({ resources, links: {} }), never);
    const { message } = bodyOf(receiver.requests[0]) as { message: string };
    assert.match(message, /and \d\d more, listed by rollcall incidents --json$/);
  });

  it("never outruns the server's bucket of 60 requests, refilled by one in five seconds", () => {
    const pace = new Pace(createNtfyPager({ ...base, server: receiver.url }).perMinute, 0);
    for (let [at, left] = [0, 60]; at < 3_600_000; at += 1000, left = Math.min(60, left + 0.2)) {
      for (let asked = 0; asked < 100 && pace.mayAsk(at); asked++) left--;
      assert.ok(left >= 0, `a request too many after ${at} ms`);
    }
  });

  it('says in the message what the title has no room for', async () => {
    await createNtfyPager({ ...base, server: receiver.url }).deliver(makeLetter({ summary: 'x'.repeat(300) }), never);
    const { message, title } = bodyOf(receiver.requests[0]) as { message: string; title: string };
    assert.equal(title.length, 200);
    assert.ok(message.startsWith(`CRITICAL: ${'x'.repeat(300)}\n`));
  });

  it('takes no JSON of another make for a receipt', async () => {
    for (const body of [{}, { id: 'x' }, { event: 'open', id: 'x' }, { event: 'message', id: 7 }, { event: 'message', id: '<b>' }]) {
      receiver.answer({ status: 200, body });
      assert.equal((await createNtfyPager({ ...base, server: receiver.url }).deliver(makeLetter(), never)).kind, 'retryable');
    }
  });
});
