import assert from 'node:assert/strict';
import { Backup } from '@aws-sdk/client-backup';
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { RDS } from '@aws-sdk/client-rds';
import { S3 } from '@aws-sdk/client-s3';
import { aws } from '../../../probes/aws/index.ts';
import { createS3Anchor } from '../../../src/adapters/anchor-s3.ts';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import { sightOf } from '../../../src/core/coverage.ts';
import { toWanted } from '../../../src/loop/batch.ts';
import type { AuditReport, Discovery, DiscoveryDepth, Found, Unexplored } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { freshName } from '../../support/aws/kinds/s3-bucket.ts';
import { motoAccount, type MotoAccount } from '../../support/aws/moto-account.ts';
import { startMoto, type Moto } from '../../support/aws/moto.ts';
import { AWS_KEY, AWS_SECRETS, AwsWatcher } from '../../support/aws/watcher.ts';

/** Where moto (5.2.5) says a denial in XML although the API speaks JSON: the SDK cannot read it, so that these are always let in here. */
const JSON_LISTINGS = [
  'backup:ListBackupVaults',
  'dynamodb:ListTables',
  'elasticfilesystem:DescribeFileSystems',
  'kms:ListKeys',
  'kms:ListAliases',
];
/** Calls that moto asks for other rights, or does not know. */
const UNSEEN: ReadonlySet<string> = new Set(JSON_LISTINGS);
/** moto has no such call: with the right to it, it answers what nobody can read. */
const LACKS = 'rds:DescribeDBClusterAutomatedBackups';
const DAYS = [1, 2, 3, 4];
const NAMES = DAYS.map((day) => `db/orders-2026-11-0${day}.dump`);

