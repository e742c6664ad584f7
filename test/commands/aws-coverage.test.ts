import assert from 'node:assert/strict';
import { awsConnection } from '../support/aws/site.ts';
import { instanceOf, stubInstances } from '../support/aws/kinds/rds-instance.ts';
import { DENIED, startAwsStub, type AwsStub } from '../support/aws/stub.ts';
import { runCli } from '../support/cli.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { Site } from '../support/site.ts';

/** Every listing of a discovery but that of instances. */
const REFUSED = [
  ...['DescribeDBClusters', 'DescribeDBSnapshots', 'DescribeDBClusterSnapshots'].map((action) => `rds:${action}`),
  ...['DescribeDBInstanceAutomatedBackups', 'DescribeDBClusterAutomatedBackups'].map((action) => `rds:${action}`),
  'ec2:DescribeVolumes',
  'ec2:DescribeSnapshots',
  's3:GET /',
  'backup:GET /backup-vaults',
  'dynamodb:ListTables',
  'kms:ListAliases',
  'elasticfilesystem:GET /2015-02-01/file-systems',
];

describe('a role of the least rights on AWS', function () {
  this.timeout(60_000);
  let stub: AwsStub;
  let folder: Folder;
  let site: Site;
  beforeEach(async () => {
    stub = await startAwsStub();
    folder = makeFolder();
    for (const call of REFUSED) stub.on(call, DENIED);
    const instances = stubInstances(stub, ['orders']);
    instances.items = [...instances.items, instanceOf('users')];
    const resources = [{ id: 'orders', kind: 'aws.rds.instance', connection: 'prod', name: 'orders' }];
    site = new Site({ resources, config: { connections: { prod: awsConnection(folder, stub.url) } } });
  });
  afterEach(async () => {
    site[Symbol.dispose]();
    folder.remove();
    await stub[Symbol.asyncDispose]();
  });

  it('has a figure that holds for what it may list, and is told what it may not', async () => {
    const unmanaged = await runCli(['discover', '--unmanaged'], { cwd: site.path });
    assert.equal(unmanaged.code, 1, unmanaged.stderr);
    assert.match(unmanaged.stdout, /1 of 2 on the roll\n {2}not on the roll: users/);
    assert.match(unmanaged.stderr, /ec2:DescribeVolumes in eu-west-1 could not be looked into: denied/);
    const draft = await runCli(['discover'], { cwd: site.path });
    assert.equal(draft.code, 3, 'a draft is short of what could not be listed');
    const audit = await runCli(['audit', 'coverage'], { cwd: site.path });
    assert.match(audit.stdout, /prod: 1 of 2 aws\.rds\.instance on the roll/);
    assert.match(audit.stdout, /prod: nothing is known of aws\.[a-z._]+ \(.*\) and \d+ more: its credential may not list them/);
    assert.doesNotMatch(audit.stdout, /what is there: /);
    stub.on('rds:DescribeDBInstances', DENIED);
    assert.equal((await runCli(['discover', '--unmanaged'], { cwd: site.path })).code, 3, 'what the roll needs must be let in');
  });

  it('is given more where that is asked for, in two sizes', async () => {
    const rights = async (...flags: readonly string[]): Promise<string> => {
      const { code, stdout } = await runCli(['grants', '--connection', 'prod', ...flags], { cwd: site.path });
      assert.equal(code, 0);
      return stdout;
    };
    const [least, names, all] = [await rights(), await rights('--coverage'), await rights('--discover')];
    assert.deepEqual(
      [least, names, all].map((text) => ['ec2:DescribeVolumes', 's3:ListBucket"'].map((right) => text.includes(right))),
      [
        [false, false],
        [true, false],
        [true, true],
      ],
    );
    const agent = await runCli(['grants', '--agent', 'x', '--coverage'], { cwd: site.path });
    assert.equal(agent.code, 64);
  });
});
