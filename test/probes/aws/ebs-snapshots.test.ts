import assert from 'node:assert/strict';
import { ebsSnapshotOf, stubEbsSnapshots } from '../../support/aws/kinds/ebs-snapshots.ts';
import { DENIED, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher, breachesOf } from '../../support/aws/watcher.ts';

const KIND = 'aws.ebs.snapshots';
const VOLUME = 'vol-0000000000000000a';
const DAY_MS = 86_400_000;
const later = (days: number): Date => new Date(Date.now() + days * DAY_MS);

describe('snapshots of EBS', () => {
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startAwsStub();
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const three = () =>
    stubEbsSnapshots(
      stub,
      [0, 1, 2].map((age) => ebsSnapshotOf(VOLUME, age)),
    );
  const watch = (entry: object) =>
    new AwsWatcher({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY }, [{ id: 'it', kind: KIND, entry }]);
  const look = async (watcher: AwsWatcher, depth: 'sweep' | 'inspect' = 'sweep') => {
    const { it: looked } = await watcher.look(depth);
    assert.ok(looked);
    return looked;
  };
  const breaches = (looked: Awaited<ReturnType<typeof look>>): string[] => breachesOf(looked).map(({ kind, what }) => `${kind}: ${what}`);

  it('are found by the tag of a copy, which has no volume of its own', async () => {
    const copy = { ...ebsSnapshotOf('vol-ffffffff', 0), tagSet: { item: [{ key: 'backup', value: 'orders' }] } };
    const { scene } = stubEbsSnapshots(stub, [copy, ebsSnapshotOf(VOLUME, 0)]);
    await using watcher = watch({ tag: { key: 'backup', value: 'orders' } });
    assert.deepEqual((await look(watcher)).words, ['good']);
    scene.items = [{ ...copy, tagSet: { item: [{ key: 'backup', value: 'other' }] } }];
    assert.deepEqual((await look(watcher)).words, ['lost:absent']);
  });

  it('that were all deleted are doomed while the recycle bin has them, with the clock of the first to leave it', async () => {
    const { scene, binned } = three();
    await using watcher = watch({ volume: VOLUME });
    assert.deepEqual((await look(watcher)).words, ['good']);
    assert.equal(stub.count('ec2:ListSnapshotsInRecycleBin'), 0, 'nobody asks while there are some');
    const [first, last] = [later(3), later(7)];
    const bin = (age: number, recycleBinExitTime: Date) => ({
      snapshotId: `snap-a${age}`,
      volumeId: VOLUME,
      recycleBinEnterTime: new Date(Date.now() - age * DAY_MS),
      recycleBinExitTime,
    });
    binned.push(bin(1, first), bin(0, last), { ...bin(2, later(1)), volumeId: 'vol-0000000000000000b' });
    scene.items = [];
    const { presence } = (await look(watcher)).outcomes;
    assert.ok(presence?.is === 'lost' && presence.how === 'doomed', JSON.stringify(presence));
    assert.equal(presence.undoBefore, first.getTime());
    assert.match(presence.undo ?? '', /^aws ec2 restore-snapshot-from-recycle-bin --snapshot-id snap-a0, and so each of the others$/);
    binned.length = 0;
    assert.deepEqual((await look(watcher)).words, ['lost:absent']);
  });

  it('are lost all the same where the recycle bin may not be looked into', async () => {
    const { scene } = three();
    stub.on('ec2:ListSnapshotsInRecycleBin', DENIED);
    scene.items = [];
    await using watcher = watch({ volume: VOLUME });
    assert.deepEqual((await look(watcher)).words, ['lost:absent']);
  });

  it('are locked as firmly as the manifest asks, and for as long', async () => {
    const { locked } = three();
    const lock = (age: number, lockState: string, lockExpiresOn?: Date) => ({ snapshotId: `snap-a${age}`, lockState, lockExpiresOn });
    const asked = async (expect: object) => {
      await using watcher = watch({ volume: VOLUME, expect: { shared_with: 'anybody', ...expect } });
      return breaches(await look(watcher, 'inspect'));
    };
    const subject = `exposed: snapshots of volume ${VOLUME} has`;
    assert.deepEqual(await asked({ min_locked: 1 }), [`${subject} 0 locked`]);
    locked.push(
      lock(0, 'compliance', later(30)),
      lock(1, 'governance', later(5)),
      lock(2, 'expired', later(-1)),
      lock(9, 'compliance', later(99)),
    );
    assert.deepEqual(await asked({ min_locked: 2 }), []);
    assert.deepEqual(await asked({ min_locked: 3 }), [`${subject} 2 locked`]);
    assert.deepEqual(await asked({ lock: 'compliance' }), []);
    assert.match((await asked({ lock: 'compliance', min_locked: 2 }))[0] ?? '', /has 1 locked so that nobody can take it off$/);
    assert.match((await asked({ min_locked: 2, locked_for: '7d' }))[0] ?? '', /has 1 locked for 7 ?d(ays)? to come$/);
    locked.splice(0, 4, lock(0, 'compliance-cooloff', later(30)));
    assert.match((await asked({ lock: 'compliance' }))[0] ?? '', /has 0 locked so that nobody/, 'it can still be taken off');
    assert.deepEqual(await asked({ min_locked: 0 }), []);
  });

  it('do not lose what firmness their locks had, without a word in the manifest', async () => {
    const { locked } = three();
    locked.push({ snapshotId: 'snap-a1', lockState: 'compliance', lockExpiresOn: later(30) });
    await using watcher = watch({ volume: VOLUME });
    assert.deepEqual((await look(watcher, 'inspect')).words, ['good']);
    locked.splice(0, 1, { snapshotId: 'snap-a1', lockState: 'governance', lockExpiresOn: later(30) });
    assert.match(breaches(await look(watcher, 'inspect')).join(), /^exposed: /);
  });

  it('that may be restored by an account that the manifest does not name are exposed', async () => {
    const { makers } = three();
    await using watcher = watch({ volume: VOLUME, expect: { shared_with: ['999988887777'], min_locked: 0 } });
    makers.set('snap-a0', [{ userId: '999988887777' }]);
    assert.deepEqual((await look(watcher, 'inspect')).words, ['good']);
    makers.set('snap-a2', [{ userId: '123456789012' }]);
    assert.equal((await look(watcher, 'inspect')).outcomes['protection/shared_with']?.is, 'breach');
  });

  it('need no more rights than what is asked of them', async () => {
    const rights = (entry: object) => {
      const watcher = watch(entry);
      return watcher.resources.map(({ id, target, checks }) => ({ id, kind: KIND, target, checks }));
    };
    const { aws } = await import('../../../probes/aws/index.ts');
    const actions = (entry: object) => aws.needs(rights(entry) as Parameters<typeof aws.needs>[0]).map(({ right }) => right);
    assert.ok(actions({ volume: VOLUME }).includes('ec2:DescribeSnapshotAttribute'));
    assert.deepEqual(actions({ tag: { key: 'a', value: 'b' }, expect: { shared_with: 'anybody', min_locked: 0 } }), [
      'sts:GetCallerIdentity',
      'ec2:DescribeSnapshots',
      'ec2:DescribeRegions',
    ]);
  });
});
