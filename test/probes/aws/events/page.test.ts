import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../../../src/adapters/store-sqlite.ts';
import type { Watch } from '../../../../src/loop/watch.ts';
import { call, QUEUE_URL, StubQueue } from '../../../support/aws/events.ts';
import { startRdsStub } from '../../../support/aws/rds.ts';
import { query, STUB_ACCOUNT, type AwsStub } from '../../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher } from '../../../support/aws/watcher.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { makeFolder, type Folder } from '../../../support/folder.ts';
import { until } from '../../../support/until.ts';
import { makePlan, RecordingPager, startWatch } from '../../../support/watching.ts';

const LISTING = 'rds:DescribeDBInstances';
const SWEEP_MS = 20_000;
const deletion = (name: string): object => call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: name });
const instance = (name: string): object => ({
  DBInstanceIdentifier: name,
  DbiResourceId: `db-${name.toUpperCase().padEnd(26, 'X')}`,
  DBInstanceArn: `arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:db:${name}`,
  DBInstanceStatus: 'available',
  Engine: 'postgres',
});

/** The watch with a real link, the SDK's own clients and SQS's own protocol; time moves only as it is told to. */
describe('a page that a queue of events has brought forward', function () {
  this.timeout(120_000);
  let folder: Folder;
  let store: SqliteStore;
  let stub: AwsStub;
  let queue: StubQueue;
  let clock: FakeClock;
  let watcher: AwsWatcher;
  let pager: RecordingPager;
  let running: Watch;
  let names: string[];

  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
    stub = await startRdsStub();
    queue = new StubQueue(stub);
    clock = new FakeClock(Date.now(), 0);
    pager = new RecordingPager('oncall');
    names = ['orders', 'users', 'staging'];
    stub.on(LISTING, ({ params }) => {
      const only = params['DBInstanceIdentifier'];
      return query('DescribeDBInstances', {
        DBInstances: { DBInstance: names.filter((name) => only === undefined || name === only).map(instance) },
      });
    });
    const settings = { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, events: { queue: QUEUE_URL }, ...AWS_KEY };
    const entries = ['orders', 'users'].map((name) => ({ id: name, kind: 'aws.rds.instance', entry: { name } }));
    watcher = new AwsWatcher(settings, entries, clock);
    const roll = watcher.resources.map((resource) => ({ ...resource, sweep: { every: SWEEP_MS } }));
    running = await startWatch(makePlan(roll, { link: watcher.link, pagers: [pager] }), clock, store);
    await come(() => running.status().resources.every(({ verdict }) => verdict === 'present'), 'the first sweep');
    await come(() => queue.calls.length > 0, 'the first call of the queue');
    looks.from = stub.count(LISTING);
  });
  afterEach(async () => {
    const over = { yes: false };
    void running.stop().finally(() => (over.yes = true));
    await come(() => over.yes, 'the end');
    await watcher[Symbol.asyncDispose]();
    await stub[Symbol.asyncDispose]();
    await store.close();
    folder.remove();
  });

  /** Lets a moment pass at a time, until it is so: much less than would bring about a sweep. */
  async function come(done: () => boolean, what: string): Promise<void> {
    const answered = (): boolean => (void clock.advance(1), done());
    await until(answered, what);
  }
  /** Until everything that lies in the queue has been taken in: whoever asks for more has read what there was. */
  async function takenIn(): Promise<void> {
    const asked = queue.calls.length;
    queue.put('the last of them');
    await come(() => queue.isEmpty && queue.calls.length > asked, 'the end of the queue');
  }
  const looks = { from: 0, count: () => stub.count(LISTING) - looks.from };

  it('comes a moment after the message, and not with the next sweep; nothing but ReceiveMessage is ever asked of the queue', async () => {
    names = ['users', 'staging'];
    queue.put(deletion('orders'));
    await come(() => pager.letters.length > 0, 'the page');
    assert.ok(clock.now().steady < SWEEP_MS, 'no sweep was due');
    assert.deepEqual(pager.said, ['trigger first orders lost']);
    assert.match(pager.letters[0]?.page.summary ?? '', /orders is gone.*2 of 2 looks/);
    assert.deepEqual([...new Set(queue.calls.map(({ action }) => action))], ['ReceiveMessage']);
    for (const { params, region } of queue.calls) {
      const { QueueUrl, VisibilityTimeout, WaitTimeSeconds, MaxNumberOfMessages } = params;
      assert.deepEqual(
        [region, QueueUrl, VisibilityTimeout, WaitTimeSeconds, MaxNumberOfMessages],
        ['eu-west-1', QUEUE_URL, 43_200, 20, 10],
      );
    }
  });

  it('is none where the message lied: one look, and nobody is woken', async () => {
    queue.put(deletion('orders'));
    await come(() => looks.count() === 1, 'the look');
    await takenIn();
    assert.equal(looks.count(), 1);
    assert.deepEqual(pager.said, []);
  });

  it('comes with the next sweep where the message is lost, and once where it is late', async () => {
    names = ['users', 'staging'];
    await takenIn();
    assert.deepEqual(pager.said, []);
    await clock.advance(SWEEP_MS);
    await come(() => pager.letters.length > 0, 'the page');
    queue.put(deletion('orders'));
    const before = looks.count();
    await come(() => looks.count() > before, 'the look');
    await takenIn();
    assert.deepEqual(pager.said, ['trigger first orders lost']);
  });

  it('is not kept up by a flood of lies, of what is no event at all and of one message again and again; and that costs one look', async () => {
    for (let n = 0; n < 150; n++) queue.put(deletion(n % 2 === 0 ? 'users' : 'staging'));
    for (let n = 0; n < 20; n++) queue.put('{"source":"aws.rds","detail":'.repeat(n));
    for (let n = 0; n < 20; n++) queue.put(deletion('users'), 'the same');
    names = ['users', 'staging'];
    queue.put(deletion('orders'));
    await come(() => pager.letters.length > 0, 'the page');
    await takenIn();
    assert.deepEqual(pager.said, ['trigger first orders lost']);
    // One for what was said of users, one for orders, and the second look at that; each with the call by name where orders is not listed.
    assert.ok(looks.count() <= 5, `${looks.count()} calls`);
  });

  it('says nothing of itself that the message said: only what the looks saw', async () => {
    names = ['users', 'staging'];
    queue.put(call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: 'orders', note: 'FORGED <!channel>' }));
    await come(() => pager.letters.length > 0, 'the page');
    assert.doesNotMatch(JSON.stringify(pager.letters), /FORGED/);
  });
});
