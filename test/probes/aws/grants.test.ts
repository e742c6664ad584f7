import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { HARMED } from '../../../probes/aws/harms.ts';
import { decide } from '../../../probes/aws/iam-decide.ts';
import { readPolicy } from '../../../probes/aws/iam-policy.ts';
import { aws } from '../../../probes/aws/index.ts';
import { MOST_CHARACTERS, policiesFor } from '../../../probes/aws/policy-document.ts';
import type { Wanted } from '../../../src/probe.ts';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import { Secret } from '../../../src/values/secret.ts';
import { DENIED, ec2, query, startAwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher } from '../../support/aws/watcher.ts';

const WHERE = { account: '111122223333', partition: 'aws' };
const EXTERNAL_ID = 'the-external-id-of-a-test';
const wanted: readonly Wanted<unknown>[] = [
  { id: 'data', kind: 'aws.ebs.volume', target: { kind: 'aws.ebs.volume', region: undefined, key: 'vol-0123456789abcdef0' }, checks: [] },
  { id: 'orders', kind: 'aws.rds.instance', target: { kind: 'aws.rds.instance', region: 'us-east-1', key: 'orders' }, checks: [] },
];
const settings = {
  account: '111122223333',
  region: 'eu-west-1',
  role_arn: 'arn:aws:iam::111122223333:role/watch/rollcall',
  external_id: { env: 'X' },
};
const grants = async (raw: object = settings, more: object = {}) => {
  const made = await aws.grants?.(aws.connection.parse(raw), wanted, {
    connection: 'prod',
    secret: async () => new Secret(EXTERNAL_ID),
    ...more,
  });
  assert.ok(made);
  return made;
};
const actionsOf = (document: unknown): string[] => readPolicy(JSON.stringify(document)).flatMap(({ actions }) => actions);

describe('the policies for AWS', () => {
  it('allow what is asked on what it is asked on, and nothing beside', () => {
    const table = 'arn:aws:dynamodb:eu-west-1:*:table/orders';
    const { documents, widened } = policiesFor(
      [
        { right: 'dynamodb:DescribeTable', on: table },
        { right: 'dynamodb:ListTables', on: '*' },
        { right: 's3:ListBucket', on: 'arn:aws:s3:::vault' },
      ],
      WHERE,
    );
    const statements = readPolicy(JSON.stringify(documents[0]));
    const may = (action: string, on: string) => decide({ statements }, action, on);
    assert.deepEqual([documents.length, widened], [1, false]);
    assert.equal(may('dynamodb:DescribeTable', table.replace(':*:', ':111122223333:')), 'yes');
    assert.equal(may('dynamodb:DescribeTable', table.replace(':*:', ':444455556666:')), 'no', 'of another account');
    assert.equal(may('dynamodb:DescribeTable', 'arn:aws:dynamodb:eu-west-1:111122223333:table/other'), 'no');
    assert.equal(may('dynamodb:ListTables', '*'), 'yes');
    assert.equal(may('s3:ListBucket', 'arn:aws:s3:::vault'), 'yes');
    assert.equal(may('s3:DeleteBucket', 'arn:aws:s3:::vault'), 'no');
  });

  it('name the partition that the account is in', () => {
    const { documents } = policiesFor([{ right: 'kms:DescribeKey', on: 'arn:aws:kms:cn-north-1:*:key/1' }], {
      ...WHERE,
      partition: 'aws-cn',
    });
    assert.deepEqual(documents[0]?.Statement[0]?.Resource, ['arn:aws-cn:kms:cn-north-1:111122223333:key/1']);
  });

  it('fit into managed policies, and name whole types where there are too many things', () => {
    const tables = (count: number) =>
      Array.from({ length: count }, (_, nth) => ({
        right: 'dynamodb:DescribeTable',
        on: `arn:aws:dynamodb:eu-west-1:*:table/orders-${nth}`,
      }));
    const some = policiesFor(tables(300), WHERE);
    assert.ok(some.documents.length > 1 && !some.widened);
    for (const document of some.documents) assert.ok(JSON.stringify(document).length <= MOST_CHARACTERS);
    assert.equal(new Set(some.documents.flatMap(({ Statement }) => Statement.flatMap(({ Resource }) => Resource))).size, 300);
    const many = policiesFor([...tables(5000), { right: 's3:ListBucket', on: 'arn:aws:s3:::vault' }], WHERE);
    assert.deepEqual(many, {
      widened: true,
      documents: [
        {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'Dynamodb1',
              Effect: 'Allow',
              Action: ['dynamodb:DescribeTable'],
              Resource: ['arn:aws:dynamodb:eu-west-1:111122223333:table/*'],
            },
            { Sid: 'S31', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::*'] },
          ],
        },
      ],
    });
  });
});

