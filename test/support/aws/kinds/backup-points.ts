import { callerIs, DENIED, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import { AWS_KEY } from '../watcher.ts';
import type { KindWorlds, World } from '../world.ts';
import { stubVaults, vaultNamed } from './backup-vault.ts';
import type { Mood } from './s3-bucket.ts';

/** What three resources have in one vault. */
const NAMES = ['orders', 'ledger', 'users'];
const DAY_S = 86_400;
const AGES = [0, 1, 2];

/** ARN of the database of that name. */
export const resourceOf = (name: string): string => `arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:db:${name}`;

/** A recovery point as the API gives it in JSON, made so many days ago and kept for 35. */
export const pointOf = (name: string, age: number) => ({
  RecoveryPointArn: `arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:snapshot:awsbackup:${name}-${age}`,
  BackupVaultName: 'dr',
  BackupVaultArn: `arn:aws:backup:eu-west-1:${STUB_ACCOUNT}:backup-vault:dr`,
  ResourceArn: resourceOf(name),
  ResourceType: 'RDS',
  Status: 'COMPLETED',
  CreationDate: Date.now() / 1000 - age * DAY_S - 3600,
  BackupSizeInBytes: 10_000_000,
  CreatedBy: { BackupPlanId: 'plan-1' },
  Lifecycle: { DeleteAfterDays: 35 },
  CalculatedLifecycle: { DeleteAt: Date.now() / 1000 + (35 - age) * DAY_S },
});
export type StubPoint = ReturnType<typeof pointOf>;

/** Scripts what is in the vault `dr`: page 1 has as many as `first`, page 2 the rest. */
export function stubPoints(stub: AwsStub, points: () => readonly Partial<StubPoint>[], mood: Mood, first = 2): void {
  stub.on('backup:GET /backup-vaults/dr/recovery-points', ({ params }) => {
    if (mood.first) return mood.first;
    const { nextToken: token } = params;
    if (token !== undefined && mood.second) return mood.second;
    const list = points();
    const page = token === undefined ? list.slice(0, first) : list.slice(first);
    return { body: { RecoveryPoints: page, ...(token === undefined && list.length > first && { NextToken: 'further' }) } };
  });
}

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const vaults = new Map([
    ['dr', vaultNamed('dr')],
    ['other', vaultNamed('other', 1)],
  ]);
  // One of each, and then the older ones: the first page has some of two and none of the third.
  let points: Partial<StubPoint>[] = AGES.flatMap((age) => NAMES.map((name) => pointOf(name, age)));
  const mood: Mood = {};
  stubVaults(stub, vaults, mood);
  stubPoints(stub, () => points, mood);
  const change = (name: string, more: Partial<StubPoint>): void => {
    points = points.map((point) => (point.ResourceArn === resourceOf(name) ? { ...point, ...more } : point));
  };
  return {
    connection: { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY },
    names: NAMES,
    areSets: true,
    entry: (name, expect) => ({ vault: 'dr', resource: resourceOf(name), ...(expect && { expect }) }),
    destroy: async (name) => void (points = points.filter(({ ResourceArn }) => ResourceArn !== resourceOf(name))),
    destroyAll: async () => void (points = []),
    can: {
      recreate: async () => void vaults.set('dr', { ...vaultNamed('dr'), CreationDate: Date.now() / 1000 }),
      doom: async (name) => change(name, { Status: 'DELETING' }),
      weaken: async (name) => {
        change(name, { Lifecycle: { DeleteAfterDays: 1 } });
        return 'protection/kept';
      },
      deny: async () => void (mood.first = DENIED),
      throttleSecondPage: async () => {
        mood.second = new Fault('ThrottlingException', 400, 'Rate exceeded');
        return NAMES.slice(0, 2);
      },
      elsewhere: async () => {
        stub.on('sts:GetCallerIdentity', callerIs('999988887777'));
        return { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY };
      },
      hang: async (from) => {
        if (from === 'first page') mood.first = 'hang';
        else mood.second = 'hang';
      },
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

export const backupPoints: KindWorlds = { stub: onStub };
