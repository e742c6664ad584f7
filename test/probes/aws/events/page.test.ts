import assert from 'node:assert/strict';
import { call, QUEUE_URL, StubQueue } from '../../../support/aws/events.ts';
import { startListening, SWEEP_MS, type Listening } from '../../../support/aws/listening.ts';
import { startRdsStub } from '../../../support/aws/rds.ts';
import { query, STUB_ACCOUNT, type AwsStub } from '../../../support/aws/stub.ts';
import { AWS_KEY } from '../../../support/aws/watcher.ts';

const LISTING = 'rds:DescribeDBInstances';
const deletion = (name: string): object => call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: name });
const instance = (name: string): object => ({
  DBInstanceIdentifier: name,
  DbiResourceId: `db-${name.toUpperCase().padEnd(26, 'X')}`,
  DBInstanceArn: `arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:db:${name}`,
  DBInstanceStatus: 'available',
  Engine: 'postgres',
});

/** With the SDK's own clients and SQS's own protocol. */
describe('a page that a queue of events has brought forward', function () {
  this.timeout(600_000);
  let stub: AwsStub;
  let queue: StubQueue;
  let site: Listening;
  let names: string[];
  let from: number;
  const looks = (): number => stub.count(LISTING) - from;

  beforeEach(async () => {
    stub = await startRdsStub();
    queue = new StubQueue(stub);
    names = ['orders', 'users', 'staging'];
    stub.on(LISTING, ({ params }) => {
      const only = params['DBInstanceIdentifier'];
      const DBInstance = names.filter((name) => only === undefined || name === only).map(instance);
      return query('DescribeDBInstances', { DBInstances: { DBInstance } });
    });
    const settings = {
      account: STUB_ACCOUNT,
      region: 'eu-west-1',
      endpoint: stub.url,
      timeout: '10s',
      events: { queue: QUEUE_URL },
      ...AWS_KEY,
    };
    site = await startListening(
      settings,
      ['orders', 'users'].map((name) => ({ id: name, kind: 'aws.rds.instance', entry: { name } })),
    );
    await site.come(() => queue.calls.length > 0, 'the first call of the queue');
    from = stub.count(LISTING);
  });
  afterEach(async () => {
    await site[Symbol.asyncDispose]();
    await stub[Symbol.asyncDispose]();
  });

  const paged = (): Promise<void> => site.come(() => site.pager.letters.length > 0, 'the page');
  /** Until everything that lies in the queue has been taken in: whoever asks for more has read what there was. */
  async function takenIn(): Promise<void> {
    const asked = queue.calls.length;
    queue.put('the last of them');
    await site.come(() => queue.isEmpty && queue.calls.length > asked, 'the end of the queue');
  }

  it('comes a moment after the message, and not with the next sweep; nothing but ReceiveMessage is ever asked of the queue', async () => {
    names = ['users', 'staging'];
    queue.put(deletion('orders'));
    await paged();
    assert.ok(site.clock.now().steady < SWEEP_MS, 'no sweep was due');
    assert.deepEqual(site.pager.said, ['trigger first orders lost']);
    assert.match(site.pager.letters[0]?.page.summary ?? '', /orders is gone.*2 of 2 looks/);
    for (const { action, params, region } of queue.calls) {
      const { QueueUrl, VisibilityTimeout, WaitTimeSeconds, MaxNumberOfMessages } = params;
      assert.deepEqual([action, region, QueueUrl], ['ReceiveMessage', 'eu-west-1', QUEUE_URL]);
      assert.deepEqual([VisibilityTimeout, WaitTimeSeconds, MaxNumberOfMessages], [43_200, 20, 10]);
    }
  });

  it('waits for a message longer than a call may take that does not wait', async () => {
    await site.clock.advance(15_000);
    names = ['users', 'staging'];
    queue.put(deletion('orders'));
    await paged();
    assert.ok(site.clock.now().steady < SWEEP_MS, 'no sweep was due');
    assert.ok(queue.calls.length <= 2, 'one that waited, and the next');
  });

  it('is none where the message lied: one look, and nobody is woken', async () => {
    queue.put(deletion('orders'));
    await site.come(() => looks() === 1, 'the look');
    await takenIn();
    assert.equal(looks(), 1);
    assert.deepEqual(site.pager.said, []);
  });

  it('comes with the next sweep where the message is lost, and once where it is late', async () => {
    names = ['users', 'staging'];
    await takenIn();
    assert.deepEqual(site.pager.said, []);
    await site.clock.advance(SWEEP_MS);
    await paged();
    const before = looks();
    queue.put(deletion('orders'));
    await site.come(() => looks() > before, 'the look');
    await takenIn();
    assert.deepEqual(site.pager.said, ['trigger first orders lost']);
  });

  it('is not kept up by a flood of lies, of what is no event at all and of one message again and again; and that costs one look', async () => {
    for (let n = 0; n < 150; n++) queue.put(deletion(n % 2 === 0 ? 'users' : 'staging'));
    for (let n = 0; n < 20; n++) queue.put('{"source":"aws.rds","detail":'.repeat(n));
    for (let n = 0; n < 20; n++) queue.put(deletion('users'), 'the same');
    names = ['users', 'staging'];
    queue.put(deletion('orders'));
    await paged();
    await takenIn();
    assert.deepEqual(site.pager.said, ['trigger first orders lost']);
    // One for what was said of users, one for orders, and the second look at that; each with the call by name where orders is not listed.
    assert.ok(looks() <= 5, `${looks()} calls`);
  });

  it('says nothing of itself that the message said: only what the looks saw', async () => {
    names = ['users', 'staging'];
    queue.put(call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: 'orders', note: 'FORGED <!channel>' }));
    await paged();
    assert.doesNotMatch(JSON.stringify(site.pager.letters), /FORGED/);
  });
});
