import assert from 'node:assert/strict';
import type { PagerDutyEvent } from '../../src/adapters/pagerduty-event.ts';
import { createPagerDutyPager } from '../../src/adapters/pager-pagerduty.ts';
import type { Clock, Pager } from '../../src/ports.ts';
import { Secret } from '../../src/values/secret.ts';
import { makeLetter, NOW, testPager } from '../contract/pager.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makePage, makePrintedResource } from '../support/page.ts';
import { startReceiver, type Received, type Receiver, type Reply } from '../support/receiver.ts';

const KEY = 'R0123456789abcdef0123456789abcde';
const never = new AbortController().signal;

function open(url: string, timeout = 5000, clock: Clock = new FakeClock(NOW)): Pager {
  return createPagerDutyPager({
    name: 'oncall',
    endpoint: `${url}/`,
    routingKey: async () => new Secret(KEY),
    timeout,
    clock,
  });
}

function accept(request: Received): Reply {
  const { dedup_key } = request.body as PagerDutyEvent;
  return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key } };
}

/** The documented limits of the Events API v2. */
function checkLimits(request: Received): void {
  assert.equal(request.method, 'POST');
  assert.equal(request.path, '/v2/enqueue');
  assert.equal(request.headers['content-type'], 'application/json');
  assert.ok(Buffer.byteLength(request.text) <= 512_000, 'at most 512 KB');
  const event = request.body as PagerDutyEvent;
  assert.equal(event.routing_key, KEY);
  assert.ok(['trigger', 'resolve'].includes(event.event_action));
  assert.ok(event.dedup_key.length <= 255);
  const { summary, source, severity, timestamp } = event.payload;
  assert.ok(summary.length > 0 && summary.length <= 1024);
  assert.ok(source.length > 0);
  assert.ok(['critical', 'warning'].includes(severity));
  assert.ok(!Number.isNaN(Date.parse(timestamp)));
  for (const link of event.links) assert.match(link.href, /^https?:/);
  // oxlint-disable-next-line no-control-regex -- controls are what is looked for
  assert.doesNotMatch(summary + source, /[\u0000-\u001f\u007f-\u009f\u202e]/);
}

testPager('pagerduty', { open, secrets: [KEY], http: { accept, html200: 'retryable', check: checkLimits } });