describe('the grants for AWS', () => {
  it('only look', async () => {
    const { documents = [] } = await grants(settings, {
      agents: [{ name: 'cursor', is: { role_arn: 'arn:aws:iam::111122223333:role/agent' } }],
    });
    const actions = documents.filter(({ name }) => name !== 'trust').flatMap(({ document }) => actionsOf(document));
    assert.ok(actions.includes('rds:DescribeDBInstances') && actions.includes('iam:SimulatePrincipalPolicy'), actions.join());
    for (const action of actions) assert.match(action, /^[a-z0-9-]+:(?:Describe|Get|Head|List|Query|Simulate)[a-zA-Z]*$/);
  });

  it('allow receiving from exactly the queues of events that the connection names, and nothing else of them', async () => {
    const queues = ['eu-west-1', 'us-east-1'].map((region) => `arn:aws:sqs:${region}:111122223333:rollcall-events`);
    const raw = { ...settings, events: { queues } };
    const { documents = [], statements } = await grants(raw);
    const listening = documents.filter(({ document }) => actionsOf(document).some((action) => action.startsWith('sqs:')));
    assert.deepEqual(
      listening.map(({ name }) => name),
      ['events'],
    );
    const policy = { statements: readPolicy(JSON.stringify(listening[0]?.document)) };
    assert.deepEqual(actionsOf(listening[0]?.document), ['sqs:ReceiveMessage']);
    for (const queue of queues) assert.equal(decide(policy, 'sqs:ReceiveMessage', queue), 'yes');
    assert.equal(decide(policy, 'sqs:ReceiveMessage', 'arn:aws:sqs:eu-west-1:111122223333:orders'), 'no');
    assert.equal(decide(policy, 'sqs:DeleteMessage', queues[0] ?? ''), 'no');
    assert.match(statements.find(({ run }) => run.includes('rollcall-events'))?.why ?? '', /never deleted/);
    const connection = aws.connection.parse(raw);
    const asked = aws.needs(wanted, connection).filter(({ right }) => right.startsWith('sqs:'));
    assert.deepEqual(
      asked.map(({ right, on }) => [right, on]),
      queues.map((queue) => ['sqs:ReceiveMessage', queue]),
    );
    const without = await grants();
    assert.ok(!JSON.stringify(without).includes('sqs:'));
    assert.ok(!aws.needs(wanted, aws.connection.parse(settings)).some(({ right }) => right.startsWith('sqs:')));
  });

  it('name the queue however many things there are', async () => {
    const many = Array.from({ length: 3000 }, (_, nth): Wanted<unknown> => ({
      id: `t${nth}`,
      kind: 'aws.dynamodb.table',
      target: { kind: 'aws.dynamodb.table', region: undefined, key: `table-of-many-${nth}`, backups: false },
      checks: [],
    }));
    const queue = 'arn:aws:sqs:eu-west-1:111122223333:rollcall-events';
    const made = await aws.grants?.(aws.connection.parse({ ...settings, events: { queue } }), many, {
      connection: 'prod',
      secret: async () => new Secret(EXTERNAL_ID),
    });
    const all = (made?.documents ?? []).flatMap(({ name, document }) => (name === 'trust' ? [] : readPolicy(JSON.stringify(document))));
    assert.ok(
      all.some(({ resources }) => resources.some((one) => one.endsWith(':table/*'))),
      'the tables are widened',
    );
    assert.deepEqual(all.find(({ actions }) => actions.includes('sqs:ReceiveMessage'))?.resources, [queue]);
  });

  it('are a script that bash takes, with the external id nowhere in it', async () => {
    const { script, role, language } = await grants();
    assert.deepEqual([role, language], ['rollcall', 'sh']);
    execFileSync('bash', ['-n'], { input: script });
    assert.ok(!script.includes(EXTERNAL_ID));
    assert.match(script, /^role rollcall \/watch\/ '/m);
  });

  it('make a trust that asks for the external id, whatever the two are', async () => {
    const { statements } = await grants();
    const made = statements.find(({ run }) => run.startsWith('role '));
    const trusted = execFileSync('bash', ['--norc', '-c', `role() { printf %s "$3"; }; ${made?.run}`], {
      env: { WATCHER_ARN: 'arn:aws:iam::999900001111:role/watcher', EXTERNAL_ID: "it's $HOME" },
      encoding: 'utf8',
    });
    assert.deepEqual((JSON.parse(trusted) as { Statement: unknown }).Statement, [
      {
        Sid: 'TheWatcherAlone',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::999900001111:role/watcher' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': "it's $HOME" } },
      },
    ]);
  });

  it('make a trust that lets nobody in without the external id', async () => {
    // moto lets pass who says none at all; the condition is held here to what AWS says of StringEquals: a key that is missing does not match.
    const { documents = [] } = await grants();
    const { document } = documents.find(({ name }) => name === 'trust') ?? assert.fail();
    const [{ Condition }] = (document as { Statement: [{ Condition: { StringEquals: Record<string, string> } }] }).Statement;
    await using stub = await startAwsStub();
    stub.on('sts:AssumeRole', ({ params }) => {
      const asked = Condition.StringEquals['sts:ExternalId']?.replace('${EXTERNAL_ID}', EXTERNAL_ID);
      return params['ExternalId'] === asked
        ? query('AssumeRole', { Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 'y', SessionToken: 'z' } })
        : DENIED;
    });
    stub.on(
      'ec2:DescribeVolumes',
      ec2('DescribeVolumes', { volumeSet: { item: [{ volumeId: 'vol-0123456789abcdef0', status: 'in-use' }] } }),
    );
    const look = async (more: object) => {
      const connection = { ...settings, external_id: undefined, endpoint: stub.url, ...AWS_KEY, ...more };
      const entry = { volume: 'vol-0123456789abcdef0' };
      await using watcher = new AwsWatcher(connection, [{ id: 'data', kind: 'aws.ebs.volume', entry }], createSystemClock(0), {
        KEY: 'k',
        X: EXTERNAL_ID,
      });
      return (await watcher.look())['data']?.words;
    };
    assert.deepEqual(await look({}), ['blind:denied']);
    assert.deepEqual((await look({ external_id: { env: 'X' } }))?.includes('blind:denied'), false);
  });

  it('name another role where one is asked for, and read other roles only for agents', async () => {
    const { script } = await grants(settings, { role: 'looker' });
    assert.match(script, /^role looker \/ /m);
    assert.doesNotMatch(script, /role\/\*|ListRoles/);
    const withAgents = await grants(settings, { agents: [{ name: 'a', is: { role_arn: 'arn:aws:iam::111122223333:user/bot' } }] });
    assert.match(withAgents.script, /ListRoles/);
    assert.match(withAgents.script, /GetUserPolicy/);
  });

  it('are one JSON policy for a store without IAM', async () => {
    const store = {
      sts: 'off',
      region: 'auto',
      endpoint: 'http://127.0.0.1:9',
      access_key_id: 'x123',
      secret_access_key: { env: 'K' },
      owner: 'me',
    };
    const { language, statements } = await grants(store);
    assert.deepEqual([language, statements], ['json', []]);
  });
});

