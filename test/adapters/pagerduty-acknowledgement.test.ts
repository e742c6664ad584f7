import assert from 'node:assert/strict';
import { createPagerDutyPager } from '../../src/adapters/pager-pagerduty.ts';
import { Secret } from '../../src/values/secret.ts';
import { NOW } from '../contract/pager.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';

const API_KEY = 'rest-key-0123456789';
const KEY = 'rollcall/prod-eu/vault-eu/orders-db/lost/3';
const never = new AbortController().signal;

const acknowledgement = (at: string, summary: string, type = 'user_reference') => ({ at, acknowledger: { id: 'P1', type, summary } });
/** As the REST API gives an incident: with a key of its own where it was made by one event, without where it is made of alerts. */
const incident = (more: Record<string, unknown> = {}) => ({
  id: 'PT4KHLK',
  type: 'incident',
  status: 'acknowledged',
  incident_key: KEY,
  acknowledgements: [acknowledgement('2026-11-22T10:05:00Z', 'Alice Example')],
  ...more,
});

describe("PagerDuty's own acknowledgement", () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver({ body: { incidents: [] } });
  });
  afterEach(() => receiver.close());

  const read = async (timeout = 5000) => {
    const options = { name: 'oncall', routingKey: new Secret('routing'), endpoint: receiver.url, timeout, clock: new FakeClock(NOW) };
    const pager = createPagerDutyPager({ ...options, rest: { apiKey: new Secret(API_KEY), endpoint: `${receiver.url}/` } });
    return pager.acknowledgement?.(KEY, never);
  };
  const answer = (...incidents: unknown[]) => receiver.answer({ body: { incidents } });

  it('is asked for by the dedup key, with the key of the REST API', async () => {
    answer(incident());
    assert.deepEqual(await read(), { by: 'Alice Example', at: '2026-11-22T10:05:00Z' });
    const [request] = receiver.requests;
    assert.equal(request?.method, 'GET');
    assert.equal(request.headers['authorization'], `Token token=${API_KEY}`);
    const url = new URL(request.path, receiver.url);
    assert.deepEqual(
      [url.pathname, url.searchParams.get('incident_key'), url.searchParams.getAll('statuses[]'), url.searchParams.get('date_range')],
      ['/incidents', KEY, ['acknowledged'], 'all'],
    );
  });

  it('is nobody where none is, and the latest person where there are several', async () => {
    assert.equal(await read(), null);
    answer(
      incident({
        acknowledgements: [
          acknowledgement('2026-11-22T10:07:00Z', 'Bob'),
          acknowledgement('2026-11-22T10:05:00Z', 'Alice'),
          acknowledgement('2026-11-22T10:09:00Z', 'Events API', 'service_reference'),
        ],
      }),
    );
    assert.equal((await read())?.by, 'Bob');
  });

  it('counts people only: an event under the routing key is none', async () => {
    answer(incident({ acknowledgements: [acknowledgement('2026-11-22T10:05:00Z', 'Events API V2', 'service_reference')] }));
    assert.equal(await read(), null);
  });

  it('believes an incident made of alerts only where one of them has our key', async () => {
    for (const [key, by] of [
      ['another', undefined],
      [KEY, 'Alice Example'],
    ]) {
      receiver.answer({ body: { incidents: [incident({ incident_key: null })] } }, { body: { alerts: [{ alert_key: key }] } });
      assert.equal((await read())?.by, by);
      assert.equal(new URL(receiver.requests.at(-1)?.path ?? '', receiver.url).pathname, '/incidents/PT4KHLK/alerts');
    }
  });

  it('believes no incident that is not acknowledged, whatever was asked for', async () => {
    answer(incident({ status: 'triggered' }), incident({ status: 'resolved' }));
    assert.equal(await read(), null);
  });

  it('rejects where it cannot be told, and quotes no key', async () => {
    for (const given of [
      { status: 401, body: `no ${API_KEY}` },
      { status: 429 },
      { body: '<html>' },
      { body: { incidents: {} } },
      'reset',
    ] as const) {
      receiver.answer(given);
      await assert.rejects(read(), (error: Error) => !error.message.includes(API_KEY));
    }
    receiver.answer('hang');
    await assert.rejects(read(50), /no answer within/);
  });

  it('is not asked for without a key', () => {
    const pager = createPagerDutyPager({ name: 'p', routingKey: new Secret('r'), timeout: 1, clock: new FakeClock(NOW) });
    assert.ok(!('acknowledgement' in pager));
  });
});