/** One account, with the watcher's role in it that may do as is said, once moto asks who may do what. */
describe('coverage and audits, where IAM is enforced', function () {
  this.timeout(180_000);
  let moto: Moto;
  let account: MotoAccount;
  let keeper: IAM;
  let adminKey: { readonly accessKeyId: string; readonly secretAccessKey: string };
  let watcherKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string };
  let bucket: string;
  let key: string;

  const enforce = async (from: string): Promise<void> => {
    const headers = { 'content-type': 'text/plain' };
    assert.ok((await fetch(`${moto.url}/moto-api/reset-auth`, { method: 'POST', body: from, headers })).ok);
  };

  before(async () => {
    moto = await startMoto();
    account = await motoAccount(moto.url);
    const { client } = account;
    const home = {
      region: client.region,
      endpoint: moto.url,
      credentials: { accessKeyId: AWS_KEY.access_key_id, secretAccessKey: AWS_SECRETS[0] },
    };
    watcherKey = await userWith(new IAM(home), 'watcher', 'sts:AssumeRole');
    const maker = new IAM(client);
    for (const RoleName of ['rollcall', 'bot'])
      await maker.createRole({ RoleName, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' });
    const admin = await userWith(maker, 'admin', '*');
    adminKey = { accessKeyId: admin.AccessKeyId, secretAccessKey: admin.SecretAccessKey };
    keeper = new IAM({ ...client, credentials: adminKey });
    const rds = new RDS(client);
    for (const DBInstanceIdentifier of ['orders', 'users'])
      await rds.createDBInstance({
        DBInstanceIdentifier,
        DBInstanceClass: 'db.t3.micro',
        Engine: 'postgres',
        MasterUsername: 'root',
        MasterUserPassword: 'not-a-secret',
        AllocatedStorage: 10,
      });
    await new EC2(client).createVolume({ AvailabilityZone: 'eu-west-1a', Size: 10 });
    await new Backup(client).createBackupVault({ BackupVaultName: 'dr' });
    const kms = new KMS(client);
    key = (await kms.createKey({})).KeyMetadata?.KeyId ?? '';
    // As a service does when it first needs one.
    await kms.describeKey({ KeyId: 'alias/aws/rds' });
    bucket = freshName('vault');
    const s3 = new S3({ ...client, forcePathStyle: true });
    await s3.createBucket({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
    for (const Key of NAMES) await s3.putObject({ Bucket: bucket, Key, Body: 'a database' });
    const Statement = [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${String(account.connection['account'])}:role/bot` },
        Action: 's3:DeleteObject',
        Resource: `arn:aws:s3:::${bucket}/*`,
      },
    ];
    await s3.putBucketPolicy({ Bucket: bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
    await enforce('0');
  });
  after(async () => {
    await enforce('inf');
    await moto[Symbol.asyncDispose]();
  });

  const allow = async (actions: readonly string[]): Promise<void> => {
    const Statement = [{ Effect: 'Allow', Action: [...actions], Resource: '*' }];
    await keeper.putRolePolicy({
      RoleName: 'rollcall',
      PolicyName: 'look',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
  };
  const watching = (): AwsWatcher => {
    const settings = { ...account.connection, path_style: true, access_key_id: watcherKey.AccessKeyId, secret_access_key: { env: 'KEY' } };
    const entries = [
      { id: 'orders', kind: 'aws.rds.instance', entry: { name: 'orders' } },
      { id: 'dumps', kind: 'aws.s3.backups', entry: { bucket, path: 'db/orders-*.dump' } },
      { id: 'key', kind: 'aws.kms.key', entry: { key } },
    ];
    return new AwsWatcher(settings, entries, createSystemClock(0), { KEY: watcherKey.SecretAccessKey, EXTERNAL: AWS_SECRETS[2] });
  };
  async function discovered(depth: DiscoveryDepth): Promise<{ found: Found[]; closed: Unexplored[]; beyond: string[]; hidden: string[] }> {
    await using watcher = watching();
    const all: Discovery[] = await Array.fromAsync(
      watcher.link.discover?.(watcher.resources.map(toWanted), depth, new AbortController().signal) ?? [],
    );
    const closed = all
      .filter((one) => one.kind === 'unexplored')
      .filter(({ on, reason }) => !on.startsWith(`${LACKS} `) || reason === 'denied');
    const listed = all.flatMap((one) => (one.kind === 'listed' ? [one.on] : []));
    const { hidden, beyond } = sightOf({ connection: 'x', listed, unexplored: closed }, []);
    return {
      found: all.filter((one) => one.kind === 'found'),
      closed,
      beyond: beyond.map(({ on }) => on),
      hidden: hidden.map(({ on, say }) => `${on}: ${say}`),
    };
  }
  const needed = (): string[] => aws.needs(watching().resources.map(toWanted)).map(({ right }) => right);
  const rightsOf = (depth: DiscoveryDepth): string[] => {
    const connection = aws.connection.parse({ account: account.connection['account'], region: 'eu-west-1' });
    return (aws.discovers?.(connection, depth) ?? []).map(({ right }) => right);
  };
  const names = (found: readonly Found[], kind: string): string[] => found.flatMap(({ of, label }) => (of === kind ? [label] : []));

  it('speaks, by the least rights, of what the roll needs to be listed, and hides nothing', async () => {
    await allow([...needed(), ...JSON_LISTINGS]);
    const { found, beyond, hidden } = await discovered('names');
    assert.deepEqual(hidden, []);
    assert.deepEqual(names(found, 'aws.rds.instance'), ['orders', 'users']);
    assert.ok(beyond.includes('ec2:DescribeVolumes in eu-west-1') && beyond.includes('rds:DescribeDBClusters in eu-west-1'));
    assert.ok(!beyond.some((on) => on.startsWith('rds:DescribeDBInstances ')));
    assert.deepEqual(names(found, 'aws.ebs.volume'), []);
  });

  it("speaks of all with what grants --coverage adds, leaves out the keys of AWS's own services, and of nothing less without one of them", async () => {
    const rights = rightsOf('names');
    await allow([...needed(), ...rights]);
    const { found, beyond, hidden } = await discovered('names');
    assert.deepEqual([beyond, hidden], [[], []]);
    assert.equal(names(found, 'aws.ebs.volume').length, 1);
    assert.deepEqual(names(found, 'aws.kms.key'), [key]);
    assert.ok(names(found, 'aws.backup.vault').includes('dr'));
    const own = new Set(needed());
    for (const missing of rights.filter((right) => !own.has(right) && !UNSEEN.has(right))) {
      await allow([...needed(), ...rights].filter((right) => right !== missing));
      assert.notDeepEqual((await discovered('names')).beyond, [], missing);
    }
  });

  it('proposes what is in a bucket with what grants --discover adds', async () => {
    await allow([...needed(), ...rightsOf('proposals')]);
    const { found, closed } = await discovered('proposals');
    assert.deepEqual(closed, []);
    assert.deepEqual(names(found, 'aws.s3.backups'), [`s3://${bucket}/db/orders-*.dump`]);
    assert.deepEqual(names(found, 'aws.kms.key'), [key]);
  });

  it('finds, without deleting anything, that the credential of an anchor can delete what it put, and nothing where it can only put', async () => {
    const { client } = account;
    const s3 = new S3({ ...client, credentials: adminKey, forcePathStyle: true });
    const heads = freshName('heads');
    await s3.createBucket({ Bucket: heads, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
    await s3.putBucketVersioning({ Bucket: heads, VersioningConfiguration: { Status: 'Enabled' } });
    const writer = await userWith(keeper, 'writer', 's3:PutObject');
    const anchor = createS3Anchor({
      bucket: heads,
      region: client.region,
      endpoint: moto.url,
      pathStyle: true,
      key: { id: writer.AccessKeyId, secret: new Secret(writer.SecretAccessKey) },
      timeout: 20_000,
    });
    const never = new AbortController().signal;
    assert.equal(await anchor.put('vault/heads/1.txt', 'a head\n', Date.now(), never), null);
    assert.deepEqual(await anchor.audit('vault/', never), []);
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Delete*', Resource: '*' }] });
    await keeper.putUserPolicy({ UserName: 'writer', PolicyName: 'oops', PolicyDocument });
    assert.deepEqual(
      (await anchor.audit('vault/', never)).map((one) => one.kind === 'strong' && one.right),
      ['delete'],
    );
    const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket: heads });
    assert.deepEqual([Versions.map(({ Key }) => Key), DeleteMarkers], [['vault/heads/1.txt'], []]);
    s3.destroy();
  });

  it('reads what the bucket and the key let in with the rights of the audit, and cannot prove it without', async () => {
    const connection = aws.connection.parse({ account: account.connection['account'], region: 'eu-west-1' });
    const context = { connection: 'x', secret: async () => new Secret('x'), agents: [] };
    await using watcher = watching();
    const wanted = watcher.resources.map(toWanted);
    const made = await aws.grants?.(connection, wanted, context);
    const reads = (made?.documents ?? [])
      .filter(({ name }) => name.startsWith('audit'))
      .flatMap(({ document }) =>
        (document as { Statement: readonly { Action: readonly string[] }[] }).Statement.flatMap(({ Action }) => Action),
      );
    assert.ok(reads.includes('s3:GetBucketPolicy') && reads.includes('kms:GetKeyPolicy'));
    const bot = { name: 'bot', is: { role_arn: `arn:aws:iam::${String(account.connection['account'])}:role/bot` } };
    const audited = async (): Promise<AuditReport[]> => {
      await using auditor = watching();
      return await Array.fromAsync(auditor.link.audit?.(wanted, [bot], new AbortController().signal) ?? []);
    };
    const unread = (reports: readonly AuditReport[]) =>
      reports.flatMap((one) => (one.kind === 'unaudited' && one.on.startsWith('the policies of') ? [one.on] : []));
    await allow([...needed(), ...reads, 'iam:ListRoles']);
    const reports = await audited();
    assert.deepEqual(unread(reports), []);
    assert.deepEqual(
      reports.flatMap((one) => (one.kind === 'reach' ? [`${one.ids.join()}: ${one.what}`] : [])),
      [`dumps: may s3:DeleteObject, by the policy of bucket ${bucket} itself`],
    );
    await allow([...needed(), ...reads, 'iam:ListRoles'].filter((right) => right !== 's3:GetBucketPolicy'));
    assert.deepEqual(unread(await audited()), [`the policies of bucket ${bucket}`]);
  });
});

async function userWith(iam: IAM, UserName: string, Action: string): Promise<{ AccessKeyId: string; SecretAccessKey: string }> {
  await iam.createUser({ UserName });
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  await iam.putUserPolicy({ UserName, PolicyName: 'own', PolicyDocument });
  const { AccessKey: { AccessKeyId = '', SecretAccessKey = '' } = {} } = await iam.createAccessKey({ UserName });
  return { AccessKeyId, SecretAccessKey };
}
