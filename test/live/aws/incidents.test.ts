import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EC2 } from '@aws-sdk/client-ec2';
import { S3 } from '@aws-sdk/client-s3';
import { replay } from '../../incidents/replay.ts';
import { makeFolder } from '../../support/folder.ts';
import { freshName } from '../../support/aws/kinds/s3-bucket.ts';
import { motoAccount } from '../../support/aws/moto-account.ts';
import { startMoto } from '../../support/aws/moto.ts';
import { SEAWEED_SECRET, startSeaweed } from '../../support/aws/seaweed.ts';
import { AWS_SECRETS } from '../../support/aws/watcher.ts';
import { about } from '../../support/post.ts';

const DAYS = [1, 2, 3, 4, 5, 6, 7];

describe('incidents that struck an AWS account, replayed', function () {
  this.timeout(300_000);

  it('Codefinger 2025: the rule that deletes in seven days is told of first; what is encrypted in place has its count and sizes, and does not pass', async () => {
    await using store = await startSeaweed(['vault']);
    const { admin } = store;
    const folder = makeFolder();
    const file = join(folder.path, 'store.secret');
    writeFileSync(file, SEAWEED_SECRET, { mode: 0o600 });
    await admin.createBucket({ Bucket: 'vault' });
    await admin.putBucketVersioning({ Bucket: 'vault', VersioningConfiguration: { Status: 'Enabled' } });
    const names = ['canary.txt', ...DAYS.map((day) => `${day}.dump`)].map((name) => `nightly/${name}`);
    const bodyOf = (name: string): string => `what is in ${name}`;
    for (const Key of names) await admin.putObject({ Bucket: 'vault', Key, Body: bodyOf(Key) });
    const canaries = { 'nightly/canary.txt': { readable: true } };
    const resources = [
      {
        id: 'vault',
        kind: 'aws.s3.bucket',
        connection: 'store',
        bucket: 'vault',
        expect: { encryption: 'any', sse_c_blocked: false, public_access_block: false },
      },
      {
        id: 'dumps',
        kind: 'aws.s3.backups',
        connection: 'store',
        bucket: 'vault',
        path: 'nightly/*.dump',
        expect: { min_count: DAYS.length, max_shrink: '1%', canaries },
      },
    ];
    const connections = { store: { probe: 'aws', ...store.connection, secret_access_key: { file } } };
    await using scene = await replay({ resources, config: { connections } });
    const { fired, page } = await scene.strike(() =>
      admin.putBucketLifecycleConfiguration({
        Bucket: 'vault',
        LifecycleConfiguration: { Rules: [{ ID: 'ransom', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 7 } }] },
      }),
    );
    assert.deepEqual(fired, ['vault: exposed min_expiration']);
    assert.equal(page.severity, 'warning', 'nothing is lost yet');
    const key = Buffer.alloc(32, 7);
    for (const Key of names)
      await admin.putObject({
        Bucket: 'vault',
        Key,
        Body: bodyOf(Key),
        SSECustomerAlgorithm: 'AES256',
        SSECustomerKey: key.toString('base64'),
        SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
      });
    const coded = await scene.page(about('dumps', 'degraded'));
    const breaches = coded.resources.find(({ id }) => id === 'dumps')?.breaches ?? [];
    assert.deepEqual(
      breaches.map(({ kind, path }) => `${kind} ${path}`),
      ['diminished canaries'],
      'the count and the sizes are what they were',
    );
    assert.match(breaches[0]?.what ?? '', /encrypted with a key that only somebody else has/);
    assert.equal(coded.severity, 'critical');
    folder.remove();
  });

  it('Code Spaces 2014: volumes, buckets and the backups in them go from one account, and each is told of', async () => {
    await using moto = await startMoto();
    const account = await motoAccount(moto.url);
    const folder = makeFolder();
    const file = (name: string, secret: string): { readonly file: string } => {
      writeFileSync(join(folder.path, name), secret, { mode: 0o600 });
      return { file: join(folder.path, name) };
    };
    const prod = {
      probe: 'aws',
      // On the emulator nobody is too weak to delete.
      accept: ['delete'],
      ...account.connection,
      secret_access_key: file('key', AWS_SECRETS[0]),
      external_id: file('external', AWS_SECRETS[2]),
    };
    const ec2 = new EC2(account.client);
    const s3 = new S3(account.client);
    const volumes: string[] = [];
    for (let count = 0; count < 2; count++) {
      const { VolumeId = '' } = await ec2.createVolume({ AvailabilityZone: 'eu-west-1a', Size: 10 });
      volumes.push(VolumeId);
    }
    const [onsite, offsite] = [freshName('onsite'), freshName('offsite')];
    for (const Bucket of [onsite, offsite]) {
      await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
      for (const day of DAYS) await s3.putObject({ Bucket, Key: `svn/${day}.dump`, Body: 'a repository' });
    }
    const set = (id: string, bucket: string) => ({
      id,
      kind: 'aws.s3.backups',
      connection: 'prod',
      bucket,
      path: 'svn/*.dump',
      expect: { newest_within: '26h', min_count: DAYS.length },
    });
    const resources = [
      ...volumes.map((volume, at) => ({
        id: `disk-${at}`,
        kind: 'aws.ebs.volume',
        connection: 'prod',
        volume,
        protected_by: ['onsite', 'offsite'],
      })),
      set('onsite', onsite),
      set('offsite', offsite),
      { id: 'offsite-bucket', kind: 'aws.s3.bucket', connection: 'prod', bucket: offsite },
    ];
    const defaults = { sweep: '1s', inspect: '2s', blind_after: '2m' };
    await using scene = await replay({ resources, config: { connections: { prod }, defaults } });
    const emptied = async (Bucket: string): Promise<void> => {
      for (const day of DAYS) await s3.deleteObject({ Bucket, Key: `svn/${day}.dump` });
    };
    const { fired } = await scene.strike(() => emptied(onsite));
    assert.match(fired[0] ?? '', /^onsite: (absent|diminished min_count)$/);
    await emptied(offsite);
    await s3.deleteBucket({ Bucket: offsite });
    for (const VolumeId of volumes) await ec2.deleteVolume({ VolumeId });
    for (const id of ['onsite', 'offsite', 'offsite-bucket', 'disk-0', 'disk-1']) await scene.page(about(id, 'absent'));
    const disk = scene.box.pages.find(about('disk-0', 'absent'))?.resources.find(({ id }) => id === 'disk-0');
    assert.deepEqual(disk?.protected_by, ['onsite', 'offsite']);
    ec2.destroy();
    s3.destroy();
    folder.remove();
  });
});
