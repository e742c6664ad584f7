import assert from 'node:assert/strict';
import { aws } from '../../../probes/aws/index.ts';
import { readPolicy } from '../../../probes/aws/iam-policy.ts';
import { resourceSays } from '../../../probes/aws/resource-decide.ts';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import { toWanted } from '../../../src/loop/batch.ts';
import type { AuditReport } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { allow, roleArn, stubIam, trust } from '../../support/aws/iam.ts';
import { DENIED, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY } from '../../support/aws/watcher.ts';
import { makeResource } from '../../support/roll.ts';

const AGENT = roleArn('agent');
const AFAR = roleArn('agent', '999900001111');
const OBJECTS = 'arn:aws:s3:::vault/nightly/*';
const KEY = '00000000-0000-4000-8000-00000000000a';
const KEY_ARN = `arn:aws:kms:eu-west-1:${STUB_ACCOUNT}:key/${KEY}`;
const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const lets = (Principal: unknown, more: object = {}): object => ({
  Effect: 'Allow',
  Principal,
  Action: 's3:DeleteObject',
  Resource: 'arn:aws:s3:::vault/*',
  ...more,
});

describe('what the policy of a resource says of somebody', () => {
  const says = (statements: readonly object[], arn = AGENT) => {
    const { grants, handsOn, denies } = resourceSays(
      { name: 'bucket vault', isGate: false, statements: readPolicy(policy(...statements)) },
      arn,
      STUB_ACCOUNT,
      { action: 's3:DeleteObject', on: OBJECTS },
    );
    return `${grants} ${handsOn} ${denies ? 'denied' : ''}`.trim();
  };
  const condition = { Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } };
  const refuses = (Principal: unknown, more: object = {}): object => lets(Principal, { Effect: 'Deny', ...more });
  const CASES: readonly (readonly [what: string, said: string, statements: readonly object[], who?: string])[] = [
    ['nothing', 'no no', []],
    ['its own ARN', 'yes yes', [lets({ AWS: AGENT })]],
    ['one of several', 'yes yes', [lets({ AWS: [roleArn('x'), AGENT] })]],
    ['a session of the role', 'yes yes', [lets({ AWS: `arn:aws:sts::${STUB_ACCOUNT}:assumed-role/agent/one` })]],
    ['a session of another role that begins alike', 'no no', [lets({ AWS: `arn:aws:sts::${STUB_ACCOUNT}:assumed-role/agent2/one` })]],
    ['everybody', 'yes yes', [lets('*')]],
    ['everybody, in the other form', 'yes yes', [lets({ AWS: '*' })]],
    ['the account: its own policies still have to', 'no yes', [lets({ AWS: `arn:aws:iam::${STUB_ACCOUNT}:root` })]],
    ['the account by its digits', 'no yes', [lets({ AWS: STUB_ACCOUNT })]],
    ['a service', 'no no', [lets({ Service: 'backup.amazonaws.com' })]],
    ['somebody else', 'no no', [lets({ AWS: roleArn('x') })]],
    ['it, under a condition', 'may may', [lets({ AWS: AGENT }, condition)]],
    ['all but somebody else', 'may may', [lets(undefined, { NotPrincipal: { AWS: roleArn('x') } })]],
    ['all but it', 'no no', [lets(undefined, { NotPrincipal: { AWS: [AGENT] } })]],
    ['all but its account', 'no no', [lets(undefined, { NotPrincipal: { AWS: STUB_ACCOUNT } })]],
    ['all but reading', 'yes yes', [lets({ AWS: AGENT }, { Action: undefined, NotAction: 's3:Get*' })]],
    ['all but deleting', 'no no', [lets({ AWS: AGENT }, { Action: undefined, NotAction: 's3:Delete*' })]],
    ['another bucket', 'no no', [lets({ AWS: AGENT }, { Resource: 'arn:aws:s3:::other/*' })]],
    ['another prefix of it', 'no no', [lets({ AWS: AGENT }, { Resource: 'arn:aws:s3:::vault/daily/*' })]],
    ['a part of what is asked about', 'may may', [lets({ AWS: AGENT }, { Resource: 'arn:aws:s3:::vault/nightly/a*' })]],
    ['a refusal of it', 'yes yes denied', [lets({ AWS: AGENT }), refuses({ AWS: AGENT })]],
    ['a refusal of everybody', 'no no denied', [refuses('*')]],
    ['a refusal of its account', 'no no denied', [refuses({ AWS: STUB_ACCOUNT })]],
    ['a refusal under a condition takes nothing away', 'yes yes', [lets({ AWS: AGENT }), refuses('*', condition)]],
    ['a refusal of a part takes nothing away', 'yes yes', [lets({ AWS: AGENT }), refuses('*', { Resource: `${OBJECTS.slice(0, -1)}a*` })]],
    [
      'a refusal of all but others may not mean it',
      'yes yes',
      [lets({ AWS: AGENT }), refuses(undefined, { NotPrincipal: { AWS: roleArn('x') } })],
    ],
    ['one of another account: that one has to allow it too', 'may yes', [lets({ AWS: AFAR })], AFAR],
    ['the other account', 'may yes', [lets({ AWS: '999900001111' })], AFAR],
    ['this account, of one of another', 'no no', [lets({ AWS: STUB_ACCOUNT })], AFAR],
  ];
  for (const [what, said, statements, who] of CASES)
    it(`${what}: ${said}`, () => {
      assert.equal(says(statements, who), said);
    });
});