describe('what takes from an agent', () => {
  const agent = { name: 'cursor', is: { role_arn: 'arn:aws:iam::111122223333:role/agent' } };
  const reach = (right: string, ids: string[], fix: string[] = []) => {
    return { kind: 'reach' as const, agent: 'cursor', as: agent.is.role_arn, ids, right, what: `may ${right}`, fix };
  };
  const disarm = async (reaches: ReturnType<typeof reach>[]) => {
    const made = await aws.disarm?.(
      aws.connection.parse(settings),
      wanted,
      { agent, reaches },
      { connection: 'prod', secret: async () => new Secret('x') },
    );
    assert.ok(made);
    execFileSync('bash', ['-n'], { input: made.script });
    return made;
  };

  it('denies it every harm to what it reaches, and every way to more', async () => {
    const { statements } = await disarm([reach('delete', ['orders'])]);
    const document = /--policy-document '(.*)'$/.exec(statements[0]?.run ?? '')?.[1] ?? '';
    const permissions = {
      statements: [...readPolicy(document), ...readPolicy('{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')],
    };
    const orders = 'arn:aws:rds:us-east-1:111122223333:db:orders';
    for (const action of ['rds:DeleteDBInstance', 'rds:ModifyDBInstance']) assert.equal(decide(permissions, action, orders), 'no');
    assert.equal(decide(permissions, 'iam:PutRolePolicy', '*'), 'no');
    assert.equal(decide(permissions, 'rds:DeleteDBInstance', orders.replace('orders', 'scratch')), 'yes', 'its own work goes on');
    assert.equal(
      decide(permissions, 'ec2:DeleteVolume', 'arn:aws:ec2:eu-west-1:111122223333:volume/vol-0123456789abcdef0'),
      'yes',
      'not reached',
    );
  });

  it('closes the ways to other roles, and makes one of the size of a task', async () => {
    const { statements } = await disarm([reach('delete', ['orders'], ['aws one']), reach('assume', ['orders'], ['aws two'])]);
    const runs = statements.map(({ run }) => run);
    assert.ok(runs.includes('aws two') && !runs.includes('aws one'), 'one is part of the denial of all');
    assert.ok(runs.some((run) => run.startsWith('aws iam create-role --role-name agent-task ')));
  });

  it('denies nothing to one that reaches nothing', async () => {
    const { script } = await disarm([]);
    assert.doesNotMatch(script, /"Deny"/);
  });
});

describe('the harms to AWS resources', () => {
  it('are known of every kind', () => {
    assert.deepEqual(
      [...aws.kinds.keys()].filter((kind) => !HARMED.has(kind)),
      [],
    );
  });
});
