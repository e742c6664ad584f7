import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createWebhookPager } from '../../src/adapters/pager-webhook.ts';
import type { Page } from '../../src/core/page.ts';
import { Secret } from '../../src/values/secret.ts';
import { makeLetter, NOW, testPager } from '../contract/pager.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makePrintedResource } from '../support/page.ts';
import { startReceiver, type Received, type Receiver } from '../support/receiver.ts';

const KEY = Buffer.from('a signing key of 24 byte');
const SECRET = `whsec_${KEY.toString('base64')}`;
const OLD = `whsec_${Buffer.from('the key before that one.').toString('base64')}`;
const TOKEN = 'T0KEN-in-the-path';
const never = new AbortController().signal;
const base = { name: 'hook', timeout: 5000, clock: new FakeClock(NOW) };

function checkLimits(request: Received): void {
  assert.ok(Buffer.byteLength(request.text) <= 256 * 1024);
  const page = request.body as Page;
  assert.equal(page.schema, 'rollcall/page/v1');
  assert.equal(page.truncated === true, page.resources.length < page.total);
}

testPager('webhook', {
  open: (url, timeout) =>
    createWebhookPager({
      ...base,
      url: async () => new Secret(`${url.replace('://', '://watch:pass%40word@')}/hooks/${TOKEN}?key=query-secret`),
      secrets: [async () => new Secret(`${SECRET}\n`)],
      timeout,
    }),
  secrets: [SECRET, SECRET.slice(6), TOKEN, 'query-secret', 'pass@word', 'pass%40word', Buffer.from('watch:pass@word').toString('base64')],
  http: { accept: { status: 204 }, html200: 'delivered', check: checkLimits },
});

