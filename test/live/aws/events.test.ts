import assert from 'node:assert/strict';
import { RDS } from '@aws-sdk/client-rds';
import { SQS } from '@aws-sdk/client-sqs';
import { call } from '../../support/aws/events.ts';
import { startListening, SWEEP_MS, type Listening } from '../../support/aws/listening.ts';
import { motoAccount } from '../../support/aws/moto-account.ts';
import { startMoto, type Moto } from '../../support/aws/moto.ts';
import { makeInstance } from '../../support/aws/rds.ts';

describe("a queue of events of the emulator's", function () {
  this.timeout(600_000);
  let moto: Moto;
  let rds: RDS;
  let sqs: SQS;
  let account: string;
  let queue: string;
  let site: Listening;

  before(async () => {
    moto = await startMoto();
  });
  after(async () => moto?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    const made = await motoAccount(moto.url);
    account = String(made.connection['account']);
    [rds, sqs] = [new RDS(made.client), new SQS(made.client)];
    for (const name of ['orders', 'users', 'staging']) await makeInstance(rds, name);
    queue = (await sqs.createQueue({ QueueName: 'rollcall-events' })).QueueUrl ?? '';
    site = await startListening(
      { ...made.connection, events: { queue } },
      ['orders', 'users'].map((name) => ({ id: name, kind: 'aws.rds.instance', entry: { name } })),
    );
  });
  afterEach(async () => {
    await site[Symbol.asyncDispose]();
    rds.destroy();
    sqs.destroy();
  });

  const put = async (event: object | string): Promise<unknown> =>
    sqs.sendMessage({ QueueUrl: queue, MessageBody: typeof event === 'string' ? event : JSON.stringify(event) });
  const deletion = (name: string): object => call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: name }, {}, { account });
  const hidden = async (): Promise<number> => {
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: queue, AttributeNames: ['All'] });
    assert.equal(Attributes?.ApproximateNumberOfMessages, '0', 'nothing is left to be handed out');
    return Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };

  it('brings forward the page of a deletion, from the next sweep to a moment; and what was received is there still, hidden', async () => {
    await rds.deleteDBInstance({ DBInstanceIdentifier: 'orders', SkipFinalSnapshot: true });
    await put('no event at all');
    await put(deletion('staging'));
    await put(deletion('orders'));
    await site.come(() => site.pager.letters.length > 0, 'the page');
    assert.ok(site.clock.now().steady < SWEEP_MS, 'no sweep was due');
    assert.deepEqual(site.pager.said, ['trigger first orders lost']);
    assert.equal(await hidden(), 3);
  });

  it('wakes nobody where a message lies: what it names is looked at, and is there', async () => {
    const before = site.watch.status().healthyAt('orders') ?? assert.fail();
    await put(deletion('orders'));
    await site.come(() => (site.watch.status().healthyAt('orders') ?? 0) > before, 'the look');
    assert.ok(site.clock.now().steady < SWEEP_MS, 'no sweep was due');
    assert.deepEqual(site.pager.said, []);
  });

  it('is told of when it is gone, while polling goes on, and heard again when it is back', async () => {
    const troubles = (): string[] =>
      site.pager.letters.flatMap(({ page: { event, resources, summary } }) =>
        resources.some(({ id }) => id === '@watchdog') ? [`${event} ${summary}`] : [],
      );
    await sqs.deleteQueue({ QueueUrl: queue });
    await site.come(() => troubles().length > 0, 'the trouble', 50);
    assert.match(troubles()[0] ?? '', /^trigger .*events are not heard/);
    await sqs.createQueue({ QueueName: 'rollcall-events' });
    // Whoever waits for something to come would not be answered in this clock's time: there is enough for several calls.
    for (let n = 0; n < 30; n++) await put('something');
    await site.come(() => troubles().length > 1, 'its end', 50);
    assert.match(troubles()[1] ?? '', /^resolve /);
    const before = site.watch.status().healthyAt('orders') ?? 0;
    await put(deletion('orders'));
    await site.come(() => (site.watch.status().healthyAt('orders') ?? 0) > before, 'the look');
    assert.deepEqual(
      site.pager.said.filter((said) => said.includes('lost')),
      [],
    );
  });
});
