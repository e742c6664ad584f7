import assert from 'node:assert/strict';
import { backupPolicyOf, stubFileSystems, type StubFileSystem } from '../../support/aws/kinds/efs-filesystem.ts';
import type { Scene } from '../../support/aws/scene.ts';
import { Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher, breachesOf } from '../../support/aws/watcher.ts';

const ID = 'fs-0000000000000000a';
const GIB = 1024 ** 3;

describe('file systems of EFS', () => {
  let stub: AwsStub;
  let scene: Scene<StubFileSystem>;

  beforeEach(async () => {
    stub = await startAwsStub();
    scene = stubFileSystems(stub, [ID, 'fs-0000000000000000b']);
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const watch = (expect: object = {}) =>
    new AwsWatcher({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY }, [
      { id: 'data', kind: 'aws.efs.filesystem', entry: { file_system: ID, expect } },
    ]);
  const look = async (watcher: AwsWatcher, depth: 'sweep' | 'inspect' = 'sweep') => {
    const looked = (await watcher.look(depth))['data'];
    const breaches = breachesOf(looked).map(({ kind, path }) => `${kind} ${path}`);
    return breaches.length > 0 ? breaches : looked?.words;
  };

  it('one that is being deleted is doomed, and one in state deleted is gone, be it listed', async () => {
    scene.change(ID, { LifeCycleState: 'deleting' });
    await using watcher = watch();
    const found = (await watcher.look())['data']?.outcomes.presence;
    assert.ok(found?.is === 'lost' && found.how === 'doomed' && found.undo?.includes('cannot be stopped'));
    scene.change(ID, { LifeCycleState: 'deleted' });
    assert.deepEqual(await look(watcher), ['lost:absent']);
  });

  it('one that shrinks, or holds less than it must, is diminished', async () => {
    await using watcher = watch({ max_shrink: '50%' });
    await using floor = watch({ min_size: '50GiB' });
    for (const one of [watcher, floor]) assert.deepEqual(await look(one), ['good']);
    // What only moves to another class is not gone.
    scene.change(ID, { SizeInBytes: { Value: 100 * GIB, ValueInStandard: 1 * GIB, ValueInIA: 99 * GIB, ValueInArchive: 0 } });
    assert.deepEqual(await look(watcher), ['good']);
    scene.change(ID, { SizeInBytes: { Value: 6 * GIB, ValueInStandard: 1 * GIB, ValueInIA: 5 * GIB, ValueInArchive: 0 } });
    for (const _ of ['seen', 'confirmed']) assert.deepEqual(await look(watcher), ['diminished max_shrink']);
    assert.deepEqual(await look(floor), ['diminished min_size']);
  });

  it('one without a mount target is warned of, unless none is asked for', async () => {
    scene.change(ID, { NumberOfMountTargets: 0 });
    await using watcher = watch();
    assert.deepEqual(await look(watcher), ['precursor min_mount_targets']);
    await using lax = watch({ min_mount_targets: 0 });
    assert.deepEqual(await look(lax), ['good']);
  });

  it('a replica cannot be written over by another replication', async () => {
    await using watcher = watch({ overwrite_protection: true });
    scene.change(ID, { FileSystemProtection: { ReplicationOverwriteProtection: 'REPLICATING' } });
    assert.deepEqual(await look(watcher), ['good']);
    scene.change(ID, { FileSystemProtection: { ReplicationOverwriteProtection: 'DISABLED' } });
    assert.deepEqual(await look(watcher), ['exposed overwrite_protection']);
  });

  it('one in state error is diminished, and one that is not encrypted exposed', async () => {
    scene.change(ID, { LifeCycleState: 'error', Encrypted: false });
    await using watcher = watch({ encrypted: true });
    assert.deepEqual((await look(watcher))?.toSorted(), ['diminished state', 'exposed encrypted']);
  });

  it('automatic backups that are switched off, or were never on, are exposed; refused: blind', async () => {
    await using watcher = watch();
    assert.deepEqual(await look(watcher, 'inspect'), ['good']);
    stub.on(backupPolicyOf(ID), { body: { BackupPolicy: { Status: 'DISABLING' } } });
    assert.deepEqual(await look(watcher, 'inspect'), ['exposed backup_policy']);
    stub.on(backupPolicyOf(ID), new Fault('PolicyNotFound', 404));
    await using strict = watch({ backup_policy: true });
    assert.deepEqual(await look(strict, 'inspect'), ['exposed backup_policy']);
    stub.on(backupPolicyOf(ID), new Fault('AccessDeniedException', 403));
    assert.deepEqual(await look(strict, 'inspect'), ['blind:denied']);
  });
});
