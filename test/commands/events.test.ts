import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { call, QUEUE_ARN, StubQueue } from '../support/aws/events.ts';
import { startRdsStub } from '../support/aws/rds.ts';
import { awsConnection } from '../support/aws/site.ts';
import { query } from '../support/aws/stub.ts';
import { startCli } from '../support/cli.ts';
import { startPostBox } from '../support/post.ts';
import { Site } from '../support/site.ts';

const PATIENCE_MS = 60_000;

describe('a daemon that listens to a queue of events', function () {
  this.timeout(2 * PATIENCE_MS);

  it('pages what a message led it to, confined as it is, hours before the next sweep', async () => {
    await using stub = await startRdsStub();
    const queue = new StubQueue(stub);
    let names = ['orders', 'users'];
    stub.on('rds:DescribeDBInstances', ({ params }) => {
      const only = params['DBInstanceIdentifier'];
      const there = names.filter((name) => only === undefined || name === only);
      const DBInstance = there.map((DBInstanceIdentifier) => ({
        DBInstanceIdentifier,
        DbiResourceId: `db-${DBInstanceIdentifier}`,
        DBInstanceStatus: 'available',
      }));
      return query('DescribeDBInstances', { DBInstances: { DBInstance } });
    });
    await using box = await startPostBox();
    using site = new Site({ pageUrl: box.url });
    const prod = awsConnection(site, stub.url, { events: { queue: QUEUE_ARN }, accept: ['delete'] });
    site.rewrite({
      config: { connections: { prod }, defaults: { sweep: '6h', inspect: '6h', blind_after: '12h' } },
      resources: ['orders', 'users'].map((name) => ({ id: name, kind: 'aws.rds.instance', connection: 'prod', name })),
    });
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    assert.ok(readFileSync(`/proc/${daemon.pid}/cmdline`, 'utf8').includes('--permission'));
    while (queue.calls.length === 0 || stub.count('rds:DescribeDBInstances') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    names = ['users'];
    queue.put(call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: 'orders' }));
    const page = await box.page(({ resources }) => resources.some(({ id }) => id === 'orders'), PATIENCE_MS);
    assert.deepEqual([page.event, page.resources[0]?.verdict], ['trigger', 'absent']);
    await daemon.says('a look is due before its time');
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0, daemon.stderr);
    assert.deepEqual([...new Set(queue.calls.map(({ action }) => action))], ['ReceiveMessage']);
  });
});
