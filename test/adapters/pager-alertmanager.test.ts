import assert from 'node:assert/strict';
import { createAlertmanagerPager } from '../../src/adapters/pager-alertmanager.ts';
import type { AlertmanagerAlert } from '../../src/adapters/alertmanager-alert.ts';
import { Secret } from '../../src/values/secret.ts';
import { makeLetter, NOW, testPager } from '../contract/pager.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makePrintedResource } from '../support/page.ts';
import { startReceiver, type Received, type Receiver } from '../support/receiver.ts';

const DAY = 24 * 3_600_000;
const never = new AbortController().signal;
const base = { name: 'alerts', hold: 7 * DAY, timeout: 5000, clock: new FakeClock(NOW) };

function alertOf(request: Received | undefined): AlertmanagerAlert {
  assert.ok(request);
  const [alert, ...others] = request.body as AlertmanagerAlert[];
  assert.ok(alert && others.length === 0);
  return alert;
}

/** What the receiver's own model refuses (pkg/labels, model.Alert.Validate), and what templates cannot bear. */
function checkLimits(request: Received): void {
  assert.equal(request.path, '/api/v2/alerts');
  const { labels, annotations, startsAt, endsAt, generatorURL } = alertOf(request);
  for (const [name, value] of Object.entries({ ...labels, ...annotations })) {
    assert.match(name, /^[a-z_]+$/);
    assert.ok(value !== '' && value.isWellFormed(), name);
  }
  for (const value of Object.values(labels)) assert.ok(value.length <= 255);
  assert.ok(Buffer.byteLength(JSON.stringify(annotations)) < 16 * 1024);
  assert.ok(Date.parse(startsAt) <= Date.parse(endsAt), `${startsAt} to ${endsAt}`);
  if (generatorURL !== undefined) assert.ok(URL.canParse(generatorURL));
}

testPager('alertmanager', {
  open: (url, timeout) =>
    createAlertmanagerPager({ ...base, urls: [async () => new Secret(`${url.replace('://', '://watch:pass%40word@')}\n`)], timeout }),
  secrets: ['pass@word', 'pass%40word', Buffer.from('watch:pass@word').toString('base64')],
  http: { accept: { status: 200 }, html200: 'retryable', check: checkLimits },
});

describe('the alertmanager pager', () => {
  let one: Receiver;
  let two: Receiver;

  beforeEach(async () => void ([one, two] = await Promise.all([startReceiver(), startReceiver()])));
  afterEach(() => Promise.all([one.close(), two.close()]));

  const both = () => createAlertmanagerPager({ ...base, urls: [one.url, `${two.url}/prefix/`] });

  it('tells every replica, with labels that are the same from the trigger to the resolve', async () => {
    const pager = both();
    for (const letter of [makeLetter(), makeLetter({ event: 'resolve', reason: 'resolved', resources: [], total: 0 })])
      assert.deepEqual(await pager.deliver(letter, never), { kind: 'delivered', ref: null });
    assert.deepEqual(
      one.requests.map(({ path }) => path),
      ['/api/v2/alerts', '/api/v2/alerts'],
    );
    assert.deepEqual(
      two.requests.map(({ path }) => path),
      ['/prefix/api/v2/alerts', '/prefix/api/v2/alerts'],
    );
    assert.deepEqual(
      two.requests.map(({ text }) => text),
      one.requests.map(({ text }) => text),
    );
    const [trigger, resolve] = one.requests.map(alertOf);
    assert.deepEqual(trigger?.labels, {
      alertname: 'RollcallIncident',
      dedup_key: 'rollcall/prod-eu/vault-eu/orders-db/lost/3',
      class: 'lost',
      severity: 'critical',
      watchdog: 'vault-eu',
      manifest: 'prod-eu',
      resource: 'orders-db',
    });
    assert.deepEqual(resolve?.labels, trigger.labels);
    assert.match(trigger.annotations['description'] ?? '', /actual: nothing/);
  });

  it('says until when an alert stands: never left to the receiver, the hold from now on, a moment for a test, the end of a resolve', async () => {
    const pager = both();
    for (const event of ['trigger', 'update', 'test', 'resolve'] as const) await pager.deliver(makeLetter({ event }), never);
    const times = one.requests.map(alertOf).map(({ startsAt, endsAt }) => [startsAt, endsAt]);
    const at = '2026-11-22T10:00:02.500Z';
    assert.deepEqual(times, [
      ['2026-11-22T10:00:00.000Z', new Date(NOW + 7 * DAY).toISOString()],
      [at, new Date(NOW + 7 * DAY).toISOString()],
      [at, new Date(NOW + 5 * 60_000).toISOString()],
      [at, at],
    ]);
  });

  it('makes no label of the id of a test page', async () => {
    await both().deliver(makeLetter({ event: 'test', dedup_key: 'rollcall/prod-eu/vault-eu/@test/01J' }), never);
    const { labels } = alertOf(one.requests[0]);
    assert.deepEqual([labels['class'], labels['resource']], ['test', '@test']);
  });

  it('asks only the replica that has not taken the letter again, and after five times lets it be', async () => {
    const pager = both();
    two.otherwise({ status: 503 });
    const letter = makeLetter();
    for (let nth = 1; nth < 5; nth++) {
      const delivery = await pager.deliver(letter, never);
      assert.deepEqual(delivery, { kind: 'retryable', why: 'replica 2: answered 503' });
    }
    assert.deepEqual(await pager.deliver(letter, never), { kind: 'delivered', ref: 'without replica 2' });
    assert.deepEqual([one.requests.length, two.requests.length], [1, 5]);
  });

  it('is content with one replica where the other refuses', async () => {
    one.otherwise({ status: 401 });
    assert.deepEqual(await both().deliver(makeLetter(), never), { kind: 'delivered', ref: 'without replica 1' });
  });

  it('does not rest before every replica has the resolve', async () => {
    const pager = both();
    one.otherwise('reset');
    const letter = makeLetter({ event: 'resolve', reason: 'resolved' });
    for (let nth = 0; nth < 20; nth++) assert.equal((await pager.deliver(letter, never)).kind, 'retryable');
    one.otherwise({ status: 200 });
    assert.deepEqual(await pager.deliver(letter, never), { kind: 'delivered', ref: null });
    assert.equal(two.requests.length, 1);
  });

  it('is refused where all refuse, and waits for the longest wait asked for', async () => {
    one.answer({ status: 400 }, { status: 429, headers: { 'retry-after': '7' } });
    two.answer({ status: 404 }, { status: 503, headers: { 'retry-after': '9' } });
    const pager = both();
    const letter = makeLetter();
    assert.equal((await pager.deliver(letter, never)).kind, 'refused');
    const late = await pager.deliver(letter, never);
    assert.ok(late.kind === 'retryable');
    assert.equal(late.afterMs, 9000);
  });

  it('tells the other replica where the secret of one cannot be read', async () => {
    const unreadable = async (): Promise<Secret> => Promise.reject(new Error('the file is gone'));
    const pager = createAlertmanagerPager({ ...base, urls: [unreadable, two.url] });
    assert.deepEqual(await pager.deliver(makeLetter(), never), { kind: 'retryable', why: 'replica 1: the file is gone' });
    assert.equal(two.requests.length, 1);
  });

  it('keeps the names of what is lost in the description, and a count of what it cuts', async () => {
    const resources = Array.from({ length: 200 }, (_, index) => makePrintedResource({ id: `db-${index}` }));
    await both().deliver(makeLetter({ resources }), never);
    assert.match(alertOf(one.requests[0]).annotations['description'] ?? '', /\nand 1[0-9]{2} more, listed at /);
  });
});
