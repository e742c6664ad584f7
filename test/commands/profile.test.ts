import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { startRdsStub } from '../support/aws/rds.ts';
import { awsConnection } from '../support/aws/site.ts';
import { query, type AwsStub } from '../support/aws/stub.ts';
import { startCli } from '../support/cli.ts';
import { Site } from '../support/site.ts';

const KEY_ID = 'AKIAOFAPROFILE000001';
const ROLE_KEY_ID = 'ASIAOFTHEROLE0000001';
const ROLE = 'arn:aws:iam::111122223333:role/rollcall';
/** Each of them holds it, and nothing that is said may. */
const NEVER_SHOWN = 'never-shown-word';
const KEYS = `aws_access_key_id = ${KEY_ID}\naws_secret_access_key = ${NEVER_SHOWN}-of-a-key\n`;

interface Home {
  /** Files of the home, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly variables?: (home: string, sts: string) => Readonly<Record<string, string>>;
  /** Whose key the looks are signed with. */
  readonly signs: string;
}

const nowhere = { HOME: '/nonexistent' };
const HOMES: Readonly<Record<string, Home>> = {
  'are those of a profile in the home of its user': { files: { '.aws/credentials': `[default]\n${KEYS}` }, signs: KEY_ID },
  'are those of a profile in a file that a variable names': {
    files: { 'elsewhere/keys': `[default]\n${KEYS}` },
    variables: (home) => ({ ...nowhere, AWS_SHARED_CREDENTIALS_FILE: join(home, 'elsewhere/keys') }),
    signs: KEY_ID,
  },
  'are those of a profile of which the one file has the settings and the other the keys': {
    files: { '.aws/config': '[profile watch]\nregion = us-east-1\n', '.aws/credentials': `[watch]\n${KEYS}` },
    variables: () => ({ AWS_PROFILE: 'watch' }),
    signs: KEY_ID,
  },
  'are those of a role that a profile assumes by another': {
    files: {
      '.aws/config': `[profile watch]\nrole_arn = ${ROLE}\nsource_profile = base\n`,
      '.aws/credentials': `[base]\n${KEYS}`,
    },
    variables: (_home, sts) => ({ AWS_PROFILE: 'watch', AWS_ENDPOINT_URL_STS: sts }),
    signs: ROLE_KEY_ID,
  },
  'are those of a role that the token of a web identity gets, mounted as Kubernetes mounts it': {
    files: { 'mount/..data/token': `${NEVER_SHOWN}-of-a-token` },
    variables: (home, sts) => ({
      ...nowhere,
      AWS_ROLE_ARN: ROLE,
      AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'mount/token'),
      AWS_ENDPOINT_URL_STS: sts,
    }),
    signs: ROLE_KEY_ID,
  },
};

/** An account with one database, whose STS hands out a role to whoever asks with the right thing. */
async function startAccount(): Promise<AwsStub> {
  const stub = await startRdsStub();
  stub.on('rds:DescribeDBInstances', () =>
    query('DescribeDBInstances', {
      DBInstances: { DBInstance: [{ DBInstanceIdentifier: 'orders', DbiResourceId: 'db-orders', DBInstanceStatus: 'available' }] },
    }),
  );
  const given = (action: string) => () =>
    query(action, {
      Credentials: {
        AccessKeyId: ROLE_KEY_ID,
        SecretAccessKey: `${NEVER_SHOWN}-of-a-role`,
        SessionToken: `${NEVER_SHOWN}-of-a-session`,
        Expiration: new Date(Date.now() + 3_600_000),
      },
    });
  stub.on('sts:AssumeRole', given('AssumeRole'));
  // It is not signed: the token is what proves who asks.
  stub.on(':AssumeRoleWithWebIdentity', given('AssumeRoleWithWebIdentity'));
  return stub;
}

/** What a confined daemon may read has to hold what the SDK's own chain looks for. */
describe('a confined daemon whose AWS credentials', function () {
  this.timeout(120_000);
  // Not the folder of the manifest, which it may read anyway.
  let home: Site;
  beforeEach(() => {
    home = new Site();
  });
  afterEach(() => home[Symbol.dispose]());

  function start(site: Site, stub: AwsStub, variables: Readonly<Record<string, string>>) {
    const prod = awsConnection(site, stub.url, { access_key_id: undefined, secret_access_key: undefined });
    site.rewrite({
      config: { connections: { prod }, defaults: { sweep: '300ms', inspect: '1s', blind_after: '1s' } },
      resources: [{ id: 'orders', kind: 'aws.rds.instance', connection: 'prod', name: 'orders' }],
    });
    return startCli(['watch'], { cwd: site.path, env: { HOME: home.path, ...variables } });
  }

  for (const [what, { files, variables, signs }] of Object.entries(HOMES))
    it(`${what}: looks with them, and says nothing of them`, async () => {
      await using stub = await startAccount();
      for (const [name, text] of Object.entries(files)) home.write(name, text);
      if ('mount/..data/token' in files) symlinkSync('..data/token', join(home.path, 'mount/token'));
      using site = new Site();
      await using daemon = start(site, stub, variables?.(home.path, stub.url) ?? {});
      await daemon.says('"watching"');
      assert.ok(readFileSync(`/proc/${daemon.pid}/cmdline`, 'utf8').includes('--permission'));
      while (stub.count('rds:DescribeDBInstances') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const looks = stub.calls.filter(({ service }) => service === 'rds');
      assert.deepEqual([...new Set(looks.map(({ accessKeyId }) => accessKeyId))], [signs]);
      daemon.signal('SIGTERM');
      assert.equal(await daemon.ended, 0, daemon.stderr);
      assert.ok(!(daemon.stdout + daemon.stderr).includes(NEVER_SHOWN));
    });

  it('lie behind a file that it may not read: names the file, and what can be done', async () => {
    await using stub = await startAccount();
    using elsewhere = new Site();
    const token = elsewhere.write('token', `${NEVER_SHOWN}-of-a-token`);
    home.write('.aws/config', `[default]\nrole_arn = ${ROLE}\nweb_identity_token_file = ${token}\n`);
    using site = new Site();
    await using daemon = start(site, stub, { AWS_ENDPOINT_URL_STS: stub.url });
    await daemon.says('orders cannot be seen');
    assert.match(
      daemon.stderr + daemon.stdout,
      new RegExp(`cannot be seen .*denied.*the confined daemon may not read ${token}: .*rollcall watch --unconfined`),
    );
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0, daemon.stderr);
  });
});
