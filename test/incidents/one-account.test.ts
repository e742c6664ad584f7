import assert from 'node:assert/strict';
import type { AuditResult } from '../../src/commands/audit-result.ts';
import { allow, roleArn, stubIam } from '../support/aws/iam.ts';
import { callerIs, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../support/aws/stub.ts';
import { runCli } from '../support/cli.ts';
import { Site } from '../support/site.ts';

const OTHER = '999900001111';
const entry = (id: string, connection: string, volume: string, more: object = {}) => ({
  id,
  kind: 'aws.ebs.volume',
  connection,
  volume,
  ...more,
});

/**
 * Code Spaces, June 2014: whoever had the control panel of one account deleted machines, volumes, snapshots and off-site backups, all of which were in it. The
 * company closed. What an audit says of that shape beforehand, and of the same roll with a copy elsewhere.
 */
describe('Code Spaces: everything in one account', function () {
  this.timeout(120_000);
  let here: AwsStub;
  let there: AwsStub;
  beforeEach(async () => {
    [here, there] = [await startAwsStub(), await startAwsStub()];
    there.on('sts:GetCallerIdentity', callerIs(OTHER));
    for (const stub of [here, there]) {
      for (const action of ['DescribeRegions', 'DeleteVolume']) stub.on(`ec2:${action}`, new Fault('UnauthorizedOperation', 403));
      const agent = { inline: { work: [allow(['ec2:*', 'rds:*'])] } };
      stubIam(stub, { roles: { rollcall: { inline: { look: [allow('ec2:Describe*')] } }, 'control-panel': agent } });
    }
  });
  afterEach(async () => {
    await here[Symbol.asyncDispose]();
    await there[Symbol.asyncDispose]();
  });

  async function audit(resources: readonly object[], more: object = {}): Promise<AuditResult> {
    const connection = (account: string, url: string, region: string) => ({
      probe: 'aws',
      account,
      region,
      endpoint: url,
      access_key_id: 'AKIAIOSFODNN7EXAMPLE',
      secret_access_key: { file: './key' },
    });
    using site = new Site({
      resources: resources as { id: string }[],
      config: {
        connections: { prod: connection(STUB_ACCOUNT, here.url, 'eu-west-1'), vault: connection(OTHER, there.url, 'eu-central-1') },
        ...more,
      },
    });
    site.write('key', 'a-secret-access-key', 0o600);
    const ran = await runCli(['audit', '--json'], { cwd: site.path });
    return JSON.parse(ran.stdout) as AuditResult;
  }
  const rules = ({ copies: [first] }: AuditResult) => Object.fromEntries(first?.rules.map(({ rule, status }) => [rule, status]) ?? []);
  const agents = [{ name: 'control-panel', aws: { role_arn: roleArn('control-panel') } }];
  const data = (protectedBy: string[]) => entry('data', 'prod', 'vol-0123456789abcdef0', { protected_by: protectedBy });
  const backup = entry('backup', 'prod', 'vol-0123456789abcdef1');
  const far = entry('far', 'vault', 'vol-0123456789abcdef2');

  it('is critical: one account, and one identity in it, take the data and every copy', async () => {
    const found = await audit([data(['backup']), backup], { agents });
    assert.equal(found.exit, 2);
    const [pair] = found.radius;
    assert.equal(pair?.severity, 'critical');
    assert.deepEqual(
      pair?.ties.map(({ kind, name, by }) => [kind, name, by]),
      [
        ['agent', 'control-panel', 'looked'],
        ['account', `aws/${STUB_ACCOUNT}`, 'looked'],
      ],
    );
    assert.match(pair?.ties[0]?.fix.join() ?? '', /aws iam put-role-policy --role-name control-panel /);
    assert.equal(rules(found)['one-out-of-reach'], 'not-met');
    assert.equal(rules(found)['one-off-site'], 'not-met');
  });

  it('is met by a copy in another account and region, which nobody in the first one reaches', async () => {
    const found = await audit([data(['backup', 'far']), backup, far], { agents });
    const ties = Object.fromEntries(found.radius.map(({ copy, severity, ties: some }) => [copy, [severity, some.length]]));
    assert.deepEqual(ties, { backup: ['warning', 2], far: ['warning', 0] });
    const { 'zero-errors': _, ...met } = rules(found);
    assert.deepEqual(met, { 'three-copies': 'met', 'two-media': 'met', 'one-off-site': 'met', 'one-out-of-reach': 'met' });
  });
});
