import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { S3 } from '@aws-sdk/client-s3';
import { DatabaseSync } from 'node:sqlite';
import { startMoto, type Moto } from '../support/aws/moto.ts';
import { runCli, startCli } from '../support/cli.ts';
import { startPostBox } from '../support/post.ts';
import { Site, volume } from '../support/site.ts';

const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

/** A bucket with object lock, and what its owner finds there after the watcher's disk was written anew. */
describe('heads in an object-locked bucket', function () {
  this.timeout(300_000);
  let moto: Moto;
  let bucket: S3;
  before(async () => {
    moto = await startMoto();
    bucket = new S3({ region: 'eu-west-1', endpoint: moto.url, forcePathStyle: true, credentials: KEY });
    await bucket.createBucket({
      Bucket: 'anchors',
      ObjectLockEnabledForBucket: true,
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    });
  });
  after(async () => {
    bucket.destroy();
    await moto[Symbol.asyncDispose]();
  });

  it('are put there locked, and show what was cut off the record afterwards', async () => {
    await using box = await startPostBox();
    using site = new Site({ pageUrl: box.url, resources: [volume('tmp', '/tmp')] });
    site.write('anchor.key', KEY.secretAccessKey, 0o600);
    const anchor = {
      bucket: 'anchors',
      region: 'eu-west-1',
      endpoint: moto.url,
      path_style: true,
      access_key_id: KEY.accessKeyId,
      secret_access_key: { file: './anchor.key' },
      lock: { for: '30d' },
    };
    site.rewrite({ config: { ledger: { anchor } } });
    {
      await using daemon = startCli(['watch'], { cwd: site.path });
      await daemon.says('"watching"', 120_000);
      while (((await bucket.listObjectVersions({ Bucket: 'anchors' })).Versions ?? []).length === 0) await wait(200);
      daemon.signal('SIGTERM');
      assert.equal(await daemon.ended, 0);
      assert.ok(!daemon.stderr.includes(KEY.secretAccessKey));
    }
    const [version] = (await bucket.listObjectVersions({ Bucket: 'anchors' })).Versions ?? [];
    const { Key = '', VersionId } = version ?? {};
    assert.match(Key, /^tester\/heads\/\d{12}-[0-9a-f]{16}\.txt$/);
    const { ObjectLockMode, ObjectLockRetainUntilDate } = await bucket.headObject({ Bucket: 'anchors', Key, VersionId });
    assert.equal(ObjectLockMode, 'COMPLIANCE');
    assert.ok(Number(ObjectLockRetainUntilDate) > Date.now() + 29 * 86_400_000);
    await assert.rejects(bucket.deleteObject({ Bucket: 'anchors', Key, VersionId }), /AccessDenied|Access Denied/);

    const { Body } = await bucket.getObject({ Bucket: 'anchors', Key });
    const head = join(site.path, 'head.txt');
    writeFileSync(head, (await Body?.transformToString()) ?? '');
    const verify = () => runCli(['ledger', 'verify', '--head', head], { cwd: site.path });
    assert.equal((await verify()).code, 0);
    const db = new DatabaseSync(join(site.state, 'rollcall.db'));
    const seq = Number(/\/(\d{12})-/.exec(Key)?.[1]);
    db.exec(`DROP TRIGGER ledger_no_delete; DELETE FROM ledger WHERE seq >= ${seq}; DELETE FROM tree`);
    db.close();
    const told = await verify();
    assert.equal(told.code, 2);
    assert.match(told.stdout, new RegExp(`^entry ${seq}: the entry is missing: a head that was kept elsewhere is later`));
  });

  it('that are not taken keep nobody waiting: the watch goes on', async () => {
    await using box = await startPostBox();
    using site = new Site({ pageUrl: box.url, resources: [volume('gone', '/nowhere/at/all')] });
    site.write('anchor.key', KEY.secretAccessKey, 0o600);
    const anchor = {
      bucket: 'not-there',
      region: 'eu-west-1',
      endpoint: moto.url,
      path_style: true,
      access_key_id: KEY.accessKeyId,
      secret_access_key: { file: './anchor.key' },
    };
    site.rewrite({ config: { ledger: { anchor } } });
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('NoSuchBucket', 120_000);
    await box.page(({ resources }) => resources.some(({ id }) => id === 'gone'));
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
  });
});
