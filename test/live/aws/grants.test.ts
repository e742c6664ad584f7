import assert from 'node:assert/strict';
import { IAM } from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
import { aws } from '../../../probes/aws/index.ts';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import { toWanted } from '../../../src/loop/batch.ts';
import { Secret } from '../../../src/values/secret.ts';
import { startMoto, type Moto } from '../../support/aws/moto.ts';
import { AWS_KEY, AWS_SECRETS, AwsWatcher } from '../../support/aws/watcher.ts';
import type { World } from '../../support/aws/world.ts';
import { worlds } from '../../support/aws/worlds.ts';

/** Of moto's own account, from which the roles of others are assumed. */
const HOME = { region: 'eu-west-1', credentials: { accessKeyId: AWS_KEY.access_key_id, secretAccessKey: AWS_SECRETS[0] } };
/** Where the emulator asks for other rights than AWS does, or shows a denial otherwise, and why. */
interface Gap {
  /** What moto asks for beside. */
  readonly asks?: readonly string[];
  /** Rights without which no look is blind, and why. */
  readonly unseen?: Readonly<Record<string, string>>;
  /** What looks come to for want of a call that it does not have. */
  readonly lacks?: string;
  /** What a denial comes to. */
  readonly denied?: string;
}
const GAPS: Readonly<Record<string, Gap>> = {
  // Of this API and the likes of it: it says a denial in XML, where they speak JSON.
  'aws.backup.vault': { denied: 'blind:protocol' },
  'aws.ebs.snapshots': {
    // It has no DescribeLockedSnapshots.
    lacks: 'blind:unreachable',
    unseen: {
      'ec2:ListSnapshotsInRecycleBin': 'it has no recycle bin',
      'ec2:DescribeLockedSnapshots': 'it has no locks, and so they are not asked for in its world',
    },
  },
  'aws.dynamodb.table': { denied: 'blind:protocol' },
  'aws.efs.filesystem': { denied: 'blind:protocol' },
  'aws.kms.key': { denied: 'blind:protocol' },
  'aws.s3.backups': {
    unseen: {
      'ec2:DescribeRegions': 'asked in an account without any bucket; here the bucket outlives what was in it',
      's3:ListBucketVersions': 'without it what delete markers hide is called absent, and not doomed: no look is blind for it',
      's3:GetLifecycleConfiguration': 'without it only the date is missing until which that can be undone',
    },
  },
  'aws.s3.bucket': {
    asks: ['s3:ListBucket', 's3:GetPublicAccessBlock'],
    unseen: {
      's3:GetBucketObjectLockConfiguration': 'it asks for s3:ListBucket instead',
      's3:GetReplicationConfiguration': 'it asks for s3:ListBucket instead',
      's3:GetEncryptionConfiguration': 'it asks for s3:ListBucket instead',
      's3:GetBucketPublicAccessBlock': 'it asks for s3:GetPublicAccessBlock instead, which AWS has for accounts',
    },
  },
};
/** Of every kind. */
const UNSEEN: Readonly<Record<string, string>> = {
  'sts:GetCallerIdentity': 'AWS and moto grant it to everybody, whatever is denied',
};

interface Key {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
}

/** One account with the watcher's role in it, and somebody who may still change that role's policy once moto asks who may do what. */
interface Granted {
  readonly world: World;
  allow(actions: readonly string[]): Promise<void>;
  /** What looks come to, at both depths where everything is there, as words of the outcomes. */
  look(): Promise<readonly string[]>;
}

/**
 * The rights that `rollcall grants` prints, put to the test: with them every look works, and without any one of them some look is blind and says
 * that it was denied. moto (5.2.5) asks most services about the resource `*`, whatever a call names, so that here each action is allowed on
 * everything; that the resources are the right ones is what `test/probes/aws/grants.test.ts` asks.
 */
