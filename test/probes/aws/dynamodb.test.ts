import assert from 'node:assert/strict';
import { itemDigest } from '../../../probes/aws/kinds/dynamodb-table/item.ts';
import { continuous, stubTables, tableOf, type StubTable } from '../../support/aws/kinds/dynamodb-table.ts';
import type { Scene } from '../../support/aws/scene.ts';
import { Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher, breachesOf } from '../../support/aws/watcher.ts';

const HOUR_S = 3600;
const now = (): number => Date.now() / 1000;
const ITEM = { id: { S: 'roll' }, secret: { S: 'what nobody is told' }, tags: { SS: ['b', 'a'] } };

describe('tables of DynamoDB', () => {
  let stub: AwsStub;
  let scene: Scene<StubTable>;

  beforeEach(async () => {
    stub = await startAwsStub();
    scene = stubTables(stub, ['orders', 'ledger']);
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const watch = (expect: object = {}, identity: object = {}) =>
    new AwsWatcher({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY }, [
      { id: 'orders', kind: 'aws.dynamodb.table', entry: { table: 'orders', expect, identity } },
    ]);
  const look = async (watcher: AwsWatcher, depth: 'sweep' | 'inspect') => {
    const looked = (await watcher.look(depth))['orders'];
    const breaches = breachesOf(looked).map(({ kind, path }) => `${kind} ${path}`);
    return breaches.length > 0 ? breaches : looked?.words;
  };

  it('one that is being deleted is doomed', async () => {
    scene.change('orders', { TableStatus: 'DELETING' });
    await using watcher = watch();
    const found = (await watcher.look())['orders']?.outcomes.presence;
    assert.ok(found?.is === 'lost' && found.how === 'doomed' && found.undo?.includes('restore-table-from-backup'));
  });

  it('another of the same name is an impostor, by its id alone', async () => {
    const { TableId: table_id } = tableOf('orders');
    await using watcher = watch({}, { table_id });
    assert.deepEqual(await look(watcher, 'sweep'), ['good']);
    scene.change('orders', { TableId: 'another' });
    assert.equal((await watcher.look())['orders']?.outcomes.identity?.is, 'lost');
  });

  it('one whose key is lost is diminished', async () => {
    scene.change('orders', { TableStatus: 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' });
    await using watcher = watch();
    assert.deepEqual(await look(watcher, 'sweep'), ['diminished state']);
  });

  it('point-in-time recovery that goes, or reaches back less far, is exposed', async () => {
    await using watcher = watch();
    assert.deepEqual(await look(watcher, 'inspect'), ['good']);
    stub.on('dynamodb:DescribeContinuousBackups', continuous('ENABLED', 1));
    assert.deepEqual(await look(watcher, 'inspect'), ['exposed min_recovery_window']);
    stub.on('dynamodb:DescribeContinuousBackups', continuous('DISABLED'));
    assert.deepEqual(await look(watcher, 'inspect'), ['exposed pitr', 'exposed min_recovery_window']);
    stub.on('dynamodb:DescribeContinuousBackups', new Fault('TableNotFoundException'));
    assert.deepEqual(await look(watcher, 'inspect'), ['blind:protocol']);
  });

  it('backups are counted over all pages: those of this table that can be restored', async () => {
    const own = tableOf('orders').TableId;
    const backup = (BackupStatus: string, hours: number, TableId = own) => ({
      BackupStatus,
      TableId,
      BackupCreationDateTime: now() - hours * HOUR_S,
    });
    stub.on('dynamodb:ListBackups', ({ params: { ExclusiveStartBackupArn: from } }) => ({
      body:
        from === undefined
          ? {
              BackupSummaries: [backup('AVAILABLE', 50), backup('CREATING', 0), backup('AVAILABLE', 1, 'old')],
              LastEvaluatedBackupArn: 'arn',
            }
          : { BackupSummaries: [backup('AVAILABLE', 30), backup('DELETED', 2)] },
    }));
    const identity = { table_id: own };
    const two = { min_recovery_window: '0d', pitr: false, min_backups: 2 };
    await using enough = watch({ ...two, newest_backup_within: '31h' }, identity);
    assert.deepEqual(await look(enough, 'inspect'), ['good']);
    await using few = watch({ ...two, min_backups: 3, newest_backup_within: '29h' }, identity);
    assert.deepEqual(await look(few, 'inspect'), ['stale newest_backup_within', 'diminished min_backups']);
    stub.on('dynamodb:ListBackups', { body: { BackupSummaries: [] } });
    await using none = watch({ newest_backup_within: '365d' });
    assert.deepEqual(await look(none, 'inspect'), ['stale newest_backup_within']);
  });

  it('the sentinel is there, is the same one, and nobody is told what it says', async () => {
    let item: object | undefined = ITEM;
    stub.on('dynamodb:GetItem', ({ request }) => {
      assert.deepEqual(JSON.parse(request.text), { TableName: 'orders', Key: { id: { S: 'roll' }, nr: { N: '7' } }, ConsistentRead: true });
      return { body: { Item: item } };
    });
    const key = { id: 'roll', nr: 7 };
    await using there = watch({ sentinel: { key } });
    await using same = watch({ sentinel: { key, digest: itemDigest(ITEM) } });
    for (const watcher of [there, same]) assert.deepEqual(await look(watcher, 'inspect'), ['good']);
    assert.doesNotMatch(JSON.stringify(await there.reports('inspect')), /nobody is told/);
    item = { ...ITEM, secret: { S: 'changed' } };
    assert.deepEqual(await look(there, 'inspect'), ['good']);
    assert.deepEqual(await look(same, 'inspect'), ['diminished sentinel.digest']);
    item = undefined;
    assert.deepEqual(await look(there, 'inspect'), ['diminished sentinel']);
    assert.deepEqual(await look(same, 'inspect'), ['diminished sentinel.digest']);
  });

  it('fewer items than asked for are diminished', async () => {
    await using watcher = watch({ min_items: 1001 });
    assert.deepEqual(await look(watcher, 'sweep'), ['diminished min_items']);
    await using shrinking = watch({ min_items: 1, max_shrink: '50%' });
    assert.deepEqual(await look(shrinking, 'sweep'), ['good']);
    scene.change('orders', { ItemCount: 400, TableSizeBytes: 400_000 });
    assert.deepEqual(await look(shrinking, 'sweep'), ['diminished max_shrink']);
  });
});

describe('the digest of an item', () => {
  it('is the same whatever the order of its attributes and of its sets', () => {
    assert.equal(itemDigest({ tags: { SS: ['a', 'b'] }, secret: ITEM.secret, id: ITEM.id }), itemDigest(ITEM));
  });

  it('is another for another type, order of a list, or value below', () => {
    const bytes = Buffer.from('1');
    const digests = [
      { a: { S: '1' } },
      { a: { N: '1' } },
      { a: { B: bytes } },
      { a: { BOOL: true } },
      { a: { NULL: true } },
      { a: { SS: ['1'] } },
      { a: { NS: ['1'] } },
      { a: { BS: [bytes] } },
      { a: { L: [{ S: '1' }, { S: '2' }] } },
      { a: { L: [{ S: '2' }, { S: '1' }] } },
      { a: { M: { b: { S: '1' } } } },
      { a: { M: { b: { S: '2' } } } },
      {},
    ].map(itemDigest);
    assert.equal(new Set(digests).size, digests.length);
  });
});
