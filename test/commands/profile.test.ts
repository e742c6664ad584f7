import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRdsStub } from '../support/aws/rds.ts';
import { awsConnection } from '../support/aws/site.ts';
import { query } from '../support/aws/stub.ts';
import { startCli } from '../support/cli.ts';
import { Site } from '../support/site.ts';

const KEY_ID = 'AKIAOFAPROFILE000001';
const SECRET = 'never-shown-word-of-a-profile';
const PROFILE = `[default]\naws_access_key_id = ${KEY_ID}\naws_secret_access_key = ${SECRET}\n`;

/** What a confined daemon may read has to hold what the SDK's own chain looks for. */
describe('a confined daemon whose AWS credentials are those of a profile', function () {
  this.timeout(120_000);

  for (const [where, place, variables] of [
    ['in the home of its user', '.aws/credentials', (path: string) => ({ HOME: path })],
    [
      'where a variable says',
      'elsewhere/keys',
      (path: string) => ({ HOME: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: join(path, 'elsewhere/keys') }),
    ],
  ] as const)
    it(`${where}: looks with them, and says nothing of them`, async () => {
      await using stub = await startRdsStub();
      stub.on('rds:DescribeDBInstances', () =>
        query('DescribeDBInstances', {
          DBInstances: { DBInstance: [{ DBInstanceIdentifier: 'orders', DbiResourceId: 'db-orders', DBInstanceStatus: 'available' }] },
        }),
      );
      using site = new Site();
      site.write(place, PROFILE);
      const prod = awsConnection(site, stub.url, { access_key_id: undefined, secret_access_key: undefined });
      site.rewrite({
        config: { connections: { prod } },
        resources: [{ id: 'orders', kind: 'aws.rds.instance', connection: 'prod', name: 'orders' }],
      });
      await using daemon = startCli(['watch'], { cwd: site.path, env: variables(site.path) });
      await daemon.says('"watching"');
      assert.ok(readFileSync(`/proc/${daemon.pid}/cmdline`, 'utf8').includes('--permission'));
      while (stub.count('rds:DescribeDBInstances') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual([...new Set(stub.calls.map(({ accessKeyId }) => accessKeyId))], [KEY_ID]);
      daemon.signal('SIGTERM');
      assert.equal(await daemon.ended, 0, daemon.stderr);
      assert.ok(!(daemon.stdout + daemon.stderr).includes(SECRET));
    });
});
