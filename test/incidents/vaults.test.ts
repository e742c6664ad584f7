import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../support/folder.ts';
import { pointOf, resourceOf, stubPoints } from '../support/aws/kinds/backup-points.ts';
import { stubVaults, vaultNamed } from '../support/aws/kinds/backup-vault.ts';
import { startAwsStub } from '../support/aws/stub.ts';
import { awsConnection } from '../support/aws/site.ts';
import { about } from '../support/post.ts';
import { replay } from './replay.ts';

/** What goes first: every point has to be deleted before the vault can be. */
const POINTS = 7;

describe('incidents that struck vaults, replayed', function () {
  this.timeout(120_000);

  it('a vault emptied recovery point by recovery point is told of after the first, and again when there is none', async () => {
    await using stub = await startAwsStub();
    const folder = makeFolder();
    const vaults = new Map([
      ['dr', vaultNamed('dr')],
      ['other', vaultNamed('other', 1)],
    ]);
    const points = Array.from({ length: POINTS }, (_, age) => pointOf('orders', age));
    stubVaults(stub, vaults, {});
    stubPoints(stub, () => points, {}, 3);
    const prod = awsConnection(folder, stub.url);
    const resources = [
      { id: 'vault', kind: 'aws.backup.vault', connection: 'prod', vault: 'dr' },
      {
        id: 'orders-points',
        kind: 'aws.backup.recovery_points',
        connection: 'prod',
        vault: 'dr',
        resource: resourceOf('orders'),
        expect: { newest_within: '26h', min_count: POINTS },
      },
    ];
    await using scene = await replay({ resources, config: { connections: { prod } } });
    const { fired, page } = await scene.strike(() => void points.pop());
    assert.deepEqual(fired, ['orders-points: diminished min_count']);
    assert.match(page.summary, /has 6 recovery points to restore from/);
    assert.equal(page.severity, 'critical');
    while (points.length > 1) {
      points.pop();
      await sleep(100);
    }
    // The last one takes its time, and cannot be held any more.
    points.push({ ...pointOf('orders', 0), Status: 'DELETING' });
    points.shift();
    const doomed = await scene.page(about('orders-points', 'doomed'));
    assert.notEqual(doomed.dedup_key, page.dedup_key, 'a graver class has a key of its own');
    points.pop();
    await scene.page(about('orders-points', 'absent'));
    assert.ok(!scene.box.pages.some(about('vault')), 'the vault itself stands, and says so');
    folder.remove();
  });

  it('a lock that is taken away is told of while everything is still there', async () => {
    await using stub = await startAwsStub();
    const folder = makeFolder();
    const vaults = new Map<string, Partial<ReturnType<typeof vaultNamed>>>([
      ['dr', { ...vaultNamed('dr'), LockDate: Date.now() / 1000 + 86_400 }],
    ]);
    stubVaults(stub, vaults, {});
    const prod = awsConnection(folder, stub.url);
    const resources = [{ id: 'vault', kind: 'aws.backup.vault', connection: 'prod', vault: 'dr' }];
    await using scene = await replay({ resources, config: { connections: { prod } } });
    const { LockDate: _, ...unlocked } = vaultNamed('dr');
    const { fired, page } = await scene.strike(() => void vaults.set('dr', { ...unlocked, Locked: false, MinRetentionDays: 0 }));
    assert.deepEqual(fired, ['vault: exposed lock', 'vault: exposed min_retention']);
    assert.equal(page.severity, 'warning', 'nothing is lost yet');
    folder.remove();
  });
});
