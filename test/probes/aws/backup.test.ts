import assert from 'node:assert/strict';
import { aws } from '../../../probes/aws/index.ts';
import { pointOf, resourceOf, stubPoints, type StubPoint } from '../../support/aws/kinds/backup-points.ts';
import { stubVaults, vaultNamed, type StubVault } from '../../support/aws/kinds/backup-vault.ts';
import type { Mood } from '../../support/aws/kinds/s3-bucket.ts';
import { DENIED, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub, type StubAnswer } from '../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher, breachesOf } from '../../support/aws/watcher.ts';

const DAY_S = 86_400;
const now = (): number => Date.now() / 1000;

describe('AWS Backup', () => {
  let stub: AwsStub;
  let mood: Mood;
  let vaults: Map<string, Partial<StubVault>>;
  let points: Partial<StubPoint>[];

  beforeEach(async () => {
    stub = await startAwsStub();
    mood = {};
    vaults = new Map([
      ['dr', vaultNamed('dr')],
      ['other', vaultNamed('other', 1)],
    ]);
    points = [0, 1, 2].map((age) => pointOf('orders', age));
    stubVaults(stub, vaults, mood);
    stubPoints(stub, () => points, mood, 2);
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const watch = (kind: 'vault' | 'recovery_points', expect: object = {}, more: object = {}) =>
    new AwsWatcher({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY }, [
      { id: 'dr', kind: `aws.backup.${kind}`, entry: { vault: 'dr', expect, ...more } },
    ]);
  /** The breaches of a look, or its words where there is none; and what its evidence says. */
  const look = async (watcher: AwsWatcher, depth: 'sweep' | 'inspect' = 'sweep') => {
    const looked = (await watcher.look(depth))['dr'];
    const { words = [], reports = [] } = looked ?? {};
    const breaches = breachesOf(looked);
    const said = reports.map((one) => (one.kind === 'unseen' ? (one.direct?.excerpt ?? '') : one.evidence.excerpt)).join('; ');
    return { fired: breaches.length > 0 ? breaches.map(({ kind, path }) => `${kind} ${path}`) : [...words], said, breaches };
  };

  describe('a vault', () => {
    const LOCKS: readonly (readonly [string, Partial<StubVault>, RegExp, boolean])[] = [
      ['locked for good', { Locked: true, LockDate: now() - DAY_S }, /locked for good since/, true],
      ['air-gapped', { VaultType: 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT', Locked: false }, /air-gapped/, true],
      ['in its cooling-off', { Locked: true, LockDate: now() + 2 * DAY_S }, /may be lifted until .* \(cooling-off\)/, false],
      ['locked without a date', { Locked: true }, /may be lifted at any time/, false],
      ['not locked', { Locked: false }, /not locked/, false],
    ];
    for (const [what, more, words, final] of LOCKS)
      it(`${what} is ${final ? '' : 'not '}locked as the manifest wants it: final`, async () => {
        const { LockDate: _, Locked: __, ...bare } = vaultNamed('dr');
        vaults.set('dr', { ...bare, ...more });
        await using watcher = watch('vault', { lock: 'final', min_retention: '0d' });
        const { fired, said } = await look(watcher);
        assert.deepEqual(fired, final ? ['good'] : ['exposed lock']);
        assert.match(said, words);
      });

    it('whose lock comes to hold is better than before, and one that falls back is exposed', async () => {
      const cooling = { ...vaultNamed('dr'), LockDate: now() + DAY_S };
      vaults.set('dr', cooling);
      await using watcher = watch('vault');
      assert.deepEqual((await look(watcher)).fired, ['good']);
      vaults.set('dr', vaultNamed('dr'));
      assert.deepEqual((await look(watcher)).fired, ['good']);
      vaults.set('dr', cooling);
      assert.deepEqual((await look(watcher)).fired, ['exposed lock']);
    });

    it('that keeps what is in it for less long is exposed', async () => {
      await using watcher = watch('vault');
      await look(watcher);
      vaults.set('dr', { ...vaultNamed('dr'), MinRetentionDays: 29 });
      assert.deepEqual((await look(watcher)).fired, ['exposed min_retention']);
    });

    it('that failed is diminished', async () => {
      vaults.set('dr', { ...vaultNamed('dr'), VaultState: 'FAILED' });
      await using watcher = watch('vault');
      assert.deepEqual((await look(watcher)).fired, ['diminished state']);
    });

    it('is counted one by one: the number in the list is an approximation, which only makes the count due', async () => {
      await using watcher = watch('vault', { min_points: 3 });
      assert.deepEqual((await look(watcher, 'inspect')).fired, ['good']);
      await look(watcher);
      vaults.set('dr', { ...vaultNamed('dr'), NumberOfRecoveryPoints: 1 });
      const swept = (await watcher.look())['dr']?.outcomes['precursor/points'];
      assert.ok(swept?.is === 'good' && swept.suspicion !== undefined, 'it is looked into at once, and nobody is paged for it');
      points.pop();
      points.push({ ...pointOf('orders', 2), Status: 'DELETING' });
      const { fired, said } = await look(watcher, 'inspect');
      assert.deepEqual(fired, ['diminished min_points']);
      assert.match(said, /2 recovery points to restore from, 1 others/);
    });

    it('that is gone is absent though AWS says AccessDenied of it, where a whole list shows others', async () => {
      await using watcher = watch('vault');
      await look(watcher);
      vaults.delete('dr');
      stub.on('backup:GET /backup-vaults/dr', new Fault('AccessDeniedException', 403));
      assert.deepEqual((await look(watcher)).fired, ['lost:absent']);
    });

    it('that was the only one is blind where AWS says no more than AccessDenied of it', async () => {
      await using watcher = watch('vault');
      await look(watcher);
      vaults.clear();
      stub.on('backup:GET /backup-vaults/dr', new Fault('AccessDeniedException', 403));
      assert.deepEqual((await look(watcher)).fired, ['blind:denied']);
    });

    it('whose list shows another account is no vault of ours', async () => {
      vaults.set('dr', { ...vaultNamed('dr'), BackupVaultArn: 'arn:aws:backup:eu-west-1:999988887777:backup-vault:dr' });
      await using watcher = watch('vault');
      assert.deepEqual((await look(watcher)).fired, ['blind:wrong-caller']);
    });

    it('has the policy that the manifest states, or is exposed', async () => {
      const policy = (answer: StubAnswer): void => stub.on('backup:GET /backup-vaults/dr/access-policy', answer);
      policy(new Fault('ResourceNotFoundException', 404));
      await using watcher = watch('vault', { policy: 'none' });
      assert.deepEqual((await look(watcher, 'inspect')).fired, ['good']);
      policy({ body: { BackupVaultName: 'dr', Policy: '{"Statement":[{"Effect":"Allow","Action":"backup:*"}]}' } });
      assert.deepEqual((await look(watcher, 'inspect')).fired, ['exposed policy']);
      policy(new Fault('AccessDeniedException', 403));
      assert.deepEqual((await look(watcher, 'inspect')).fired, ['blind:denied']);
    });
  });

  describe('a set of recovery points', () => {
    const SWEPT: readonly (readonly [string, object, () => void, readonly string[]])[] = [
      ['too old', { newest_within: '26h' }, () => points.splice(0, 2), ['stale newest_within']],
      ['too few', { min_count: 3 }, () => points.pop(), ['diminished min_count']],
      ['fewer than ever seen', { max_shrink: '30%' }, () => points.pop(), ['diminished max_shrink']],
      ['too small', { min_size: '1MiB' }, () => (points[0] = { ...points[0], BackupSizeInBytes: 1 }), ['diminished min_size']],
      ['thinned out from behind', { min_reach: '2d' }, () => points.pop(), ['diminished min_reach']],
      [
        'given a day to live, each of them',
        { min_left: '7d', min_kept: '0d' },
        () => (points = points.map((point) => ({ ...point, CalculatedLifecycle: { DeleteAt: now() + DAY_S } }))),
        ['precursor min_left'],
      ],
      [
        'one of which is kept for less long than before',
        {},
        () => (points[2] = { ...points[2], Lifecycle: { DeleteAfterDays: 1 } }),
        ['exposed min_kept'],
      ],
    ];
    for (const [what, expect, harm, breaches] of SWEPT)
      it(`${what}: a breach`, async () => {
        await using watcher = watch('recovery_points', expect);
        assert.deepEqual((await look(watcher)).fired, ['good']);
        harm();
        assert.deepEqual((await look(watcher)).fired, breaches);
      });

    it('of one resource counts its own, and those only that can be restored', async () => {
      points = [...points, pointOf('ledger', 0), { ...pointOf('orders', 3), Status: 'PARTIAL' }];
      await using watcher = watch('recovery_points', { min_count: 4 }, { resource: resourceOf('orders') });
      const { fired, said } = await look(watcher);
      assert.deepEqual(fired, ['diminished min_count']);
      assert.match(
        said,
        /3 recovery points of .*:db:orders, newest .* old, made by plan plan-1, the last is deleted at .*, 1 others: 1 PARTIAL/,
      );
    });

    it('all of which is being deleted is doomed, and it says that nothing stops that', async () => {
      await using watcher = watch('recovery_points');
      await look(watcher);
      points = points.map((point) => ({ ...point, Status: 'DELETING' }));
      const presence = (await watcher.look())['dr']?.outcomes.presence;
      assert.ok(presence?.is === 'lost' && presence.how === 'doomed');
      assert.match(presence.undo ?? '', /cannot be stopped/);
    });

    it('of which all has expired is doomed, and it says that it may still be restored', async () => {
      points = points.map((point) => ({ ...point, Status: 'EXPIRED' }));
      await using watcher = watch('recovery_points');
      const presence = (await watcher.look())['dr']?.outcomes.presence;
      assert.match(presence?.is === 'lost' ? (presence.undo ?? '') : '', /aws backup start-restore-job --recovery-point-arn arn:/);
    });

    it('whose vault is gone is absent though AWS says AccessDenied of it, where a whole list shows others', async () => {
      await using watcher = watch('recovery_points');
      await look(watcher);
      vaults.delete('dr');
      stub.on('backup:GET /backup-vaults/dr/recovery-points', new Fault('AccessDeniedException', 403));
      assert.deepEqual((await look(watcher)).fired, ['lost:absent']);
    });

    it('that may not be listed is blind, the vault being there', async () => {
      stub.on('backup:GET /backup-vaults/dr/recovery-points', DENIED);
      await using watcher = watch('recovery_points');
      assert.deepEqual((await look(watcher)).fired, ['blind:denied']);
    });

    it('of a vault that was the only one, and answers with AccessDenied, is blind', async () => {
      await using watcher = watch('recovery_points');
      await look(watcher);
      vaults.clear();
      stub.on('backup:GET /backup-vaults/dr/recovery-points', new Fault('AccessDeniedException', 403));
      assert.deepEqual((await look(watcher)).fired, ['blind:denied']);
    });

    describe('with a plan', () => {
      let plan: object;
      let selections: object[];
      beforeEach(() => {
        plan = { BackupPlanName: 'nightly', Rules: [{ RuleName: 'r', TargetBackupVaultName: 'dr' }] };
        selections = [{ SelectionId: 's' }];
        stub.on('backup:GET /backup/plans', ({ params }) => {
          const last = params['nextToken'] !== undefined;
          return { body: { BackupPlansList: [{ BackupPlanId: last ? 'plan-1' : 'plan-0' }], ...(!last && { NextToken: 'further' }) } };
        });
        stub.on('backup:GET /backup/plans/plan-1', () => ({ body: { BackupPlanId: 'plan-1', BackupPlan: plan } }));
        stub.on('backup:GET /backup/plans/plan-1/selections', () => ({ body: { BackupSelectionsList: selections } }));
      });
      const fired = async (id = 'plan-1') => {
        await using watcher = watch('recovery_points', { plan: id });
        return await look(watcher, 'inspect');
      };

      it('that makes them is good, on whichever page it is listed', async () => assert.deepEqual((await fired()).fired, ['good']));
      it('that is gone is exposed', async () => {
        const { fired: breaches, said } = await fired('plan-9');
        assert.deepEqual(breaches, ['exposed plan']);
        assert.match(said, /plan-9 is in no page of the list/);
      });
      it('that writes elsewhere, or copies here', async () => {
        plan = { BackupPlanName: 'nightly', Rules: [{ RuleName: 'r', TargetBackupVaultName: 'other' }] };
        assert.match((await fired()).said, /none of the 1 rules of plan plan-1 writes to dr/);
        const arn = `arn:aws:backup:eu-west-1:${STUB_ACCOUNT}:backup-vault:dr`;
        plan = {
          BackupPlanName: 'n',
          Rules: [{ RuleName: 'r', TargetBackupVaultName: 'other', CopyActions: [{ DestinationBackupVaultArn: arn }] }],
        };
        assert.deepEqual((await fired()).fired, ['good']);
      });
      it('that selects nothing is exposed', async () => {
        selections = [];
        assert.deepEqual((await fired()).fired, ['exposed plan']);
      });
      it('that may not be asked for is blind', async () => {
        stub.on('backup:GET /backup/plans', DENIED);
        assert.deepEqual((await fired()).fired, ['blind:denied']);
      });
    });

    it('asks for no more rights than it takes', async () => {
      const rights = (watcher: AwsWatcher): string[] =>
        aws.needs(watcher.resources.map(({ id, kind, target, checks }) => ({ id, kind, target, checks }))).map(({ right }) => right);
      await using bare = watch('recovery_points');
      assert.deepEqual(rights(bare), [
        'sts:GetCallerIdentity',
        'backup:ListRecoveryPointsByBackupVault',
        'backup:ListBackupVaults',
        'ec2:DescribeRegions',
      ]);
      await using planned = watch('recovery_points', { plan: 'plan-1' });
      assert.ok(rights(planned).includes('backup:ListBackupSelections'));
    });
  });
});