describe('the PagerDuty pager', () => {
  let receiver: Receiver;
  let pager: Pager;

  beforeEach(async () => {
    receiver = await startReceiver(accept);
    pager = open(receiver.url);
  });
  afterEach(() => receiver.close());

  const sent = (index = 0): PagerDutyEvent => receiver.requests[index]?.body as PagerDutyEvent;

  it('triggers with what the page says, dated by the detection', async () => {
    const letter = makeLetter();
    assert.deepEqual(await pager.deliver(letter, never), { kind: 'delivered', ref: letter.page.dedup_key });
    const { custom_details, ...payload } = sent().payload;
    assert.deepEqual(
      { ...sent(), payload },
      {
        routing_key: KEY,
        event_action: 'trigger',
        dedup_key: letter.page.dedup_key,
        client: 'rollcall vault-eu',
        client_url: letter.page.links.status,
        links: [
          { href: letter.page.links.runbook, text: 'Runbook' },
          { href: letter.page.links.status, text: 'Status' },
        ],
        payload: {
          summary: letter.page.summary,
          source: 'vault-eu',
          severity: 'critical',
          timestamp: '2026-11-22T10:00:00.000Z',
          component: 'orders-db',
          group: 'orders-pg',
          class: 'absent',
        },
      },
    );
    const { summary: _s, severity: _v, dedup_key: _d, links: _l, ...rest } = letter.page;
    assert.deepEqual(custom_details, rest);
  });

  it('sends updates as triggers and resolves under the same key', async () => {
    for (const event of ['trigger', 'update', 'resolve'] as const) await pager.deliver(makeLetter({ event, reason: 'changed' }), never);
    assert.deepEqual(
      receiver.requests.map((_, index) => [sent(index).event_action, sent(index).dedup_key]),
      ['trigger', 'trigger', 'resolve'].map((action) => [action, makePage().dedup_key]),
    );
  });

  it('marks a test', async () => {
    await pager.deliver(makeLetter({ event: 'test', reason: 'test' }), never);
    assert.match(sent().payload.summary, /^TEST: /);
  });

  it('groups trouble of the watchdog itself under no connection', async () => {
    const own = makePrintedResource({ id: '@watchdog', kind: 'watchdog', connection: '-', verdict: 'degraded' });
    await pager.deliver(makeLetter({ resources: [own] }), never);
    assert.deepEqual([sent().payload.component, sent().payload.group], ['@watchdog', undefined]);
  });

  it('shortens a key beyond 255 characters the same way each time, and differently for different keys', async () => {
    const long = `rollcall/${'x'.repeat(400)}`;
    await pager.deliver(makeLetter({ dedup_key: `${long}/1` }), never);
    await pager.deliver(makeLetter({ dedup_key: `${long}/1`, event: 'resolve' }), never);
    await pager.deliver(makeLetter({ dedup_key: `${long}/2` }), never);
    assert.equal(sent(0).dedup_key, sent(1).dedup_key);
    assert.notEqual(sent(0).dedup_key, sent(2).dedup_key);
    assert.equal(sent(0).dedup_key.length, 255);
  });

  it('cuts resources beyond 512 KB and keeps the count', async () => {
    const resources = Array.from({ length: 2000 }, (_, index) =>
      makePrintedResource({ id: `db-${index}`, summary: '\u{1F525}'.repeat(100) }),
    );
    await pager.deliver(makeLetter({ resources }), never);
    const [request] = receiver.requests;
    assert.ok(request);
    checkLimits(request);
    assert.ok(request.text.length > 200_000);
    const details = sent().payload.custom_details as { total: number; truncated: boolean; resources: unknown[] };
    assert.equal(details.total, 2000);
    assert.equal(details.truncated, true);
    assert.ok(details.resources.length > 100 && details.resources.length < 2000);
  });

  it('sends once more without custom_details where the contents are refused', async () => {
    receiver.answer({ status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors: ['bad details'] } });
    assert.equal((await pager.deliver(makeLetter(), never)).kind, 'delivered');
    assert.equal(receiver.requests.length, 2);
    const { custom_details: first, ...kept } = sent(0).payload;
    assert.ok(first);
    assert.deepEqual(sent(1).payload, kept);
  });

  it('says what PagerDuty dislikes where that does not help', async () => {
    receiver.otherwise({ status: 400, body: { status: 'invalid event', errors: ["Length of 'routing_key' is incorrect"] } });
    const delivery = await pager.deliver(makeLetter(), never);
    assert.ok(delivery.kind === 'refused');
    assert.match(delivery.why, /^answered 400: .*Length of 'routing_key' is incorrect/);
    assert.equal(receiver.requests.length, 2);
  });

  it('waits as told where the second sending comes too often', async () => {
    receiver.answer({ status: 400 }, { status: 429, headers: { 'retry-after': '5' } });
    assert.deepEqual(await pager.deliver(makeLetter(), never), { kind: 'retryable', why: 'answered 429', afterMs: 5000 });
  });

  it('shares one timeout between both sendings', async () => {
    let steady = 0;
    const clock: Clock = { now: () => ({ wall: NOW, steady }), sleep: () => Promise.resolve() };
    const refuseLate = (): Reply => {
      steady = 5000;
      return { status: 400 };
    };
    receiver.answer(refuseLate, 'hang');
    const delivery = await open(receiver.url, 5100, clock).deliver(makeLetter(), never);
    assert.deepEqual(delivery, { kind: 'retryable', why: 'no answer within 100ms' });
  });

  it('takes nothing for a receipt but a 202 that says success', async () => {
    const answers: Reply[] = [
      { status: 200, body: { status: 'success' } },
      { status: 202, body: '' },
      { status: 202, body: { status: 'throttled' } },
      { status: 202, body: '<html>' },
      { status: 204 },
    ];
    for (const answer of answers) {
      receiver.answer(answer);
      assert.equal((await pager.deliver(makeLetter(), never)).kind, 'retryable', JSON.stringify(answer));
    }
  });
});
