import assert from 'node:assert/strict';
import { createSlackPager } from '../../src/adapters/pager-slack.ts';
import type { SlackBlock } from '../../src/adapters/slack-message.ts';
import type { Clock, Pager } from '../../src/ports.ts';
import { Secret } from '../../src/values/secret.ts';
import { makeLetter, NOW, testPager } from '../contract/pager.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeHostilePage, makePrintedResource } from '../support/page.ts';
import { startReceiver, type Received, type Receiver, type Reply } from '../support/receiver.ts';

const TOKEN = 'xoxb-not-a-real-token-0123456789';
const CHANNEL = 'C0123456';
const ROOT = '1732269600.000100';
const ACCEPT = { body: { ok: true, channel: CHANNEL, ts: ROOT, message: {} } };
const never = new AbortController().signal;

function open(url: string, timeout = 5000, clock: Clock = new FakeClock(NOW)): Pager {
  const token = async (): Promise<Secret> => new Secret(TOKEN);
  return createSlackPager({ name: 'ops', token, channel: CHANNEL, endpoint: `${url}/api/`, timeout, clock });
}

type Form = Readonly<Record<string, string>>;
const form = (request: Received | undefined): Form => request?.body as Form;
const blocksOf = (request: Received | undefined): SlackBlock[] => JSON.parse(form(request)['blocks'] ?? '[]') as SlackBlock[];

/** The documented limits of messages, and the sum that is not documented. */
function checkLimits(request: Received): void {
  assert.match(request.path, /^\/api\/chat\.(postMessage|update)$/);
  assert.equal(request.headers['authorization'], `Bearer ${TOKEN}`);
  const { text = '', channel } = form(request);
  assert.equal(channel, CHANNEL);
  assert.ok(text.length > 0 && text.length <= 4000, 'a top-level text');
  const blocks = blocksOf(request);
  assert.ok(blocks.length > 0 && blocks.length <= 50);
  let sum = 0;
  for (const block of blocks) {
    const shown = block.type === 'context' ? block.elements[0].text : block.text.text;
    sum += shown.length;
    assert.ok(shown.length > 0 && shown.length <= (block.type === 'header' ? 150 : 3000), `${block.type} of ${shown.length}`);
    if (block.type === 'context' && block.elements[0].type === 'mrkdwn') assert.match(shown, /^(<https?:[^<>|]+\|[A-Z][a-z]+>( {2})?)+$/);
    else {
      assert.equal((block.type === 'context' ? block.elements[0] : block.text).type, 'plain_text');
      assert.doesNotMatch(shown, /[<>]|&(?!(amp|lt|gt);)|@(here|channel|everyone)\b/);
    }
  }
  assert.ok(sum <= 13_000, `${sum} in sum`);
  assert.doesNotMatch(text, /[<>]|&(?!(amp|lt|gt);)|@(here|channel|everyone)\b/);
}

testPager('slack', { open, secrets: [TOKEN], http: { accept: ACCEPT, html200: 'retryable', check: checkLimits } });