describe('the least rights for AWS', function () {
  this.timeout(300_000);
  let moto: Moto;
  let watcher: Key;
  const granted = new Map<string, readonly Granted[]>();
  const enforce = async (from: string): Promise<void> => {
    const headers = { 'content-type': 'text/plain' };
    assert.ok((await fetch(`${moto.url}/moto-api/reset-auth`, { method: 'POST', body: from, headers })).ok);
  };

  before(async () => {
    moto = await startMoto();
    const iam = new IAM({ ...HOME, endpoint: moto.url });
    watcher = await userWith(iam, 'watcher', 'sts:AssumeRole');
    for (const [kind, { emulator }] of worlds) {
      if (!emulator) continue;
      // One account as it is, one from which everything is gone, and one where something is marked for deletion, if that can be.
      const [full, empty, doomed] = [await emulator(moto.url), await emulator(moto.url), await emulator(moto.url)];
      granted.set(kind, [await grantedIn(kind, full, true), await grantedIn(kind, empty), await grantedIn(kind, doomed)]);
      await empty.destroyAll();
      await doomed.can.doom?.(doomed.names[0] ?? '');
    }
    // The role for the external id is in the very account of the user: only there moto reads the trust.
    await iam.createRole({ RoleName: 'rollcall', AssumeRolePolicyDocument: await printedTrust() });
    iam.destroy();
    await enforce('0');
  });
  after(async () => {
    await enforce('inf');
    for (const some of granted.values()) for (const { world } of some) await world[Symbol.asyncDispose]();
    await moto[Symbol.asyncDispose]();
  });

  async function grantedIn(kind: string, world: World, whole = false): Promise<Granted> {
    const { role_arn: role, endpoint } = world.connection as { role_arn: string; endpoint: string };
    const sts = new STS({ ...HOME, endpoint });
    const { Credentials: got } = await sts.assumeRole({ RoleArn: role, RoleSessionName: 'maker' });
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = got ?? {};
    const maker = new IAM({ region: HOME.region, endpoint, credentials: { accessKeyId, secretAccessKey, sessionToken } });
    await maker.createRole({ RoleName: 'rollcall', AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' });
    const admin = await userWith(maker, 'admin', '*');
    const keeper = new IAM({
      region: HOME.region,
      endpoint,
      credentials: { accessKeyId: admin.AccessKeyId, secretAccessKey: admin.SecretAccessKey },
    });
    const entries = world.names.map((name) => ({ id: name, kind, entry: world.entry(name) }));
    return {
      world,
      async allow(actions) {
        const Statement = [{ Effect: 'Allow', Action: [...actions, ...(GAPS[kind]?.asks ?? [])], Resource: '*' }];
        const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
        await keeper.putRolePolicy({ RoleName: 'rollcall', PolicyName: 'look', PolicyDocument });
      },
      async look() {
        const settings = { ...world.connection, access_key_id: watcher.AccessKeyId, secret_access_key: { env: 'KEY' } };
        const env = { KEY: watcher.SecretAccessKey, EXTERNAL: AWS_SECRETS[2] };
        await using looking = new AwsWatcher(settings, entries, createSystemClock(0), env);
        // What is gone is not looked into: the sweep has said that it is.
        const looks = [
          await looking.look('sweep'),
          ...(whole ? [await looking.look('inspect')] : []),
          await looking.look('sweep', 'fresh'),
        ];
        return [...new Set(looks.flatMap((look) => Object.values(look).flatMap(({ words }) => words)))];
      },
    };
  }

  const needed = (kind: string, world: World): string[] => {
    const watching = new AwsWatcher(
      world.connection,
      world.names.map((name) => ({ id: name, kind, entry: world.entry(name) })),
    );
    return [...new Set(aws.needs(watching.resources.map(toWanted)).map(({ right }) => right))];
  };

  for (const [kind, { emulator }] of worlds) {
    if (!emulator) continue;

    it(`${kind}: every look works with what is printed`, async () => {
      for (const account of granted.get(kind) ?? assert.fail()) {
        await account.allow(needed(kind, account.world));
        const words = await account.look();
        const blind = words.filter((word) => word.startsWith('blind') && word !== GAPS[kind]?.lacks);
        assert.ok(words.length > 0 && blind.length === 0, words.join());
      }
    });

    it(`${kind}: without any one of them something is blind, and says that it was denied`, async () => {
      const accounts = granted.get(kind) ?? assert.fail();
      const [first] = accounts;
      const all = first ? needed(kind, first.world) : [];
      assert.ok(all.length > 1);
      const { denied = 'blind:denied', unseen: hidden = {} } = GAPS[kind] ?? {};
      const unseen: string[] = [];
      for (const missing of all) {
        const words: string[] = [];
        for (const account of accounts) {
          await account.allow(all.filter((action) => action !== missing));
          words.push(...(await account.look()));
        }
        if (!words.includes('blind:denied') && !words.includes(denied)) unseen.push(missing);
      }
      assert.deepEqual(
        unseen,
        all.filter((action) => action in UNSEEN || action in hidden),
      );
    });
  }

  it('let nobody in who does not know the external id', async () => {
    const credentials = { accessKeyId: watcher.AccessKeyId, secretAccessKey: watcher.SecretAccessKey };
    const sts = new STS({ region: HOME.region, endpoint: moto.url, credentials });
    const assume = (ExternalId?: string) =>
      sts.assumeRole({
        RoleArn: 'arn:aws:iam::123456789012:role/rollcall',
        RoleSessionName: 'x',
        ...(ExternalId !== undefined && { ExternalId }),
      });
    await assert.rejects(assume('a-guess'), { name: 'AccessDenied' });
    assert.ok((await assume(AWS_SECRETS[2])).Credentials);
    sts.destroy();
  });

  async function printedTrust(): Promise<string> {
    const connection = aws.connection.parse({
      account: '123456789012',
      region: 'eu-west-1',
      endpoint: moto.url,
      role_arn: 'arn:aws:iam::123456789012:role/rollcall',
      external_id: { env: 'EXTERNAL' },
    });
    const made = await aws.grants?.(connection, [], { connection: 'x', secret: async () => new Secret('x') });
    const { document } = made?.documents?.find(({ name }) => name === 'trust') ?? assert.fail('no trust');
    return JSON.stringify(document)
      .replace('${WATCHER_ARN}', 'arn:aws:iam::123456789012:user/watcher')
      .replace('${EXTERNAL_ID}', AWS_SECRETS[2]);
  }
});

async function userWith(iam: IAM, UserName: string, Action: string): Promise<Key> {
  await iam.createUser({ UserName });
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  await iam.putUserPolicy({ UserName, PolicyName: 'own', PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {};
  return { AccessKeyId, SecretAccessKey };
}
