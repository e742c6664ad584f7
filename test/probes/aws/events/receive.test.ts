import assert from 'node:assert/strict';
import { createSystemClock } from '../../../../src/adapters/clock-system.ts';
import { Secret } from '../../../../src/values/secret.ts';
import { makeClient } from '../../../../probes/aws/clients.ts';
import { Refused } from '../../../../probes/aws/errors.ts';
import { receive } from '../../../../probes/aws/events/receive.ts';
import { SessionKeeper } from '../../../../probes/aws/keeper.ts';
import { connectionSchema, queuesOf } from '../../../../probes/aws/schema.ts';
import { QUEUE_URL, StubQueue } from '../../../support/aws/events.ts';
import { callerIs, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub, type StubAnswer } from '../../../support/aws/stub.ts';
import { AWS_KEY, AWS_SECRETS } from '../../../support/aws/watcher.ts';

const KEYS = { accessKeyId: AWS_KEY.access_key_id, secretAccessKey: AWS_SECRETS[0] };

describe('receiving from a queue of events', () => {
  let stub: AwsStub;
  let queue: StubQueue;
  beforeEach(async () => {
    stub = await startAwsStub();
    queue = new StubQueue(stub);
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const connectionOf = (more: object = {}) =>
    connectionSchema.parse({
      account: STUB_ACCOUNT,
      region: 'eu-west-1',
      endpoint: stub.url,
      events: { queue: QUEUE_URL },
      ...AWS_KEY,
      ...more,
    });
  async function received() {
    const connection = connectionOf();
    const keeper = new SessionKeeper(connection, {
      connection: 'test',
      clock: createSystemClock(0),
      secret: async () => new Secret(AWS_SECRETS[0]),
    });
    const [own] = queuesOf(connection);
    assert.ok(own);
    try {
      return await receive(keeper, own, new AbortController().signal);
    } finally {
      keeper.close();
    }
  }

  it("gives what is in it, by SQS's own protocol", async () => {
    queue.put('one', 'first');
    queue.put('another', 'second');
    assert.deepEqual(await received(), [
      { id: 'first', body: 'one' },
      { id: 'second', body: 'another' },
    ]);
  });

  const refusals: readonly [what: string, answer: StubAnswer, reason: string, say: RegExp][] = [
    [
      'is denied',
      new Fault('AccessDenied', 403, `not allowed with ${AWS_SECRETS[0]}`),
      'denied',
      /^AccessDenied: not allowed with <secret>$/,
    ],
    [
      'is not there',
      new Fault('AWS.SimpleQueueService.NonExistentQueue', 400, 'The specified queue does not exist.'),
      'protocol',
      /does not exist/,
    ],
    ['is asked too often', new Fault('RequestThrottled', 403, 'Rate exceeded'), 'throttled', /Rate exceeded/],
    ['hides as much as it can', new Fault('OverLimit', 403, 'Too many messages in flight.'), 'denied', /in flight/],
    ['answers in no JSON', { headers: { 'content-type': 'text/html' }, body: '<html>' }, 'protocol', /./],
    ['fails', new Fault('InternalFailure', 500), 'unreachable', /./],
    ['cuts the connection', 'reset', 'unreachable', /./],
  ];
  for (const [what, answer, reason, say] of refusals)
    it(`says why where it ${what}`, async () => {
      queue.answer(answer);
      await assert.rejects(received(), (error) => {
        assert.ok(error instanceof Refused);
        assert.equal(error.failure.reason, reason, error.failure.say);
        assert.match(error.failure.say, say);
        return true;
      });
    });

  it('asks nothing of it where another account answers', async () => {
    stub.on('sts:GetCallerIdentity', callerIs('999988887777'));
    await assert.rejects(received(), /wanted 111122223333/);
    assert.equal(queue.calls.length, 0);
  });

  it('is asked at the endpoint of its region, never at a host that its address names', async () => {
    const { endpoint: _, ...plain } = connectionOf();
    const client = await makeClient('sqs', 'eu-west-1', plain, KEYS);
    const hosts: string[] = [];
    client.middlewareStack.add(
      () => async (args) => {
        hosts.push((args.request as { hostname: string }).hostname);
        throw new Error('far enough');
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await assert.rejects(client.receiveMessage({ QueueUrl: 'https://evil.example/111122223333/rollcall-events' }), /far enough/);
    assert.deepEqual(hosts, ['sqs.eu-west-1.amazonaws.com']);
    client.destroy();
  });

  it('may take as long as a queue waits for something to come, longer than any other call', async () => {
    const client = await makeClient('sqs', 'eu-west-1', connectionOf({ timeout: '7s' }), KEYS);
    queue.put('something');
    await client.receiveMessage({ QueueUrl: QUEUE_URL });
    const handler = client.config.requestHandler as unknown as { httpHandlerConfigs(): Readonly<Record<string, number>> };
    const { requestTimeout, connectionTimeout } = handler.httpHandlerConfigs();
    assert.deepEqual([requestTimeout, connectionTimeout], [27_000, 7000]);
    client.destroy();
  });
});