describe('the Slack pager', () => {
  let receiver: Receiver;
  let pager: Pager;

  beforeEach(async () => {
    receiver = await startReceiver(ACCEPT);
    pager = open(receiver.url);
  });
  afterEach(() => receiver.close());

  const methods = (): string[] => receiver.requests.map((request) => request.path.replace('/api/chat.', ''));
  const fail = (error: string, headers: Record<string, string> = {}): Reply => ({ body: { ok: false, error }, headers });

  it('posts first and gives back where', async () => {
    assert.deepEqual(await pager.deliver(makeLetter(), never), { kind: 'delivered', ref: `${CHANNEL}:${ROOT}` });
    const [request] = receiver.requests;
    assert.deepEqual(methods(), ['postMessage']);
    assert.match(form(request)['text'] ?? '', /^CRITICAL: orders-db is gone/);
    const shown = JSON.stringify(blocksOf(request));
    for (const fact of [
      'orders-db: absent',
      'bad since 2026-11-22T10:00:00.000Z',
      '3 other databases',
      'owner payments',
      '|Runbook>',
      'a=1&amp;b=2|Status>',
    ])
      assert.ok(shown.includes(fact), `${fact} in ${shown}`);
  });

  it('rewrites the root and adds to its thread later on', async () => {
    const prior = `${CHANNEL}:${ROOT}`;
    receiver.answer(ACCEPT, { body: { ok: true, channel: CHANNEL, ts: '1732269700.000200' } });
    assert.deepEqual(await pager.deliver(makeLetter({ event: 'resolve', reason: 'resolved' }, prior), never), {
      kind: 'delivered',
      ref: prior,
    });
    assert.deepEqual(methods(), ['update', 'postMessage']);
    const [update, reply] = receiver.requests;
    assert.equal(form(update)['ts'], ROOT);
    assert.match(form(update)['text'] ?? '', /^RESOLVED: /);
    assert.equal(form(reply)['thread_ts'], ROOT);
    assert.equal(form(reply)['reply_broadcast'], 'false');
  });

  it('shows repeats and escalations in the channel, since an edit notifies nobody', async () => {
    for (const reason of ['repeat', 'worsened', 'escalated', 'joined'] as const)
      await pager.deliver(makeLetter({ reason }, `${CHANNEL}:${ROOT}`), never);
    const replies = receiver.requests.filter((request) => request.path.endsWith('postMessage'));
    assert.deepEqual(
      replies.map((reply) => form(reply)['reply_broadcast']),
      ['true', 'true', 'true', 'false'],
    );
  });

  it('posts a new root where the old one is gone or its name cannot be read', async () => {
    receiver.answer(fail('message_not_found'), { body: { ok: true, channel: CHANNEL, ts: '1732269800.000300' } });
    const letter = makeLetter({ reason: 'repeat' }, `${CHANNEL}:${ROOT}`);
    assert.deepEqual(await pager.deliver(letter, never), { kind: 'delivered', ref: `${CHANNEL}:1732269800.000300` });
    assert.deepEqual(methods(), ['update', 'postMessage']);
    assert.equal(form(receiver.requests[1])['thread_ts'], undefined);
    await pager.deliver(makeLetter({}, 'what is this'), never);
    assert.deepEqual(methods().slice(2), ['postMessage']);
  });

  it('names a message by one id over all attempts, its thread by another', async () => {
    const letter = makeLetter({}, `${CHANNEL}:${ROOT}`);
    receiver.answer(ACCEPT, { status: 503 });
    await pager.deliver(letter, never);
    await pager.deliver(letter, never);
    await pager.deliver({ id: letter.id, page: letter.page }, never);
    const ids = receiver.requests
      .filter((request) => request.path.endsWith('postMessage'))
      .map((request) => form(request)['client_msg_id'] ?? '');
    assert.equal(ids.length, 3);
    assert.equal(ids[0], ids[1]);
    assert.notEqual(ids[0], ids[2]);
    for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  for (const error of ['invalid_auth', 'channel_not_found', 'not_in_channel', 'is_archived', 'missing_scope', 'a_code_of_tomorrow'])
    it(`calls ok:false with ${error} a refusal`, async () => {
      receiver.otherwise(fail(error));
      assert.deepEqual(await pager.deliver(makeLetter(), never), { kind: 'refused', why: `Slack says ${error}` });
    });

  for (const error of ['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])
    it(`calls ok:false with ${error} worth another try`, async () => {
      receiver.answer(fail(error, { 'retry-after': '7' }));
      assert.deepEqual(await pager.deliver(makeLetter(), never), { kind: 'retryable', why: `Slack says ${error}`, afterMs: 7000 });
    });

  it('says the page in plain text where Slack dislikes the blocks', async () => {
    receiver.answer(fail('msg_blocks_too_long'));
    assert.equal((await pager.deliver(makeLetter(), never)).kind, 'delivered');
    assert.equal(form(receiver.requests[1])['blocks'], undefined);
    assert.equal(form(receiver.requests[1])['text'], form(receiver.requests[0])['text']);
    receiver.answer(fail('invalid_blocks'));
    await pager.deliver(makeLetter({}, `${CHANNEL}:${ROOT}`), never);
    assert.equal(form(receiver.requests[3])['blocks'], '[]');
  });

  it('sends without an id where Slack stumbles over the id', async () => {
    receiver.answer(fail('duplicate_message_not_found'));
    assert.equal((await pager.deliver(makeLetter(), never)).kind, 'delivered');
    assert.equal(form(receiver.requests[1])['client_msg_id'], undefined);
  });

  it('gives up on what Slack dislikes however it is said', async () => {
    receiver.otherwise(fail('invalid_blocks'));
    assert.equal((await pager.deliver(makeLetter(), never)).kind, 'refused');
    assert.equal(receiver.requests.length, 2);
  });

  it('shares one timeout among all calls of a delivery', async () => {
    let steady = 0;
    const clock: Clock = { now: () => ({ wall: NOW, steady }), sleep: () => Promise.resolve() };
    const answerLate = (): Reply => {
      steady = 5000;
      return ACCEPT;
    };
    receiver.answer(answerLate, 'hang');
    const delivery = await open(receiver.url, 5100, clock).deliver(makeLetter({}, `${CHANNEL}:${ROOT}`), never);
    assert.deepEqual(delivery, { kind: 'retryable', why: 'no answer within 100ms' });
  });

  it('fills a message without going over it, and says how many are not shown', async () => {
    const resources = Array.from({ length: 60 }, (_, index) =>
      makePrintedResource({ id: `db-${index}`, evidence: [], summary: '&'.repeat(20) }),
    );
    await pager.deliver(makeLetter({ resources, total: 1234 }), never);
    const [request] = receiver.requests;
    assert.ok(request);
    checkLimits(request);
    const shown = blocksOf(request).filter((block) => block.type === 'section' && block.text.text.startsWith('db-')).length;
    assert.ok(shown > 20 && shown <= 44);
    assert.match(JSON.stringify(blocksOf(request)), new RegExp(`and ${1234 - shown} more, listed at https://`));
  });

  it('mentions nobody and links nowhere that a hostile name says', async () => {
    await pager.deliver({ id: 'hostile', page: makeHostilePage() }, never);
    const [request] = receiver.requests;
    assert.ok(request);
    checkLimits(request);
    assert.match(form(request)['text'] ?? '', /&lt;!channel&gt; &lt;@U123&gt; @\u2060here/);
    for (const [name, value] of [
      ['parse', 'none'],
      ['link_names', 'false'],
      ['unfurl_links', 'false'],
    ] as const)
      assert.equal(form(request)[name], value);
  });
});
