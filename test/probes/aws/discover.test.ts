import assert from 'node:assert/strict';
import { aws } from '../../../probes/aws/index.ts';
import type { Discovery, DiscoveryDepth, Found } from '../../../src/probe.ts';
import { stubVaults, vaultNamed } from '../../support/aws/kinds/backup-vault.ts';
import { stubBuckets } from '../../support/aws/kinds/s3-bucket.ts';
import { DENIED, ec2, query, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher } from '../../support/aws/watcher.ts';

const INSTANCE = {
  DBInstanceIdentifier: 'orders',
  DbiResourceId: 'db-ORDERS',
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  AllocatedStorage: 100,
  BackupRetentionPeriod: 7,
  DeletionProtection: false,
  StorageEncrypted: true,
  PubliclyAccessible: false,
};

describe('a discovery of AWS', () => {
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startAwsStub();
    stub.on('rds:DescribeDBInstances', ({ region }) =>
      query('DescribeDBInstances', { DBInstances: { DBInstance: [{ ...INSTANCE, DBInstanceIdentifier: `orders-${region}` }] } }),
    );
    stub.on('ec2:DescribeVolumes', DENIED);
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  async function discovered(depth: DiscoveryDepth = 'proposals'): Promise<Discovery[]> {
    const connection = { account: STUB_ACCOUNT, regions: ['eu-west-1', 'us-east-1'], endpoint: stub.url, ...AWS_KEY };
    await using watcher = new AwsWatcher(connection, []);
    return await Array.fromAsync(watcher.link.discover?.([], depth, new AbortController().signal) ?? []);
  }
  const found = (all: readonly Discovery[]): Found[] => all.filter((one) => one.kind === 'found');

  it('finds what is there in every region, as entries that compile, and proposes what protects it already', async () => {
    const all = found(await discovered());
    assert.deepEqual(
      all.map(({ label, entry }) => [label, entry]),
      [
        ['orders-eu-west-1', { name: 'orders-eu-west-1' }],
        ['orders-us-east-1', { name: 'orders-us-east-1', region: 'us-east-1' }],
      ],
    );
    const [first] = all;
    assert.deepEqual(first?.expect, { min_backup_retention: '7d', encrypted: true, private: true });
    assert.ok(first?.facts?.includes('deletion protection is off'));
    const kind = aws.kinds.get('aws.rds.instance');
    for (const { entry, expect, pin } of all) assert.ok(kind?.entry.safeParse({ ...entry, expect, identity: pin }).success);
  });

  it('says what it was not let into', async () => {
    const hidden = (await discovered('names')).flatMap((one) => (one.kind === 'unexplored' ? [one] : []));
    assert.deepEqual(
      // What else there is to be listed, nobody scripted.
      hidden.filter(({ reason }) => reason === 'denied').map(({ on, reason, hides }) => [on, reason, hides]),
      ['eu-west-1', 'us-east-1'].map((region) => [`ec2:DescribeVolumes in ${region}`, 'denied', true]),
    );
  });

  it('finds buckets once for all regions, with where they are, and vaults with what protects them', async () => {
    stubBuckets(stub, new Map([['orders-backups', { created: new Date(Date.UTC(2024, 2, 1)) }]]), {});
    stubVaults(stub, new Map([['dr', vaultNamed('dr')]]), {});
    const all = found(await discovered());
    const [bucket, ...more] = all.filter(({ of }) => of === 'aws.s3.bucket');
    assert.equal(more.length, 0);
    assert.deepEqual(bucket?.entry, { bucket: 'orders-backups', region: 'eu-west-1' });
    assert.deepEqual(bucket?.pin, { account: STUB_ACCOUNT, created: '2024-03-01T00:00:00.000Z', region: 'eu-west-1' });
    const vault = all.find(({ of }) => of === 'aws.backup.vault');
    assert.deepEqual(vault?.expect, { lock: 'locked', min_retention: '30d' });
    for (const { of, entry, expect, pin } of [bucket, vault].flatMap((one) => (one ? [one] : [])))
      assert.ok(aws.kinds.get(of)?.entry.safeParse({ ...entry, expect, identity: pin }).success, of);
  });

  it('knows a bucket on the roll, whatever region its entry says', async () => {
    stubBuckets(stub, new Map([['orders-backups', { created: new Date(Date.UTC(2024, 2, 1)) }]]), {});
    const bucket = found(await discovered()).find(({ of }) => of === 'aws.s3.bucket');
    const kind = aws.kinds.get('aws.s3.bucket');
    for (const region of [undefined, 'eu-west-1', 'ap-south-1']) {
      const compiled = kind?.compile(kind.entry.parse({ bucket: 'orders-backups', ...(region && { region }) }));
      assert.ok(compiled?.ok && bucket?.aliases?.includes(kind?.alias?.(compiled.value.target) ?? ''));
    }
  });

  it('names a volume by its tag', async () => {
    stub.on(
      'ec2:DescribeVolumes',
      ec2('DescribeVolumes', {
        volumeSet: { item: [{ volumeId: 'vol-00000001', size: 8, tagSet: { item: [{ key: 'Name', value: 'data' }] } }] },
      }),
    );
    const volume = found(await discovered()).find(({ of }) => of === 'aws.ebs.volume');
    assert.deepEqual([volume?.name, volume?.entry, volume?.expect], ['data', { volume: 'vol-00000001' }, { min_size: '8GiB' }]);
  });

  it('knows which entries of the roll mean what it found', async () => {
    const [here, there] = found(await discovered());
    assert.ok(here && there);
    const kind = aws.kinds.get('aws.rds.instance');
    const means = (entry: object, found: Found): boolean => {
      const compiled = kind?.compile(kind.entry.parse(entry));
      return compiled?.ok === true && found.aliases?.includes(kind?.alias?.(compiled.value.target) ?? '') === true;
    };
    assert.equal(means({ name: 'ORDERS-eu-west-1' }, here), true);
    assert.equal(means({ name: 'orders-eu-west-1', region: 'eu-west-1' }, here), true);
    assert.equal(means({ name: 'orders-us-east-1' }, there), false);
    assert.equal(means({ name: 'orders-us-east-1', region: 'us-east-1' }, there), true);
  });
});
