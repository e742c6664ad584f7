import assert from 'node:assert/strict';
import type { Scene } from '../../support/aws/scene.ts';
import { keyOf, stubKeys, type StubKey } from '../../support/aws/kinds/kms-key.ts';
import { Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher, breachesOf } from '../../support/aws/watcher.ts';

const KEY = '00000000-0000-4000-8000-00000000000a';
const DAY_S = 86_400;
const now = (): number => Date.now() / 1000;

describe('keys of KMS', () => {
  let stub: AwsStub;
  let scene: Scene<StubKey>;

  beforeEach(async () => {
    stub = await startAwsStub();
    scene = stubKeys(stub, [KEY, '00000000-0000-4000-8000-00000000000b']);
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const watch = (expect: object = {}, identity: object = {}) =>
    new AwsWatcher({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY }, [
      { id: 'key', kind: 'aws.kms.key', entry: { key: KEY, expect, identity } },
    ]);
  const fired = async (watcher: AwsWatcher, depth: 'sweep' | 'inspect' = 'sweep') =>
    breachesOf((await watcher.look(depth))['key']).map(({ kind, path }) => `${kind} ${path}`);

  it('one that waits for its deletion is doomed, with the moment and the command', async () => {
    const DeletionDate = Math.floor(now()) + 7 * DAY_S;
    scene.change(KEY, { KeyState: 'PendingDeletion', Enabled: false, DeletionDate });
    await using watcher = watch();
    const found = (await watcher.look())['key']?.outcomes.presence;
    assert.ok(found?.is === 'lost' && found.how === 'doomed');
    assert.equal(found.undoBefore, DeletionDate * 1000);
    const at = `--key-id ${KEY} --region eu-west-1`;
    assert.equal(found.undo, `aws kms cancel-key-deletion ${at} && aws kms enable-key ${at}`);
  });

  it('a replica that waits for its deletion is doomed too', async () => {
    scene.change(KEY, { KeyState: 'PendingReplicaDeletion', Enabled: false });
    await using watcher = watch();
    const found = (await watcher.look())['key']?.outcomes.presence;
    assert.ok(found?.is === 'lost' && found.how === 'doomed' && found.undoBefore === undefined);
  });

  for (const state of ['Unavailable', 'PendingImport'])
    it(`${state}: nothing can be decrypted`, async () => {
      scene.change(KEY, { KeyState: state, Enabled: false });
      await using watcher = watch();
      assert.deepEqual(await fired(watcher), ['diminished state']);
    });

  it('disabled: exposed where it must not be, and not where it may', async () => {
    scene.change(KEY, { KeyState: 'Disabled', Enabled: false });
    await using strict = watch({ enabled: true });
    assert.deepEqual(await fired(strict), ['exposed enabled']);
    await using lax = watch({ enabled: false });
    assert.deepEqual(await fired(lax), []);
  });

  it('imported material that expires soon is warned of', async () => {
    scene.change(KEY, { Origin: 'EXTERNAL', ValidTo: now() + 5 * DAY_S });
    await using watcher = watch();
    assert.deepEqual(await fired(watcher), ['precursor min_material_left']);
    await using later = watch({ min_material_left: '4d' });
    assert.deepEqual(await fired(later), []);
    await using never = watch({ min_material_left: '0d' });
    assert.deepEqual(await fired(never), []);
  });

  it('rotation that is switched off is exposed; of a key that KMS does not rotate it is off', async () => {
    await using watcher = watch();
    assert.deepEqual(await fired(watcher, 'inspect'), []);
    stub.on('kms:GetKeyRotationStatus', { body: { KeyRotationEnabled: false } });
    assert.deepEqual(await fired(watcher, 'inspect'), ['exposed rotation']);
    stub.on('kms:GetKeyRotationStatus', new Fault('UnsupportedOperationException'));
    await using strict = watch({ rotation: true });
    assert.deepEqual(await fired(strict, 'inspect'), ['exposed rotation']);
  });

  it('listed, and refused or unknown by its id: blind, and not absent', async () => {
    for (const [fault, word] of [
      [new Fault('AccessDeniedException', 400), 'blind:denied'],
      [new Fault('NotFoundException', 400), 'blind:partial-answer'],
    ] as const) {
      stub.on('kms:DescribeKey', fault);
      await using watcher = watch();
      assert.deepEqual((await watcher.look())['key']?.words, [word]);
    }
  });

  it('another than the one pinned is an impostor', async () => {
    await using watcher = watch({}, { created: new Date((keyOf(KEY).CreationDate - 1) * 1000).toISOString() });
    assert.equal((await watcher.look())['key']?.outcomes.identity?.is, 'lost');
  });
});