describe('an audit of what resources themselves let in', () => {
  let stub: AwsStub;
  const NONE = new Fault('NoSuchBucketPolicy', 404);
  const own = (Statement: readonly object[] = []) => ({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${STUB_ACCOUNT}:root` },
    Action: 'kms:*',
    Resource: '*',
    Statement,
  });
  const policies = {
    bucket: NONE as Fault | { headers: object; body: string },
    key: [own()] as readonly object[],
    vault: [] as readonly object[],
  };
  const looking = [allow(['s3:ListBucket', 'kms:DescribeKey'])];

  beforeEach(async () => {
    stub = await startAwsStub();
    Object.assign(policies, { bucket: NONE, key: [own()], vault: [] });
    stub.on('s3:GET /vault/', ({ params }) => ('policy' in params ? (policies.bucket as Fault) : new Fault('NotScripted')));
    stub.on('kms:GetKeyPolicy', () => ({ body: { Policy: policy(...policies.key), PolicyName: 'default' } }));
    stub.on('backup:GET /backup-vaults/dr/access-policy', () =>
      policies.vault.length === 0
        ? new Fault('ResourceNotFoundException', 404)
        : { body: { BackupVaultName: 'dr', Policy: policy(...policies.vault) } },
    );
  });
  afterEach(async () => stub[Symbol.asyncDispose]());
  const bucketSays = (...statements: readonly object[]): void =>
    void (policies.bucket = { headers: { 'content-type': 'application/json' }, body: policy(...statements) });

  function opened() {
    const raw = { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY, path_style: true };
    const context = { connection: 'prod', clock: createSystemClock(0), secret: async () => new Secret('x') };
    const link = aws.open(aws.connection.parse(raw), context);
    const target = (id: string, kind: string, more: object) =>
      makeResource({ id, kind, connection: 'prod', target: { kind, region: undefined, ...more }, checks: [] });
    const wanted = [
      target('dumps', 'aws.s3.backups', { key: 'vault/nightly/', scope: 'vault/nightly/' }),
      target('key', 'aws.kms.key', { key: KEY }),
      target('vault', 'aws.backup.vault', { key: 'dr' }),
    ].map(toWanted);
    return {
      async audit(agents: readonly string[] = []): Promise<AuditReport[]> {
        const known = agents.map((role_arn) => ({ name: 'bot', is: { role_arn } }));
        return await Array.fromAsync(link.audit?.(wanted, known, new AbortController().signal) ?? []);
      },
      [Symbol.asyncDispose]: () => link.close(),
    };
  }
  async function audit(agents: readonly string[] = []): Promise<AuditReport[]> {
    await using prod = opened();
    return await prod.audit(agents);
  }
  const told = (reports: readonly AuditReport[]) =>
    reports.flatMap((one) =>
      one.kind === 'strong'
        ? [`${one.right} ${one.severity}: ${one.what}`]
        : one.kind === 'reach'
          ? [`${one.right} ${one.ids.join()}: ${one.what}`]
          : [],
    );
  const unaudited = (reports: readonly AuditReport[]) => reports.flatMap((one) => (one.kind === 'unaudited' ? [one] : []));
  const roles = (agent: object = { inline: { look: looking } }) =>
    stubIam(stub, { roles: { rollcall: { inline: { look: looking }, trust: [trust({ AWS: roleArn('w', '999900001111') })] }, agent } });

  it('finds nothing where they let nobody in, and reads the policy of each once', async () => {
    roles();
    const reports = await audit([AGENT]);
    assert.deepEqual([told(reports), unaudited(reports)], [[], []]);
    for (const call of ['s3:GET /vault/', 'kms:GetKeyPolicy', 'backup:GET /backup-vaults/dr/access-policy'])
      assert.equal(stub.count(call), 1);
  });

  it("finds that a bucket lets the watcher itself delete, which none of the watcher's own policies say", async () => {
    roles();
    bucketSays(lets({ AWS: roleArn('rollcall') }));
    const reports = await audit();
    assert.deepEqual(told(reports), [
      `delete critical: ${roleArn('rollcall')} may s3:DeleteObject on ${OBJECTS}, by the policy of bucket vault itself`,
    ]);
    const found = reports.find((one) => one.kind === 'strong');
    assert.match(found?.fix[0] ?? '', /^# in the policy of bucket vault, take out what it allows /);
    assert.match(found?.fix[1] ?? '', /^aws iam put-role-policy .*Deny/);
  });

  it('and what they let an agent do, here and of another account, by name or with everybody', async () => {
    roles();
    bucketSays(lets('*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }));
    policies.vault = [lets({ AWS: AGENT }, { Action: 'backup:DeleteRecoveryPoint', Resource: '*' })];
    policies.key = [own(), lets({ AWS: AFAR }, { Action: 'kms:ScheduleKeyDeletion', Resource: '*' })];
    const here = told(await audit([AGENT])).filter((line) => !line.includes('rollcall'));
    assert.deepEqual(here, [
      'delete dumps: may s3:DeleteObject, under a condition or some of it, by the policy of bucket vault itself',
      'delete vault: may backup:DeleteRecoveryPoint, by the policy of vault dr itself',
    ]);
    const afar = told(await audit([AFAR])).filter((line) => line.includes('key'));
    assert.deepEqual(afar, [
      `delete key: may kms:ScheduleKeyDeletion, under a condition or some of it, by the policy of key ${KEY} itself`,
    ]);
  });

  it('heeds what takes away: a denial in the policy of the resource, or in its own', async () => {
    roles({ inline: { all: [allow('s3:DeleteObject'), { Effect: 'Deny', Action: 'backup:*', Resource: '*' }] } });
    policies.vault = [lets({ AWS: AGENT }, { Action: 'backup:DeleteRecoveryPoint', Resource: '*' })];
    assert.match(told(await audit([AGENT])).join('\n'), /^delete dumps: may s3:DeleteObject$/);
    bucketSays(lets('*', { Effect: 'Deny' }));
    assert.deepEqual(told(await audit([AGENT])), []);
  });

  it('counts what identities may do to a key only as far as its policy hands that on', async () => {
    roles({ inline: { all: [allow('kms:ScheduleKeyDeletion')] } });
    assert.deepEqual(told(await audit([AGENT])), ['delete key: may kms:ScheduleKeyDeletion']);
    policies.key = [lets({ AWS: roleArn('keeper') }, { Action: 'kms:*', Resource: '*' })];
    assert.deepEqual(told(await audit([AGENT])), []);
  });

  it('says that it could not prove it where a policy may not be read, and takes one that it cannot read for unknown', async () => {
    roles();
    policies.bucket = DENIED;
    stub.on('kms:GetKeyPolicy', new Fault('NotFoundException', 400));
    stub.on('backup:GET /backup-vaults/dr/access-policy', { body: { BackupVaultName: 'dr', Policy: 'no policy' } });
    const open = unaudited(await audit());
    assert.deepEqual(
      open.map(({ on, reason }) => `${on}: ${reason}`),
      ['the policies of bucket vault: denied', `the policies of key ${KEY}: protocol`, 'the policies of vault dr: protocol'],
    );
    assert.ok(open.every(({ say }) => /^could not prove that they let nobody delete or weaken more .*rollcall grants/.test(say)));
  });

  it('does not ask again and again for what it was refused: the daemon audits every five minutes until it saw everything', async () => {
    roles();
    policies.bucket = DENIED;
    await using prod = opened();
    for (let nth = 0; nth < 3; nth++) assert.equal(unaudited(await prod.audit()).length, 1);
    assert.equal(stub.count('s3:GET /vault/'), 1);
    assert.equal(stub.count('kms:GetKeyPolicy'), 3, 'what it may read is read anew');
  });

  it('is asked for by the least rights, and by no look', async () => {
    const connection = aws.connection.parse({ account: STUB_ACCOUNT, region: 'eu-west-1' });
    const entry = (kind: string, raw: object) => {
      const compiled = aws.kinds.get(kind)?.compile(aws.kinds.get(kind)?.entry.parse(raw));
      assert.ok(compiled?.ok);
      return { id: kind, kind, target: compiled.value.target, checks: compiled.value.checks };
    };
    const wanted = [
      entry('aws.s3.backups', { bucket: 'vault', path: 'nightly/*.dump' }),
      entry('aws.kms.key', { key: KEY }),
      entry('aws.rds.instance', { name: 'orders' }),
    ];
    const made = await aws.grants?.(connection, wanted, { connection: 'x', secret: async () => new Secret('x') });
    const { document } = made?.documents?.find(({ name }) => name === 'audit-policies') ?? assert.fail();
    assert.deepEqual(
      (document as { Statement: readonly { Action: unknown; Resource: unknown }[] }).Statement.map(({ Action, Resource }) => [
        Action,
        Resource,
      ]),
      [
        [['kms:GetKeyPolicy'], [KEY_ARN]],
        [['s3:GetBucketPolicy'], ['arn:aws:s3:::vault']],
      ],
    );
    assert.ok(!aws.needs(wanted).some(({ right }) => right.endsWith('Policy')));
    const none = await aws.grants?.(connection, wanted.slice(2), { connection: 'x', secret: async () => new Secret('x') });
    assert.deepEqual(
      none?.documents?.map(({ name }) => name),
      ['trust', 'look-1', 'audit'],
    );
  });
});
