import assert from 'node:assert/strict';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import { toWanted } from '../../../src/loop/batch.ts';
import type { AuditReport, Reach, Strong } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { aws } from '../../../probes/aws/index.ts';
import { makeResource } from '../../support/roll.ts';
import { allow, roleArn, stubIam, trust, type StubIam } from '../../support/aws/iam.ts';
import { AWS_KEY } from '../../support/aws/watcher.ts';
import { callerIs, DENIED, ec2, Fault, query, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';

const VOLUME = 'vol-0123456789abcdef0';
const VOLUME_ARN = `arn:aws:ec2:eu-west-1:${STUB_ACCOUNT}:volume/${VOLUME}`;
const looking = [
  allow(['ec2:DescribeVolumes', 'rds:DescribeDBInstances', 'ec2:DescribeRegions', 'sts:GetCallerIdentity', 'sqs:ReceiveMessage']),
];
const rehearsed = (code: string) => new Fault(code, code === 'DryRunOperation' ? 412 : 403);

describe('the audit of AWS', () => {
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startAwsStub();
    for (const action of ['DescribeRegions', 'DeleteVolume', 'DeleteSnapshot'])
      stub.on(`ec2:${action}`, rehearsed('UnauthorizedOperation'));
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  async function audit(agents: readonly string[] = [], settings: object = {}): Promise<AuditReport[]> {
    const raw = { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY, ...settings };
    const link = aws.open(aws.connection.parse(raw), {
      connection: 'prod',
      clock: createSystemClock(0),
      secret: async () => new Secret('x'),
    });
    const entry = (id: string, kind: string, target: object) =>
      makeResource({ id, kind, connection: 'prod', target: { kind, region: undefined, ...target }, checks: [] });
    const wanted = [entry('data', 'aws.ebs.volume', { key: VOLUME }), entry('orders', 'aws.rds.instance', { key: 'orders' })].map(toWanted);
    const known = agents.map((role_arn, nth) => ({ name: `agent${nth}`, is: { role_arn } }));
    try {
      return await Array.fromAsync(link.audit?.(wanted, known, new AbortController().signal) ?? []);
    } finally {
      await link.close();
    }
  }
  const iam = (how: StubIam = {}) => stubIam(stub, { roles: { rollcall: { inline: { look: looking } } }, ...how });
  const strong = (reports: readonly AuditReport[]): Strong[] => reports.filter((one): one is Strong => one.kind === 'strong');
  const reaches = (reports: readonly AuditReport[]): Reach[] => reports.filter((one): one is Reach => one.kind === 'reach');
  const rights = (reports: readonly AuditReport[]) => strong(reports).map(({ right, severity }) => `${right} ${severity}`);
  const unaudited = (reports: readonly AuditReport[]) => reports.flatMap((one) => (one.kind === 'unaudited' ? [one.reason] : []));

  it('finds nothing in a role that can look, and says where everything is', async () => {
    iam();
    const reports = await audit();
    assert.deepEqual(reports, [
      { kind: 'placed', ids: ['data', 'orders'], plane: { kind: 'account', name: `aws/${STUB_ACCOUNT}` } },
      { kind: 'placed', ids: ['data', 'orders'], plane: { kind: 'region', name: 'aws/eu-west-1' } },
    ]);
  });

  it('changes nothing: every deletion that it sends is a rehearsal, and IAM is only read', async () => {
    iam({ simulates: true });
    await audit([roleArn('rollcall')]);
    assert.ok(stub.count('ec2:DeleteVolume') > 0);
    for (const { service, action, params } of stub.calls) {
      if (service === 'ec2') assert.equal(params['DryRun'], 'true', action);
      else assert.match(action, /^(?:Get|List|Simulate)/);
    }
  });

  it('sends no deletion to an endpoint that does not rehearse', async () => {
    iam({ reads: false });
    stub.on('ec2:DescribeRegions', ec2('DescribeRegions', { regionInfo: { item: [] } }));
    const reports = await audit();
    assert.equal(stub.count('ec2:DeleteVolume'), 0);
    assert.equal(unaudited(reports).length, 2);
  });

  it('believes a rehearsal more than the policies', async () => {
    iam();
    stub.on('ec2:DeleteVolume', rehearsed('DryRunOperation'));
    const [found] = strong(await audit());
    assert.deepEqual([found?.right, found?.severity], ['delete', 'critical']);
    assert.match(found?.what ?? '', new RegExp(`may ec2:DeleteVolume on ${VOLUME_ARN}`));
    assert.match(found?.fix[0] ?? '', /^aws iam put-role-policy --role-name rollcall --policy-name never-ec2-DeleteVolume /);
  });

  it('finds what the policies allow where nothing may be simulated', async () => {
    iam({
      roles: {
        rollcall: { inline: { look: looking, oops: [allow('rds:*')] }, attached: { 'arn:aws:iam::aws:policy/x': [allow('sqs:*')] } },
      },
    });
    const reports = await audit();
    assert.deepEqual(rights(reports), ['delete critical', 'weaken critical', 'queue warning', 'write warning']);
    assert.match(strong(reports)[3]?.what ?? '', /more than looking: rds:\*, sqs:\*/);
    assert.deepEqual(unaudited(reports), []);
  });

  it('takes receiving for looking, and whatever else can be done to the queue that it listens to for more', async () => {
    const queue = `arn:aws:sqs:eu-west-1:${STUB_ACCOUNT}:rollcall-events`;
    const events = { queue };
    iam({ roles: { rollcall: { inline: { look: looking, events: [allow('sqs:ReceiveMessage', queue)] } } } });
    assert.deepEqual(rights(await audit([], { events })), []);
    for (const action of ['DeleteMessage', 'PurgeQueue', 'DeleteQueue', 'SendMessage', 'ChangeMessageVisibility', 'SetQueueAttributes']) {
      iam({ roles: { rollcall: { inline: { look: looking, oops: [allow(`sqs:${action}`, queue)] } } } });
      const found = strong(await audit([], { events }));
      assert.ok(
        found.some(
          ({ right, severity, what }) => right === 'queue' && severity === 'warning' && what.includes(`may sqs:${action} on ${queue}`),
        ),
        `${action}: ${JSON.stringify(found)}`,
      );
    }
    iam({ reads: false, simulates: (action, on) => (action === 'sqs:PurgeQueue' && on === queue ? 'yes' : 'no') });
    assert.deepEqual(rights(await audit([], { events })), ['queue warning']);
  });

  it('and what IAM simulates where no policy may be read', async () => {
    iam({
      reads: false,
      simulates: (action) => (action === 'rds:DeleteDBInstance' ? 'yes' : action === 'iam:PutRolePolicy' ? 'may' : 'no'),
    });
    const reports = await audit();
    assert.deepEqual(rights(reports), ['delete critical', 'iam warning']);
    assert.match(strong(reports)[1]?.what ?? '', /under a condition/);
    assert.deepEqual(unaudited(reports), []);
  });

  it('says that it could not prove it where neither may be done', async () => {
    iam({ reads: false });
    const reports = await audit();
    assert.deepEqual(strong(reports), []);
    const open = reports.find((one) => one.kind === 'unaudited');
    assert.equal(open?.reason, 'denied');
    assert.match(open.say, /could not prove .*rds:DeleteDBInstance.*rollcall grants/);
    assert.equal(open.say.includes('ec2:DeleteVolume'), false, 'that one was rehearsed');
  });

  it('takes a document that it cannot read for unknown, not for harmless', async () => {
    iam();
    stub.on('iam:GetRolePolicy', query('GetRolePolicy', { PolicyDocument: '%7B' }));
    assert.deepEqual(unaudited(await audit()), ['protocol']);
  });

  it('heeds a boundary', async () => {
    const inline = { all: [allow('*')] };
    iam({ roles: { rollcall: { inline, boundary: looking } } });
    assert.deepEqual(rights(await audit()), []);
    iam({ roles: { rollcall: { inline, boundary: [allow('rds:*')] } } });
    assert.deepEqual(rights(await audit()), ['delete critical', 'weaken critical', 'write warning']);
  });

  it('has one finding for an administrator, and one for root', async () => {
    iam({ roles: { rollcall: { attached: { 'arn:aws:iam::aws:policy/AdministratorAccess': [allow('*')] } } } });
    assert.deepEqual(rights(await audit()), ['admin critical']);
    stub.on(
      'sts:GetCallerIdentity',
      query('GetCallerIdentity', { Account: STUB_ACCOUNT, Arn: `arn:aws:iam::${STUB_ACCOUNT}:root`, UserId: '1' }),
    );
    assert.deepEqual(rights(await audit()), ['root critical']);
  });

  it('reads a user with its groups', async () => {
    stub.on(
      'sts:GetCallerIdentity',
      query('GetCallerIdentity', { Account: STUB_ACCOUNT, Arn: `arn:aws:iam::${STUB_ACCOUNT}:user/w`, UserId: '1' }),
    );
    iam({ users: { w: { inline: { look: looking }, groups: { ops: [allow('rds:DeleteDBInstance')] } } } });
    const [found] = strong(await audit());
    assert.deepEqual([found?.right, found?.on.includes('rds:DeleteDBInstance')], ['delete', true]);
    assert.match(found?.fix[0] ?? '', /^aws iam put-user-policy --user-name w /);
  });

  it('asks of the user who becomes the role as well, where that is of the same account', async () => {
    const credentials = { AccessKeyId: 'ASIA', SecretAccessKey: 'y', SessionToken: 'z', Expiration: new Date(Date.now() + 900_000) };
    stub.on('sts:AssumeRole', query('AssumeRole', { Credentials: credentials }));
    const user = query('GetCallerIdentity', { Account: STUB_ACCOUNT, Arn: `arn:aws:iam::${STUB_ACCOUNT}:user/w`, UserId: '1' });
    stub.on('sts:GetCallerIdentity', ({ accessKeyId }) => (accessKeyId === 'ASIA' ? callerIs(STUB_ACCOUNT) : user));
    iam({ users: { w: { inline: { x: [allow('rds:DeleteDBInstance'), allow('ec2:DeleteVolume')] } } } });
    const reports = await audit([], { role_arn: roleArn('rollcall') });
    assert.deepEqual(
      strong(reports).map(({ right, what }) => [right, what.includes(':user/w may ')]),
      [
        ['delete', true],
        ['delete', true],
      ],
      'the rehearsal, which the role made, says nothing of the user',
    );
  });

  it('is blind where nobody answers for the account', async () => {
    stub.on('sts:GetCallerIdentity', callerIs('999900001111'));
    assert.deepEqual(unaudited(await audit()), ['wrong-caller']);
    stub.on('sts:GetCallerIdentity', DENIED);
    assert.deepEqual(unaudited(await audit()), ['denied']);
  });

  describe('of agents', () => {
    const agent = roleArn('agent');
    const withAgent = (one: object, more: StubIam['roles'] = {}) =>
      iam({
        roles: {
          rollcall: { inline: { look: looking }, trust: [trust({ AWS: roleArn('watcher', '999900001111') })] },
          agent: one,
          ...more,
        },
      });
    /** The watcher at home in another account than the one it looks at. */
    const fromAfar = () =>
      stub.on('sts:GetCallerIdentity', ({ accessKeyId }) =>
        callerIs(accessKeyId === 'AKIAIOSFODNN7EXAMPLE' ? '999900001111' : STUB_ACCOUNT),
      );
    const assumed = { role_arn: roleArn('rollcall') };
    const assume = () =>
      stub.on(
        'sts:AssumeRole',
        query('AssumeRole', {
          Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 'y', SessionToken: 'z', Expiration: new Date(Date.now() + 900_000) },
        }),
      );

    it('names what one could delete, resource by resource', async () => {
      fromAfar();
      assume();
      withAgent({ inline: { work: [allow(['rds:*', 'ec2:DetachVolume'])] } });
      const found = reaches(await audit([agent], assumed));
      assert.deepEqual(
        found.map(({ ids, right, what }) => [ids, right, what]),
        [
          [['data'], 'weaken', 'may ec2:DetachVolume'],
          [['orders'], 'delete', 'may rds:DeleteDBInstance'],
          [['orders'], 'weaken', 'may rds:ModifyDBInstance'],
        ],
      );
      assert.deepEqual([found[0]?.agent, found[0]?.as], ['agent0', agent]);
    });

    it('finds nothing in common where the watcher is of another account', async () => {
      fromAfar();
      assume();
      withAgent({ inline: { work: looking } });
      const reports = await audit([agent], assumed);
      assert.deepEqual(
        reports.filter(({ kind }) => kind !== 'placed'),
        [],
      );
    });

    it('finds the account in common, the very role, and a role that trusts too many', async () => {
      const shared = async (arn: string) => (await audit([arn])).flatMap((one) => (one.kind === 'shared' ? [one.what] : []));
      withAgent({ inline: { work: looking } });
      assert.match((await shared(agent))[0] ?? '', /own credentials are of account 111122223333, as the agent is/);
      assert.match((await shared(roleArn('rollcall')))[0] ?? '', /the very identity with which the watcher looks/);
      withAgent(
        { inline: { work: looking } },
        { rollcall: { inline: { look: looking }, trust: [trust({ AWS: `arn:aws:iam::${STUB_ACCOUNT}:root` })] } },
      );
      assert.match((await shared(agent))[1] ?? '', /role\/rollcall, with which the watcher looks, trusts .*role\/agent/);
    });

    it('follows it into roles that it can become, and the roles those can', async () => {
      withAgent(
        { inline: { work: [allow('sts:AssumeRole', roleArn('ci'))] } },
        {
          ci: { trust: [trust({ AWS: `arn:aws:iam::${STUB_ACCOUNT}:root` })], inline: { x: [allow('sts:AssumeRole')] } },
          dba: { trust: [trust({ AWS: roleArn('ci') })], inline: { x: [allow('rds:DeleteDBInstance')] } },
          far: { trust: [trust({ AWS: roleArn('somebody', '999900001111') })], inline: { x: [allow('ec2:DeleteVolume')] } },
        },
      );
      const found = reaches(await audit([agent]));
      assert.deepEqual(
        found.map(({ ids, right, what }) => [ids, right, what]),
        [[['orders'], 'assume', `may rds:DeleteDBInstance, as ${roleArn('ci')} (sts:AssumeRole), as ${roleArn('dba')} (sts:AssumeRole)`]],
      );
    });

    it('does not follow where the way is denied, and needs no right where the role names it', async () => {
      const dba = { trust: [trust({ AWS: agent })], inline: { x: [allow('rds:DeleteDBInstance')] } };
      withAgent({ inline: { work: looking } }, { dba });
      assert.equal(reaches(await audit([agent])).length, 1);
      withAgent({ inline: { work: [...looking, { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' }] } }, { dba });
      assert.deepEqual(reaches(await audit([agent])), []);
    });

    it('follows a role that it may hand to what it starts', async () => {
      const admin = { trust: [trust({ Service: 'lambda.amazonaws.com' })], inline: { x: [allow('ec2:DeleteVolume')] } };
      const passes = allow('iam:PassRole', roleArn('worker'));
      withAgent({ inline: { work: [passes, allow('lambda:CreateFunction')] } }, { worker: admin });
      assert.match(
        reaches(await audit([agent]))[0]?.what ?? '',
        /may ec2:DeleteVolume, as .*worker \(iam:PassRole with lambda:CreateFunction\)/,
      );
      withAgent({ inline: { work: [passes] } }, { worker: admin });
      assert.deepEqual(reaches(await audit([agent])), [], 'with nothing to start');
    });

    it('knows who can give itself any right, and who has all of them', async () => {
      withAgent({ inline: { work: [allow('iam:*')] } });
      const [found] = reaches(await audit([agent]));
      assert.deepEqual([found?.right, found?.ids], ['iam', ['data', 'orders']]);
      withAgent({ inline: { work: [allow('*')] } });
      assert.deepEqual(
        reaches(await audit([agent])).map(({ right, ids }) => [right, ids]),
        [['admin', ['data', 'orders']]],
      );
    });

    it('asks of one of another account only what trusts it here', async () => {
      const foreign = roleArn('agent', '444455556666');
      withAgent({}, { shared: { trust: [trust({ AWS: foreign })], inline: { x: [allow('rds:DeleteDBInstance')] } } });
      const [found, ...more] = reaches(await audit([foreign]));
      assert.deepEqual(more, []);
      assert.match(found?.what ?? '', /may rds:DeleteDBInstance, as .*shared \(sts:AssumeRole, under a condition\)/);
    });

    it('says so where an agent cannot be read, or the roles cannot be listed', async () => {
      withAgent({});
      assert.deepEqual(unaudited(await audit([roleArn('nobody')])), ['protocol']);
      stub.on('iam:ListRoles', DENIED);
      assert.deepEqual(unaudited(await audit([agent])), ['denied']);
    });
  });
});