describe('the webhook pager', () => {
  let receiver: Receiver;

  beforeEach(async () => void (receiver = await startReceiver({ status: 204 })));
  afterEach(() => receiver.close());

  function expected(key: Buffer, request: Received): string {
    const { 'webhook-id': id, 'webhook-timestamp': at } = request.headers;
    return `v1,${createHmac('sha256', key).update(`${id}.${at}.${request.text}`).digest('base64')}`;
  }

  it('signs what it sends, under the id of the letter and the second of the attempt', async () => {
    const pager = createWebhookPager({ ...base, url: `${receiver.url}/page`, secrets: [new Secret(SECRET)] });
    const letter = makeLetter();
    assert.deepEqual(await pager.deliver(letter, never), { kind: 'delivered', ref: null });
    const [request] = await receiver.received(1);
    assert.ok(request);
    assert.equal(request.path, '/page');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['webhook-id'], letter.id);
    assert.equal(request.headers['webhook-timestamp'], String(NOW / 1000));
    assert.equal(request.headers['webhook-signature'], expected(KEY, request));
    assert.deepEqual(request.body, letter.page);
  });

  it('computes the signature that the specification prints as its example', async () => {
    const { signedHeaders, signingKey } = await import('../../src/adapters/standard-webhooks.ts');
    const headers = signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330_000, '{"test": 2432232314}', [
      signingKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    ]);
    assert.equal(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('keeps the id over attempts and takes the time of each', async () => {
    const clock = new FakeClock(NOW);
    const pager = createWebhookPager({ ...base, clock, url: receiver.url, secrets: [new Secret(SECRET)] });
    receiver.answer({ status: 503 });
    const letter = makeLetter();
    await pager.deliver(letter, never);
    await clock.advance(61_000);
    await pager.deliver(letter, never);
    assert.deepEqual(
      receiver.requests.map(({ headers }) => [headers['webhook-id'], Number(headers['webhook-timestamp']) - NOW / 1000]),
      [
        [letter.id, 0],
        [letter.id, 61],
      ],
    );
  });

  it('signs once for each secret, and without a secret not at all', async () => {
    const both = createWebhookPager({ ...base, url: receiver.url, secrets: [new Secret(SECRET), new Secret(OLD)] });
    await both.deliver(makeLetter(), never);
    const [request] = receiver.requests;
    assert.ok(request);
    assert.equal(
      request.headers['webhook-signature'],
      `${expected(KEY, request)} ${expected(Buffer.from(OLD.slice(6), 'base64'), request)}`,
    );
    const none = createWebhookPager({ ...base, url: receiver.url, secrets: [] });
    assert.equal((await none.deliver(makeLetter(), never)).kind, 'delivered');
    assert.equal(receiver.requests[1]?.headers['webhook-signature'], undefined);
  });

  it('reads its secret anew, so that a rotated one signs the next attempt', async () => {
    let current = OLD;
    const pager = createWebhookPager({ ...base, url: receiver.url, secrets: [async () => new Secret(current)] });
    await pager.deliver(makeLetter(), never);
    current = SECRET;
    await pager.deliver(makeLetter(), never);
    const [, request] = receiver.requests;
    assert.ok(request);
    assert.equal(request.headers['webhook-signature'], expected(KEY, request));
  });

  it('takes user and password of the URL as basic authorization', async () => {
    const pager = createWebhookPager({ ...base, url: receiver.url.replace('://', '://watch:pass%40word@'), secrets: [] });
    await pager.deliver(makeLetter(), never);
    assert.equal(receiver.requests[0]?.headers['authorization'], `Basic ${Buffer.from('watch:pass@word').toString('base64')}`);
  });

  for (const wrong of ['no-prefix-abcdef', 'whsec_', 'whsec_***not base64***', 'WHSEC_YWJj']) {
    it(`refuses the secret ${wrong} without quoting it`, async () => {
      const secret = new Secret(wrong);
      assert.throws(
        () => createWebhookPager({ ...base, url: receiver.url, secrets: [secret] }),
        (error: Error) => /must be whsec_/.test(error.message) && (wrong === 'whsec_' || !error.message.includes(wrong)),
      );
      const delivery = await createWebhookPager({ ...base, url: receiver.url, secrets: [async () => secret] }).deliver(makeLetter(), never);
      assert.equal(delivery.kind, 'refused');
      assert.equal(receiver.requests.length, 0);
    });
  }

  it('calls a secret that cannot be read worth another try', async () => {
    const pager = createWebhookPager({
      ...base,
      url: receiver.url,
      secrets: [() => Promise.reject(new Error('hook.secret: no such file'))],
    });
    assert.deepEqual(await pager.deliver(makeLetter(), never), { kind: 'retryable', why: 'hook.secret: no such file' });
  });

  it('refuses an address that is no URL', async () => {
    for (const url of ['not a url', 'file:///etc/passwd', ''])
      assert.equal((await createWebhookPager({ ...base, url, secrets: [] }).deliver(makeLetter(), never)).kind, 'refused');
  });

  it('quotes no half of a secret that is longer than what it quotes', async () => {
    const token = 'half-a-token-is-too-much-'.repeat(36);
    receiver.otherwise({ status: 500, body: `${token} ${token} ${token}` });
    const pager = createWebhookPager({ ...base, url: async () => new Secret(`${receiver.url}/${token}`), secrets: [] });
    const delivery = await pager.deliver(makeLetter(), never);
    assert.deepEqual(delivery, { kind: 'retryable', why: 'answered 500: <secret> <secret> <secret>' });
  });

  it('cuts resources, never the count, where a page grows beyond 256 KiB', async () => {
    const resources = Array.from({ length: 900 }, (_, index) => makePrintedResource({ id: `db-${index}`, summary: 'é'.repeat(300) }));
    await createWebhookPager({ ...base, url: receiver.url, secrets: [] }).deliver(makeLetter({ resources }), never);
    const page = receiver.requests[0]?.body as Page;
    assert.equal(page.total, 900);
    assert.equal(page.truncated, true);
    assert.ok(page.resources.length > 100 && page.resources.length < 900);
    assert.ok(Buffer.byteLength(JSON.stringify(page)) > 250 * 1024);
  });
});
