import assert from 'node:assert/strict';
import { BadAnswer } from '../../../probes/aws/errors.ts';
import { decide, trusts } from '../../../probes/aws/iam-decide.ts';
import { readPolicy } from '../../../probes/aws/iam-policy.ts';

const VOLUME = 'arn:aws:ec2:eu-west-1:111122223333:volume/vol-1';
const policy = (...statements: object[]) => readPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
const allow = (Action: unknown, Resource: unknown = '*', more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more });
const deny = (Action: unknown, Resource: unknown = '*', more: object = {}) => ({ Effect: 'Deny', Action, Resource, ...more });
const condition = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };

describe('what policies of IAM come to', () => {
  /** Statements, then what is asked, then what it comes to. */
  const rows: readonly (readonly [string, object[], string, 'yes' | 'may' | 'no'])[] = [
    ['nothing said', [], VOLUME, 'no'],
    ['an action by name', [allow('ec2:DeleteVolume')], VOLUME, 'yes'],
    ['an action in other letters', [allow('EC2:deletevolume')], VOLUME, 'yes'],
    ['a wildcard', [allow('ec2:Del*')], VOLUME, 'yes'],
    ['a question mark', [allow('ec2:DeleteVolum?')], VOLUME, 'yes'],
    ['everything', [allow('*')], VOLUME, 'yes'],
    ['another action', [allow(['ec2:DescribeVolumes', 'ec2:DeleteSnapshot'])], VOLUME, 'no'],
    ['the resource by name', [allow('ec2:*', [VOLUME])], VOLUME, 'yes'],
    ['another resource', [allow('ec2:*', 'arn:aws:ec2:eu-west-1:111122223333:volume/vol-2')], VOLUME, 'no'],
    ['a name that differs in letters', [allow('ec2:*', VOLUME.replace('vol-1', 'VOL-1'))], VOLUME, 'no'],
    ['a pattern of resources', [allow('ec2:*', 'arn:aws:ec2:*:*:volume/*')], VOLUME, 'yes'],
    ['a dot is a dot', [allow('ec2.DeleteVolume')], VOLUME, 'no'],
    ['a denial wins', [allow('*'), deny('ec2:DeleteVolume')], VOLUME, 'no'],
    ['a denial of another thing does not', [allow('*'), deny('ec2:DeleteVolume', 'arn:aws:ec2:*:*:volume/vol-2')], VOLUME, 'yes'],
    ['a condition', [allow('ec2:*', '*', condition)], VOLUME, 'may'],
    ['a condition beside a plain one', [allow('ec2:*', '*', condition), allow('ec2:DeleteVolume')], VOLUME, 'yes'],
    ['a denial under a condition', [allow('ec2:*'), deny('ec2:*', '*', condition)], VOLUME, 'may'],
    ['everything but something else', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], VOLUME, 'yes'],
    ['everything but this', [{ Effect: 'Allow', NotAction: ['iam:*', 'ec2:Delete*'], Resource: '*' }], VOLUME, 'no'],
    ['a denial of all but looking', [allow('*'), { Effect: 'Deny', NotAction: 'ec2:Describe*', Resource: '*' }], VOLUME, 'no'],
    ['all resources but another', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::x' }], VOLUME, 'yes'],
    ['all resources but this', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:ec2:*:*:volume/*' }], VOLUME, 'no'],
    ['a variable', [allow('ec2:*', 'arn:aws:ec2:eu-west-1:111122223333:volume/${aws:username}')], VOLUME, 'may'],
    ['any of a kind, allowed as a whole', [allow('ec2:*')], 'arn:aws:ec2:eu-west-1:111122223333:volume/*', 'yes'],
    ['a part of what was asked about', [allow('ec2:DeleteVolume', VOLUME)], 'arn:aws:ec2:eu-west-1:111122223333:volume/*', 'may'],
    ['a part of it denied', [allow('ec2:*'), deny('*', VOLUME)], 'arn:aws:ec2:eu-west-1:111122223333:volume/*', 'may'],
  ];
  for (const [name, statements, resource, answer] of rows)
    it(`${name}: ${answer}`, () => {
      assert.equal(decide({ statements: policy(...statements) }, 'ec2:DeleteVolume', resource), answer);
    });

  it('a boundary allows nothing by itself, and takes what it does not name', () => {
    const statements = policy(allow('*'));
    assert.equal(decide({ statements, boundary: policy(allow('ec2:Describe*')) }, 'ec2:DeleteVolume', VOLUME), 'no');
    assert.equal(decide({ statements, boundary: policy(allow('ec2:*')) }, 'ec2:DeleteVolume', VOLUME), 'yes');
    assert.equal(decide({ statements: [], boundary: policy(allow('ec2:*')) }, 'ec2:DeleteVolume', VOLUME), 'no');
    assert.equal(decide({ statements, boundary: policy(allow('*'), deny('ec2:*')) }, 'ec2:DeleteVolume', VOLUME), 'no');
    assert.equal(decide({ statements, boundary: policy(allow('ec2:*', '*', condition)) }, 'ec2:DeleteVolume', VOLUME), 'may');
  });

  it('reads what IAM hands out percent-encoded, and a single statement', () => {
    const text = encodeURIComponent(JSON.stringify({ Statement: allow('ec2:*') }));
    assert.equal(decide({ statements: readPolicy(text) }, 'ec2:DeleteVolume', VOLUME), 'yes');
  });

  it('does not take for harmless what it cannot read', () => {
    for (const text of [
      '',
      'null',
      '[]',
      '%E0%A4%A',
      '{"Statement":[1]}',
      '{"Statement":[{"Effect":"allow"}]}',
      '{"Statement":[{"Effect":"Allow","Action":[1]}]}',
      '{}',
    ])
      assert.throws(() => readPolicy(text), BadAnswer, text);
  });
});

describe('whom a role trusts', () => {
  const agent = 'arn:aws:iam::111122223333:role/agent';
  const trust = (Principal: unknown, more: object = {}) => policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more });
  const ask = (statements: ReturnType<typeof policy>) => trusts(statements, agent, '111122223333');

  it('by name, by account, everybody, or nobody that is asked about', () => {
    assert.deepEqual(ask(trust({ AWS: agent })), { answer: 'yes', byName: true });
    assert.deepEqual(ask(trust({ AWS: ['arn:aws:iam::111122223333:root'] })), { answer: 'yes', byName: false });
    assert.deepEqual(ask(trust({ AWS: '111122223333' })), { answer: 'yes', byName: false });
    assert.deepEqual(ask(trust('*')), { answer: 'yes', byName: true });
    assert.deepEqual(ask(trust({ AWS: 'arn:aws:iam::999900001111:root' })), { answer: 'no', byName: false });
    assert.deepEqual(ask(trust({ Service: 'ec2.amazonaws.com' })), { answer: 'no', byName: false });
  });

  it('only perhaps under a condition, such as an external id', () => {
    assert.equal(ask(trust({ AWS: agent }, { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } })).answer, 'may');
    assert.equal(ask(policy({ Effect: 'Allow', NotPrincipal: { AWS: 'x' }, Principal: '*', Action: '*' })).answer, 'may');
  });

  it('nobody whom it refuses', () => {
    const refused = { Effect: 'Deny', Principal: { AWS: agent }, Action: 'sts:*' };
    assert.equal(ask(policy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }, refused)).answer, 'no');
  });

  it('not for another act', () => {
    assert.equal(ask(policy({ Effect: 'Allow', Principal: '*', Action: 'sts:TagSession' })).answer, 'no');
  });
});
