import assert from 'node:assert/strict';
import { TooMuch } from '../../../probes/aws/errors.ts';
import { aws } from '../../../probes/aws/index.ts';
import { sharesStep } from '../../../probes/aws/shares.ts';
import { diffManifests, toRemembered } from '../../../src/core/manifest-diff.ts';
import { stubBackups } from '../../support/aws/kinds/rds-automated-backup.ts';
import { stubClusters } from '../../support/aws/kinds/rds-cluster.ts';
import { snapshotOf, stubSnapshots } from '../../support/aws/kinds/rds-snapshots.ts';
import { DAY_MS, startRdsStub } from '../../support/aws/rds.ts';
import { DENIED, Fault, query, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';
import { makeResource } from '../../support/roll.ts';
import { AWS_KEY, AwsWatcher, breachesOf } from '../../support/aws/watcher.ts';

const ago = (days: number): Date => new Date(Date.now() - days * DAY_MS);

/** What compiling it complains of: `path: message`. */
function complaints(kind: string, entry: object): string[] {
  const made = aws.kinds.get(kind);
  const compiled = made?.compile(made.entry.parse(entry));
  return compiled?.ok === false ? compiled.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

describe('what RDS has beyond instances', () => {
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startRdsStub();
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const watch = (kind: string, entry: object) =>
    new AwsWatcher({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY }, [{ id: 'it', kind, entry }]);
  const look = async (watcher: AwsWatcher, depth: 'sweep' | 'inspect' = 'sweep') => {
    const { it: looked } = await watcher.look(depth);
    assert.ok(looked);
    return looked;
  };
  const breaches = (looked: Awaited<ReturnType<typeof look>>): string[] => breachesOf(looked).map(({ kind, what }) => `${kind}: ${what}`);
  const excerpts = ({ reports }: Awaited<ReturnType<typeof look>>): string =>
    reports.map((one) => (one.kind === 'unseen' ? `${one.direct?.excerpt}` : one.evidence.excerpt)).join('\n');

  describe('a cluster', () => {
    it('has lost its history where the first moment that it can be restored to jumps forward', async () => {
      const clusters = stubClusters(stub, ['orders']);
      await using watcher = watch('aws.rds.cluster', { name: 'orders' });
      assert.deepEqual((await look(watcher)).words, ['good']);
      clusters.change('orders', { EarliestRestorableTime: ago(6) });
      assert.deepEqual((await look(watcher)).words, ['good'], 'a day more or less is nobody’s doing');
      clusters.change('orders', { EarliestRestorableTime: ago(0.1) });
      const [breach, ...others] = breaches(await look(watcher));
      assert.match(breach ?? '', /^diminished: what DB cluster orders can be restored to shrank from 7d to 2h/);
      assert.deepEqual(others, []);
    });

    it('answers nobody without a member, unless it is meant to', async () => {
      const clusters = stubClusters(stub, ['orders']);
      clusters.change('orders', { DBClusterMembers: { DBClusterMember: [] } });
      await using watcher = watch('aws.rds.cluster', { name: 'orders' });
      assert.deepEqual(breaches(await look(watcher)), ['diminished: DB cluster orders has 0 instances']);
      await using meant = watch('aws.rds.cluster', { name: 'orders', expect: { min_members: 0 } });
      assert.deepEqual((await look(meant)).words, ['good']);
      clusters.change('orders', { EngineMode: 'serverless' });
      assert.deepEqual((await look(watcher)).words, ['good'], 'serverless has none that are told of');
    });
  });

  describe('snapshots', () => {
    const kind = 'aws.rds.snapshots';
    const days = (name: string, type: string, count: number) => Array.from({ length: count }, (_, age) => snapshotOf(name, age, type));

    it('are counted by what they are of and how they were made', async () => {
      stubSnapshots(stub, [...days('orders', 'automated', 3), ...days('orders', 'manual', 1), ...days('users', 'manual', 5)]);
      await using all = watch(kind, { instance: 'Orders', expect: { min_count: 5 } });
      assert.deepEqual(breaches(await look(all)), ['diminished: snapshots of DB instance orders has 4 to restore from']);
      await using manual = watch(kind, { instance: 'orders', type: 'manual', expect: { min_count: 2 } });
      assert.deepEqual(breaches(await look(manual)), ['diminished: manual snapshots of DB instance orders has 1 to restore from']);
      await using shared = watch(kind, { instance: 'orders', type: 'shared' });
      assert.deepEqual((await look(shared)).words, ['lost:absent']);
      assert.match(excerpts(await look(shared)), /shows no instance orders shared/);
    });

    it('go by halves without a word in the manifest, and are as old as what they hold', async () => {
      const { scene } = stubSnapshots(stub, days('orders', 'manual', 6));
      await using watcher = watch(kind, { instance: 'orders', expect: { newest_within: '1d' } });
      assert.deepEqual((await look(watcher)).words, ['good']);
      // A copy made today of what is a year old.
      scene.items = [
        { ...snapshotOf('orders', 0, 'manual'), OriginalSnapshotCreateTime: ago(365) } as ReturnType<typeof snapshotOf>,
        snapshotOf('orders', 5, 'manual'),
      ];
      const found = breaches(await look(watcher));
      assert.equal(found.length, 2);
      assert.match(found[0] ?? '', /^diminished: snapshots of DB instance orders shrank from 6 to 2 to restore from/);
      assert.match(found[1] ?? '', /^stale: the newest of the snapshots of DB instance orders has 5d/);
    });

    it('that cannot be restored yet, or any more, are none', async () => {
      stubSnapshots(stub, [
        snapshotOf('orders', 0),
        { ...snapshotOf('orders', 1), Status: 'creating' },
        { ...snapshotOf('orders', 2), Status: 'failed' },
      ]);
      await using watcher = watch(kind, { instance: 'orders', expect: { min_count: 2 } });
      assert.deepEqual(breaches(await look(watcher)), ['diminished: snapshots of DB instance orders has 1 to restore from']);
    });

    it('belong to whom the newest says, whatever older ones do', async () => {
      const { scene } = stubSnapshots(stub, days('orders', 'manual', 2));
      await using watcher = watch(kind, { instance: 'orders', identity: { dbi_resource_id: 'db-ORDERS' } });
      assert.deepEqual((await look(watcher)).words, ['good']);
      scene.items = [...scene.items, { ...snapshotOf('orders', 3), DbiResourceId: 'db-BEFORE' }];
      assert.deepEqual((await look(watcher)).words, ['good']);
      scene.items = [...scene.items, { ...snapshotOf('orders', -0.01), DbiResourceId: 'db-AFTER' }];
      assert.equal((await look(watcher)).outcomes.identity?.is, 'lost');
    });

    it('of which only older ones of several databases were listed accuse nobody', async () => {
      const older = [4, 3].map((age) => ({ ...snapshotOf('orders', age), DbiResourceId: `db-BEFORE-${age}` }));
      const page = query('DescribeDBSnapshots', { DBSnapshots: { DBSnapshot: older }, Marker: 'next' });
      stub.on('rds:DescribeDBSnapshots', ({ params }) => (params['Marker'] === undefined ? page : new Fault('Throttling')));
      await using watcher = watch(kind, { instance: 'orders', identity: { dbi_resource_id: 'db-ORDERS' } });
      const { outcomes } = await look(watcher);
      assert.deepEqual([outcomes.presence?.is, outcomes.identity?.is], ['good', 'blind']);
    });

    it('that are shared with whom the manifest does not name are exposed, and with everybody', async () => {
      const { restorers } = stubSnapshots(stub, [...days('orders', 'manual', 2), ...days('orders', 'automated', 2)]);
      await using watcher = watch(kind, { instance: 'orders', expect: { shared_with: ['999988887777'] } });
      restorers.set('manual-orders-1', ['999988887777']);
      assert.deepEqual((await look(watcher, 'inspect')).words, ['good']);
      assert.equal(stub.count('rds:DescribeDBSnapshotAttributes'), 2, 'what RDS makes itself cannot be shared');
      restorers.set('manual-orders-1', ['999988887777', 'all']);
      const looked = await look(watcher, 'inspect');
      assert.match(breaches(looked).join(), /^exposed: one of the snapshots of DB instance orders is shared/);
      assert.match(excerpts(looked), /shared with all \(manual-orders-1\)/);
      await using off = watch(kind, { instance: 'orders', expect: { shared_with: 'anybody' } });
      assert.deepEqual(await off.reports('inspect'), []);
    });

    it('with whom one is shared is not known where the question is refused, and a stranger found counts all the same', async () => {
      const { restorers } = stubSnapshots(stub, days('orders', 'manual', 2));
      await using watcher = watch(kind, { instance: 'orders' });
      const scripted = (id: string) => {
        if (id === 'manual-orders-0') return DENIED;
        const AttributeValue = restorers.get(id) ?? [];
        return query('DescribeDBSnapshotAttributes', {
          DBSnapshotAttributesResult: {
            DBSnapshotAttributes: { DBSnapshotAttribute: [{ AttributeName: 'restore', AttributeValues: { AttributeValue } }] },
          },
        });
      };
      stub.on('rds:DescribeDBSnapshotAttributes', ({ params }) => scripted(params['DBSnapshotIdentifier'] ?? ''));
      assert.deepEqual((await look(watcher, 'inspect')).words, ['blind:denied']);
      restorers.set('manual-orders-1', ['999988887777']);
      assert.deepEqual((await look(watcher, 'inspect')).outcomes['protection/shared_with']?.is, 'breach');
      stub.on('rds:DescribeDBSnapshotAttributes', new Fault('DBSnapshotNotFound', 404));
      assert.deepEqual((await look(watcher, 'inspect')).words, ['good'], 'deleted since they were listed');
    });

    it('may not be shared with more people by a change of the manifest that is called no weakening', () => {
      const checks = (expect: object) => {
        const made = aws.kinds.get(kind);
        const compiled = made?.compile(made.entry.parse({ instance: 'orders', expect }));
        return compiled?.ok === true ? compiled.value.checks : [];
      };
      const weakened = (was: object, is: object) =>
        diffManifests(
          [toRemembered(makeResource({ checks: checks(was), asked: { expect: was } }))],
          [toRemembered(makeResource({ checks: checks(is), asked: { expect: is } }))],
        ).weakened.length > 0;
      assert.ok(weakened({}, { shared_with: ['999988887777'] }));
      assert.ok(weakened({ shared_with: ['999988887777'] }, { shared_with: ['999988887777', '123456789012'] }));
      assert.ok(weakened({}, { shared_with: 'anybody' }));
      assert.ok(!weakened({}, { shared_with: [] }));
    });

    it('of too many to ask about are not called private', async () => {
      let asked = 0;
      const ids = async () => Array.from({ length: 201 }, (_, at) => `snapshot-${at}`);
      const step = sharesStep({ call: 'it', allowed: [], ids, of: async () => (asked++, []) });
      await assert.rejects(step.ask(), TooMuch);
      assert.equal(asked, 200);
      const shared = sharesStep({ call: 'it', allowed: [], ids, of: async (id) => (id === 'snapshot-0' ? ['all'] : []) });
      assert.equal((await shared.ask()).measures['shared_with']?.value, 'all (snapshot-0)');
    });

    it('of clusters, and those that another account shares, are sets of their own', async () => {
      const owner = '999988887777';
      const shared = {
        ...snapshotOf('orders', 0),
        DBSnapshotArn: `arn:aws:rds:eu-west-1:${owner}:snapshot:of-orders`,
        SnapshotType: 'shared',
      };
      stub.on('rds:DescribeDBSnapshots', ({ params }) => {
        assert.equal(params['SnapshotType'], 'shared');
        return query('DescribeDBSnapshots', { DBSnapshots: { DBSnapshot: [shared] } });
      });
      await using copies = watch(kind, { instance: 'orders', type: 'shared', from: owner });
      assert.deepEqual((await look(copies)).words, ['good'], 'what others share is theirs');
      const cluster = {
        DBClusterSnapshotIdentifier: 'c-1',
        DBClusterIdentifier: 'orders',
        DbClusterResourceId: 'cluster-ORDERS',
        SnapshotType: 'automated',
        Status: 'available',
        StorageEncrypted: true,
        SnapshotCreateTime: ago(0.1),
      };
      stub.on(
        'rds:DescribeDBClusterSnapshots',
        query('DescribeDBClusterSnapshots', { DBClusterSnapshots: { DBClusterSnapshot: [cluster] } }),
      );
      await using clusters = watch(kind, { cluster: 'orders', identity: { cluster_resource_id: 'cluster-ORDERS' } });
      assert.deepEqual((await look(clusters)).words, ['good']);
    });

    it('are asked for in an entry that says of what, and nothing that cannot be', () => {
      for (const [entry, complaint] of [
        [{}, 'instance: must be there, or `cluster` instead of it'],
        [{ instance: 'a', cluster: 'b' }, 'instance: must be there, or `cluster` instead of it'],
        [{ instance: 'a', from: '999988887777' }, 'from: is for the type shared'],
        [
          { instance: 'a', type: 'automated', expect: { shared_with: [] } },
          'expect.shared_with: is for what was made by hand: others cannot be shared',
        ],
        [{ cluster: 'a', identity: { dbi_resource_id: 'db-A' } }, 'identity.dbi_resource_id: is for instances'],
        [{ instance: 'a', identity: { cluster_resource_id: 'c' } }, 'identity.cluster_resource_id: is for clusters'],
      ] as const)
        assert.deepEqual(complaints(kind, entry), [complaint]);
    });
  });

  describe('automated backups', () => {
    const kind = 'aws.rds.automated_backup';

    it('that are retained say that the database is gone, until when they are there, and the command', async () => {
      const backups = stubBackups(stub, ['orders', 'users']);
      await using watcher = watch(kind, { instance: 'orders' });
      assert.deepEqual((await look(watcher)).words, ['good']);
      const latest = ago(1);
      backups.change('orders', { Status: 'retained', RestoreWindow: { EarliestTime: ago(7), LatestTime: latest } });
      const { presence } = (await look(watcher)).outcomes;
      assert.ok(presence?.is === 'lost' && presence.how === 'doomed');
      assert.equal(presence.undoBefore, Math.floor(latest.getTime()) + 7 * DAY_MS);
      assert.match(presence.undo ?? '', /^aws rds restore-db-instance-to-point-in-time --source-dbi-resource-id db-ORDERS /);
      backups.destroy('orders');
      assert.deepEqual((await look(watcher)).words, ['lost:absent'], 'both are gone');
    });

    it('of a database made in place of another are those of the one that the manifest pins, else of the one that is there', async () => {
      const backups = stubBackups(stub, ['orders']);
      await using unpinned = watch(kind, { instance: 'orders' });
      await using pinned = watch(kind, { instance: 'orders', identity: { dbi_resource_id: 'db-ORDERS' } });
      await using never = watch(kind, { instance: 'orders', identity: { dbi_resource_id: 'db-NEVER' } });
      for (const watcher of [unpinned, pinned]) assert.deepEqual((await look(watcher)).words, ['good']);
      backups.change('orders', { Status: 'retained' });
      const another = { ...backups.items[0], DbiResourceId: 'db-ANOTHER', Status: 'active' };
      backups.items = [...backups.items, another];
      assert.equal((await look(unpinned)).outcomes.identity?.is, 'lost', 'an impostor');
      const { presence } = (await look(pinned)).outcomes;
      assert.ok(presence?.is === 'lost' && presence.how === 'doomed');
      assert.equal((await look(never)).outcomes.identity?.is, 'lost');
    });

    it('that are copied no more, or kept for less long, are exposed', async () => {
      const replicated = { DBInstanceAutomatedBackupsReplications: { DBInstanceAutomatedBackupsReplication: [{ Arn: 'arn:x' }] } };
      const backups = stubBackups(stub, ['orders']);
      backups.change('orders', replicated as object);
      await using watcher = watch(kind, { instance: 'orders' });
      assert.deepEqual((await look(watcher)).words, ['good']);
      const { DBInstanceAutomatedBackupsReplications: _, ...alone } = { ...replicated, ...backups.items[0], BackupRetentionPeriod: 1 };
      backups.items = [alone];
      const found = breaches(await look(watcher));
      assert.equal(found.length, 2);
      assert.ok(
        found.every((one) => one.startsWith('exposed: ')),
        found.join(),
      );
    });

    it('of a cluster are asked for where clusters have theirs', async () => {
      const one = { DBClusterIdentifier: 'orders', DbClusterResourceId: 'cluster-ORDERS', Status: 'retained', BackupRetentionPeriod: 7 };
      const list = { DBClusterAutomatedBackups: { DBClusterAutomatedBackup: [one] } };
      stub.on('rds:DescribeDBClusterAutomatedBackups', query('DescribeDBClusterAutomatedBackups', list));
      await using watcher = watch(kind, { cluster: 'orders' });
      const { presence } = (await look(watcher)).outcomes;
      assert.ok(presence?.is === 'lost' && presence.how === 'doomed');
      assert.match(presence.undo ?? '', /restore-db-cluster-to-point-in-time --source-db-cluster-resource-id cluster-ORDERS/);
      assert.deepEqual(complaints(kind, {}), ['instance: must be there, or `cluster` instead of it']);
    });
  });

  it('is discovered as sets, each once, whatever else an entry may mean it by', async () => {
    stubSnapshots(stub, [snapshotOf('orders', 0, 'manual'), snapshotOf('orders', 1, 'automated')]);
    stubBackups(stub, ['orders']);
    await using watcher = watch('aws.rds.cluster', { name: 'x' });
    const all = await Array.fromAsync(watcher.link.discover?.([], 'proposals', new AbortController().signal) ?? []);
    const found = all.filter((one) => one.kind === 'found');
    assert.deepEqual(
      found.map(({ of, entry }) => [of, entry]),
      [
        ['aws.rds.automated_backup', { instance: 'orders' }],
        ['aws.rds.snapshots', { instance: 'orders', type: 'manual' }],
      ],
    );
    const kind = aws.kinds.get('aws.rds.snapshots');
    for (const type of ['manual', 'automated', undefined]) {
      const compiled = kind?.compile(kind.entry.parse({ instance: 'orders', ...(type && { type }) }));
      assert.ok(compiled?.ok === true && found[1]?.aliases?.includes(kind?.alias?.(compiled.value.target) ?? ''));
    }
    for (const { of, entry, expect, pin } of found) assert.deepEqual(complaints(of, { ...entry, expect, identity: pin }), []);
  });
});
