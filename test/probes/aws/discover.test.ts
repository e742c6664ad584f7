import assert from 'node:assert/strict';
import type { AwsTarget } from '../../../probes/aws/kind.ts';
import { aws } from '../../../probes/aws/index.ts';
import { sightOf } from '../../../src/core/coverage.ts';
import type { Discovery, DiscoveryDepth, Found, Wanted } from '../../../src/probe.ts';
import { pointOf, resourceOf, stubPoints } from '../../support/aws/kinds/backup-points.ts';
import { stubVaults, vaultNamed } from '../../support/aws/kinds/backup-vault.ts';
import { stubKeys } from '../../support/aws/kinds/kms-key.ts';
import { snapshotOf, stubSnapshots } from '../../support/aws/kinds/rds-snapshots.ts';
import { stubBuckets } from '../../support/aws/kinds/s3-bucket.ts';
import { DENIED, ec2, Fault, query, startAwsStub, STUB_ACCOUNT, xml, type AwsStub } from '../../support/aws/stub.ts';
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

const KEYS = ['a', 'b', 'c'].map((end) => `00000000-0000-4000-8000-00000000000${end}`);

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

  describe('by a credential of the least rights', () => {
    const DENIALS = [
      ...['DescribeDBClusters', 'DescribeDBSnapshots', 'DescribeDBClusterSnapshots'].map((action) => `rds:${action}`),
      ...['DescribeDBInstanceAutomatedBackups', 'DescribeDBClusterAutomatedBackups'].map((action) => `rds:${action}`),
      'ec2:DescribeVolumes',
      'ec2:DescribeSnapshots',
      's3:GET /',
      'backup:GET /backup-vaults',
      'dynamodb:ListTables',
      'kms:ListKeys',
      'kms:ListAliases',
      'elasticfilesystem:GET /2015-02-01/file-systems',
    ];
    const wanted = (kind: string, target: object): Wanted<AwsTarget>[] => [
      { id: 'x', kind, target: { kind, region: undefined, key: 'x', ...target }, checks: [] },
    ];
    beforeEach(() => {
      for (const call of DENIALS) stub.on(call, DENIED);
    });
    const asks = async (watcher: AwsWatcher, roll: readonly Wanted<AwsTarget>[], depth: DiscoveryDepth = 'names') =>
      await Array.fromAsync(watcher.link.discover?.(roll, depth, new AbortController().signal) ?? []);
    const watching = () => new AwsWatcher({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY }, []);

    it('says of each listing that nothing on the roll needs that it is beyond it, and of what was listed that it was', async () => {
      await using watcher = watching();
      const all = await asks(watcher, wanted('aws.rds.instance', { key: 'orders-eu-west-1' }));
      assert.deepEqual(
        all.flatMap((one) => (one.kind === 'listed' ? [one.on] : [])),
        ['rds:DescribeDBInstances in eu-west-1'],
      );
      const closed = all.flatMap((one) => (one.kind === 'unexplored' ? [one] : []));
      assert.ok(closed.length >= 12 && closed.every(({ reason, hides, beyond }) => reason === 'denied' && hides && beyond !== undefined));
      assert.ok(closed.some(({ on, beyond }) => on === 'kms:ListAliases in eu-west-1' && beyond === 'aws.kms.key'));
      assert.ok(closed.some(({ on, beyond }) => on === 'backup:ListBackupVaults in eu-west-1' && beyond === 'aws.backup.recovery_points'));
      assert.equal(sightOf({ connection: 'x', listed: ['one'], unexplored: closed }, []).hidden.length, 0);
    });

    it('does not ask every hour for what it was refused: whoever alarms at refused calls would be paged by it', async () => {
      await using watcher = watching();
      const first = await asks(watcher, []);
      const calls = stub.calls.length;
      const again = await asks(watcher, []);
      assert.deepEqual(again, first);
      assert.deepEqual([...new Set(stub.calls.slice(calls).map(({ action }) => action))], ['DescribeDBInstances']);
      // A person who asks is answered anew.
      stub.on('rds:DescribeDBClusters', query('DescribeDBClusters', { DBClusters: {} }));
      assert.ok(
        (await asks(watcher, [], 'proposals')).some((one) => one.kind === 'listed' && one.on.startsWith('rds:DescribeDBClusters ')),
      );
    });

    it('takes a refusal of what the roll needs, and of credentials that nobody knows, for what it is', async () => {
      await using watcher = watching();
      const roll = wanted('aws.rds.snapshots', { scope: 'cluster own', key: 'cluster orders' });
      const closed = (await asks(watcher, roll)).flatMap((one) => (one.kind === 'unexplored' ? [one] : []));
      assert.deepEqual(
        closed.filter(({ beyond }) => beyond === undefined).map(({ on }) => on),
        ['rds:DescribeDBClusterSnapshots in eu-west-1'],
      );
      for (const call of DENIALS) stub.on(call, new Fault('InvalidClientTokenId', 403));
      stub.on('rds:DescribeDBInstances', new Fault('ThrottlingX', 429));
      await using other = watching();
      const unknown = (await asks(other, [])).flatMap((one) => (one.kind === 'unexplored' ? [one] : []));
      assert.ok(unknown.length > 10 && unknown.every(({ beyond }) => beyond === undefined));
    });

    it('takes no key for anything where those of services cannot be told from the others', async () => {
      stubKeys(stub, KEYS.slice(0, 1));
      stub.on('kms:ListAliases', DENIED);
      await using watcher = watching();
      assert.deepEqual(
        found(await asks(watcher, [])).filter(({ of }) => of === 'aws.kms.key'),
        [],
      );
    });
  });

  it('leaves out the keys of services by their aliases, without a call for each', async () => {
    stubKeys(stub, KEYS);
    const aliases = [
      { AliasName: 'alias/aws/rds', TargetKeyId: KEYS[0] },
      { AliasName: 'alias/aws/unused' },
      { AliasName: 'alias/own', TargetKeyId: KEYS[1] },
    ];
    stub.on('kms:ListAliases', ({ params: { Marker } }) => ({
      body:
        Marker === undefined
          ? { Aliases: aliases.slice(1), Truncated: true, NextMarker: 'x' }
          : { Aliases: aliases.slice(0, 1), Truncated: false },
    }));
    const keys = (all: readonly Discovery[]) => found(all).flatMap(({ of, label }) => (of === 'aws.kms.key' ? [label] : []));
    assert.deepEqual(keys(await discovered('names')).slice(0, 2), KEYS.slice(1));
    assert.equal(stub.count('kms:DescribeKey'), 0);
    assert.deepEqual(keys(await discovered()).slice(0, 2), KEYS.slice(1));
    assert.ok(stub.calls.every(({ action, params }) => action !== 'DescribeKey' || params['KeyId'] !== KEYS[0]));
  });

  describe('of sets', () => {
    const complaints = ({ of, entry, expect, pin, sweep, inspect }: Found): unknown => {
      const kind = aws.kinds.get(of);
      const parsed = kind?.entry.safeParse({ ...entry, expect, identity: pin });
      const compiled = parsed?.success === true ? kind?.compile(parsed.data) : undefined;
      return [parsed?.error?.message, compiled?.ok === false ? compiled.issues : undefined, sweep === undefined, inspect === ''];
    };
    const FINE = [undefined, undefined, false, false];

    it('proposes snapshots made by hand, with a floor and an age in keeping with how often one is made', async () => {
      const days = [0, 1, 2, 3, 4, 5, 6, 7];
      stubSnapshots(stub, [
        ...days.map((age) => snapshotOf('orders', age)),
        ...[0, 1].map((age) => snapshotOf('orders', age, 'automated')),
      ]);
      const set = found(await discovered()).find(({ of }) => of === 'aws.rds.snapshots');
      assert.ok(set);
      assert.deepEqual(set.entry, { instance: 'orders', type: 'manual' });
      assert.deepEqual(set.expect, { newest_within: '30h', min_count: 6, encrypted: true });
      assert.ok(set.facts?.some((fact) => fact.startsWith('2 more that RDS made itself')));
      assert.deepEqual(complaints(set), FINE);
    });

    it('proposes snapshots of volumes, and copies of a name, and says what would be stale at once', async () => {
      const day = 24 * 3_600_000;
      const snapshot = (nth: number, volumeId: string, name?: string) => ({
        snapshotId: `snap-0000000${nth}`,
        volumeId,
        ownerId: STUB_ACCOUNT,
        status: 'completed',
        encrypted: true,
        startTime: new Date(Date.now() - (nth + 10) * day),
        ...(name !== undefined && { tagSet: { item: [{ key: 'Name', value: name }] } }),
      });
      const item = [
        ...[0, 1, 2, 3].map((nth) => snapshot(nth, 'vol-00000001', 'data')),
        ...[4, 5].map((nth) => snapshot(nth, 'vol-ffffffff', 'copied')),
      ];
      stub.on('ec2:DescribeSnapshots', ec2('DescribeSnapshots', { snapshotSet: { item } }));
      const sets = found(await discovered()).filter(({ of, entry }) => of === 'aws.ebs.snapshots' && !('region' in entry));
      assert.deepEqual(
        sets.map(({ entry, expect }) => [entry, expect]),
        [
          [{ volume: 'vol-00000001' }, { newest_within: '30h', min_count: 3, encrypted: true }],
          [{ tag: { key: 'Name', value: 'copied' } }, { min_count: 1, encrypted: true }],
        ],
      );
      assert.ok(sets[0]?.facts?.includes('the newest is older than that: it would be stale at once'));
      for (const set of sets) assert.deepEqual(complaints(set), FINE);
    });

    it('proposes what is in a vault by what is backed up there, and by name one set a vault in no more calls than vaults take', async () => {
      stubVaults(
        stub,
        new Map([
          ['dr', vaultNamed('dr')],
          ['empty', { ...vaultNamed('empty'), NumberOfRecoveryPoints: 0 }],
        ]),
        {},
      );
      stubPoints(stub, () => [0, 1, 2, 3].flatMap((age) => ['orders', 'ledger'].map((name) => pointOf(name, age))), {});
      const points = (all: readonly Discovery[]) =>
        found(all).filter(({ of, entry }) => of === 'aws.backup.recovery_points' && !('region' in entry));
      const named = points(await discovered('names'));
      assert.deepEqual(
        named.map(({ entry }) => entry),
        [{ vault: 'dr' }],
      );
      assert.equal(stub.count('backup:GET /backup-vaults/dr/recovery-points'), 0);
      const sets = points(await discovered());
      assert.deepEqual(
        sets.map(({ entry }) => entry),
        [resourceOf('orders'), resourceOf('ledger')].map((resource) => ({ vault: 'dr', resource })),
      );
      assert.deepEqual(sets[0]?.expect, { newest_within: '30h', min_count: 3, min_kept: '35d', plan: 'plan-1' });
      for (const set of [...named, ...sets]) assert.deepEqual(complaints(set), FINE);
      const kind = aws.kinds.get('aws.backup.recovery_points');
      const means = (entry: object, one: Found | undefined): boolean => {
        const compiled = kind?.compile(kind.entry.parse(entry));
        return compiled?.ok === true && one !== undefined && kind?.covers?.(compiled.value.target, one) === true;
      };
      assert.deepEqual(
        [
          { vault: 'dr' },
          { vault: 'dr', resource: resourceOf('orders') },
          { vault: 'dr', resource: resourceOf('ledger') },
          { vault: 'other' },
        ].map((entry) => means(entry, sets[0])),
        [true, true, false, false],
      );
      assert.equal(means({ vault: 'dr', resource: resourceOf('ledger') }, named[0]), true);
    });

    it('says what it was not let into in a vault, and proposes it all the same', async () => {
      stubVaults(stub, new Map([['dr', vaultNamed('dr')]]), {});
      stub.on('backup:GET /backup-vaults/dr/recovery-points', DENIED);
      const all = await discovered();
      assert.deepEqual(
        found(all)
          .filter(({ of }) => of === 'aws.backup.recovery_points')
          .map(({ entry }) => entry)[0],
        { vault: 'dr' },
      );
      const closed = all.find((one) => one.kind === 'unexplored' && one.on.includes('of dr'));
      assert.ok(closed?.kind === 'unexplored' && closed.reason === 'denied' && !closed.hides);
    });

    describe('in buckets', () => {
      const DAY = 24 * 3_600_000;
      type Objects = Readonly<Record<string, number>>;
      /** Answers listings by delimiter, `size` keys a page. */
      function stubObjects(bucket: string, objects: Objects, size = 1000): void {
        stub.on(`s3:GET /${bucket}/`, ({ params }) => {
          const { prefix = '', 'continuation-token': token = '' } = params;
          assert.equal(params['delimiter'], '/');
          const names = Object.keys(objects)
            .filter((key) => key.startsWith(prefix))
            .map((key) => {
              const at = key.indexOf('/', prefix.length);
              return at === -1 ? key : key.slice(0, at + 1);
            });
          const rest = [...new Set(names)].toSorted().filter((name) => name > token);
          const page = rest.slice(0, size);
          const more = rest.length > size;
          return xml('ListBucketResult', {
            IsTruncated: more,
            ...(more && { NextContinuationToken: page.at(-1) }),
            Contents: page
              .filter((name) => !name.endsWith('/'))
              .map((Key) => ({ Key, Size: 5000, LastModified: new Date(Date.now() - (objects[Key] ?? 0) * DAY) })),
            CommonPrefixes: page.filter((name) => name.endsWith('/')).map((Prefix) => ({ Prefix })),
          });
        });
      }
      const daily = (prefix: string, ending: string, count = 8): Objects =>
        Object.fromEntries(
          Array.from({ length: count }, (_, age) => [
            `${prefix}${new Date(Date.now() - age * DAY).toISOString().slice(0, 10)}${ending}`,
            age,
          ]),
        );
      const inBuckets = (all: readonly Discovery[]) => found(all).filter(({ of }) => of === 'aws.s3.backups');

      it('proposes what has dates in its names, and nothing else', async () => {
        stubBuckets(stub, new Map([['vault', { created: new Date(Date.UTC(2024, 2, 1)) }]]), {});
        stubObjects('vault', {
          ...daily('db/orders-', '.dump'),
          ...daily('exports/', '.csv'),
          'photos/img_001.jpg': 1,
          'photos/img_002.jpg': 2,
          'photos/img_003.jpg': 3,
          'AWSLogs/2026-01-01.json.gz': 1,
          'readme.txt': 9,
        });
        const sets = inBuckets(await discovered());
        assert.deepEqual(
          sets.map(({ label, entry }) => [label, entry]),
          [
            ['s3://vault/db/orders-*.dump', { bucket: 'vault', path: 'db/orders-*.dump' }],
            ['s3://vault/exports/*.csv', { bucket: 'vault', path: 'exports/*.csv' }],
          ],
        );
        assert.deepEqual(sets[0]?.expect, { newest_within: '30h', min_count: 6, min_size: '2500B', max_shrink: '50%' });
        assert.deepEqual(sets[0]?.pin, { account: STUB_ACCOUNT, bucket_created: '2024-03-01T00:00:00.000Z' });
        for (const set of sets) assert.deepEqual(complaints(set), FINE);
        const kind = aws.kinds.get('aws.s3.backups');
        const means = (path: string): boolean => {
          const compiled = kind?.compile(kind.entry.parse({ bucket: 'vault', path }));
          return compiled?.ok === true && sets[0] !== undefined && kind?.covers?.(compiled.value.target, sets[0]) === true;
        };
        assert.deepEqual(['db/*', '**', 'db/orders-*', 'db/ledger-*', 'other/**'].map(means), [true, true, true, false, false]);
        assert.deepEqual(inBuckets(await discovered('names')), [], 'by name no bucket is looked into');
      });

      it('says nothing of the newest where it saw only the first by name', async () => {
        stubBuckets(stub, new Map([['vault', { created: new Date(Date.UTC(2024, 2, 1)) }]]), {});
        stubObjects('vault', daily('orders-', '.dump', 40), 10);
        const [set] = inBuckets(await discovered());
        assert.deepEqual(set?.expect, { min_count: 22, min_size: '2500B' });
        assert.ok(set?.facts?.some((fact) => fact.includes('only the first by name')));
      });

      it('proposes no pattern that no manifest may hold, or that takes long to compare, whatever keys there are', async () => {
        stubBuckets(stub, new Map([['vault', { created: new Date(Date.UTC(2024, 2, 1)) }]]), {});
        stubObjects('vault', {
          ...daily('/', '.dump'),
          ...daily('{db}/[a]*?', '.dump'),
          ...Object.fromEntries([1, 2, 3].map((nth) => [`evil/${'1x'.repeat(300)}${nth}.dump`, nth])),
          ...daily(`${'long'.repeat(250)}/`, `${'[x]'.repeat(20)}.dump`),
        });
        const sets = inBuckets(await discovered());
        assert.deepEqual(
          sets.map(({ entry }) => entry['path']),
          ['?db?/[[]a?[*][?]*.dump'],
        );
        for (const set of sets) assert.deepEqual(complaints(set), FINE);
      });

      it('makes a few calls into each bucket and says what it did not come to', async () => {
        stubBuckets(stub, new Map([['vault', { created: new Date(Date.UTC(2024, 2, 1)) }]]), {});
        stubObjects('vault', Object.fromEntries(Array.from({ length: 30 }, (_, nth) => [`folder${String(nth).padStart(2, '0')}/x`, 1])));
        const all = await discovered();
        assert.equal(stub.count('s3:GET /vault/'), 12);
        assert.ok(
          all.some((one) => one.kind === 'progress' && one.done === 1),
          'a bucket with nothing in it is no silence',
        );
        const closed = all.find((one) => one.kind === 'unexplored' && one.on === 'what else is in bucket vault');
        assert.ok(closed?.kind === 'unexplored' && !closed.hides && closed.reason === 'partial-answer');
      });
    });
  });
});
