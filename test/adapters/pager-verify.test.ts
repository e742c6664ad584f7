import assert from 'node:assert/strict';
import { createHttpHeartbeat } from '../../src/adapters/heartbeat-http.ts';
import { createSeveralHeartbeats } from '../../src/adapters/heartbeat-several.ts';
import { createAlertmanagerPager } from '../../src/adapters/pager-alertmanager.ts';
import { createPagerDutyPager } from '../../src/adapters/pager-pagerduty.ts';
import { createSlackPager } from '../../src/adapters/pager-slack.ts';
import type { Pager } from '../../src/ports.ts';
import { Secret } from '../../src/values/secret.ts';
import { NOW } from '../contract/pager.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { startReceiver, type Answer, type Received, type Receiver } from '../support/receiver.ts';

const SECRET = 'not-a-real-token-0123456789';
const never = new AbortController().signal;
const clock = new FakeClock(NOW);
const common = { name: 'p', timeout: 2000, clock };

interface Subject {
  readonly open: (url: string) => Pager;
  readonly accept: Answer;
  /** Holds the request to what wakes nobody. */
  readonly check: (request: Received) => void;
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  pagerduty: {
    open: (endpoint) => createPagerDutyPager({ ...common, routingKey: new Secret(SECRET), endpoint }),
    accept: { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: 'rollcall/verify' } },
    check: ({ path, body }) =>
      assert.deepEqual([path, body], ['/v2/enqueue', { routing_key: SECRET, event_action: 'resolve', dedup_key: 'rollcall/verify' }]),
  },
  slack: {
    open: (url) => createSlackPager({ ...common, token: new Secret(SECRET), channel: 'C1', endpoint: `${url}/api/` }),
    accept: { body: { ok: true, user: 'rollcall' } },
    check: ({ path }) => assert.equal(path, '/api/auth.test'),
  },
  alertmanager: {
    open: (url) => createAlertmanagerPager({ ...common, urls: [url.replace('://', `://u:${SECRET}@`)], hold: 1 }),
    accept: { body: { cluster: { status: 'ready' } } },
    check: ({ method, path }) => assert.deepEqual([method, path], ['GET', '/api/v2/status']),
  },
};

for (const [name, { open, accept, check }] of Object.entries(SUBJECTS))
  describe(`verifying the pager ${name}`, () => {
    let receiver: Receiver;
    beforeEach(async () => {
      receiver = await startReceiver(accept);
    });
    afterEach(() => receiver.close());

    it('asks what wakes nobody, with the secret a page would take', async () => {
      assert.equal(await open(receiver.url).verify?.(never), null);
      assert.equal(receiver.requests.length, 1);
      for (const request of receiver.requests) {
        check(request);
        assert.ok(JSON.stringify(request).includes(SECRET) || request.headers['authorization']?.startsWith('Basic '));
      }
    });

    it('says why a page would not be taken, and quotes no secret', async () => {
      const answers: readonly Answer[] = [{ status: 401, body: `no ${SECRET}` }, { status: 500 }, { status: 200, body: '<html>' }, 'reset'];
      for (const answer of answers) {
        receiver.otherwise(answer);
        const why = await open(receiver.url).verify?.(never);
        assert.ok(typeof why === 'string' && why !== '' && !why.includes(SECRET), String(why));
      }
      assert.match((await open(receiver.url).verify?.(AbortSignal.abort())) ?? '', /given up/);
    });
  });

describe('two heartbeats', () => {
  it('are both told, whatever the other answers, and heard only together', async () => {
    const [a, b] = [await startReceiver(), await startReceiver()];
    const both = createSeveralHeartbeats([a, b].map(({ url }) => createHttpHeartbeat({ url: `${url}/ping`, timeout: 2000, clock })));
    assert.equal(await both.beat(true, '', never), true);
    a.otherwise('reset');
    assert.equal(await both.beat(false, 'sweep overdue', never), false);
    assert.deepEqual(
      b.requests.map(({ path, text }) => [path, text]),
      [
        ['/ping', ''],
        ['/ping/fail', 'sweep overdue'],
      ],
    );
    await Promise.all([a.close(), b.close()]);
  });
});
