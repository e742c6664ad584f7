import assert from 'node:assert/strict';
import { readHappening } from '../../../../probes/aws/events/happening.ts';
import { call, envelope } from '../../../support/aws/events.ts';

const read = (event: unknown) => readHappening(JSON.stringify(event));

describe('a message as an event of EventBridge', () => {
  it('is a call that CloudTrail recorded: its service, region, name, and all that it names', () => {
    const said = read(call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: 'Orders', skipFinalSnapshot: true }));
    assert.deepEqual([said?.service, said?.region, said?.what], ['rds', 'eu-west-1', 'DeleteDBInstance']);
    assert.ok(said);
    assert.ok(said.words.has('orders'));
    assert.ok(!said.words.has('agent'), 'who called is not what was called for');
  });

  it('is what a service says itself, with the parts of the ARNs in it', () => {
    const resources = ['arn:aws:ec2:eu-west-1:111122223333:volume/vol-0123456789abcdef0'];
    const said = read(
      envelope('aws.ec2', 'EBS Volume Notification', { event: 'deleteVolume', result: 'deleted', cause: '' }, { resources }),
    );
    assert.deepEqual([said?.service, said?.what], ['ec2', 'EBS Volume Notification']);
    assert.ok(said?.words.has('vol-0123456789abcdef0'));
  });

  it("is AWS Health's word on another service", () => {
    const detail = { service: 'EBS', affectedEntities: [{ entityValue: 'vol-0123456789abcdef0' }] };
    const said = read(envelope('aws.health', 'AWS Health Event', detail));
    assert.equal(said?.service, 'ec2');
    assert.ok(said.words.has('vol-0123456789abcdef0'));
    assert.equal(read(envelope('aws.health', 'AWS Health Event', { service: 'LAMBDA' })), undefined);
  });

  it('is nothing where the call was refused or rehearsed, or where somebody put it on the bus himself', () => {
    const named = { volumeId: 'vol-0123456789abcdef0' };
    assert.equal(read(call('ec2', 'DeleteVolume', named, { errorCode: 'Client.DryRunOperation' })), undefined);
    assert.equal(read(call('ec2', 'DeleteVolume', named, { errorCode: 'AccessDenied' })), undefined);
    assert.equal(read({ ...call('ec2', 'DeleteVolume', named), source: 'my.app' }), undefined);
    assert.ok(read(call('ec2', 'DeleteVolume', named)));
  });

  it('is nothing where it is no such thing at all', () => {
    const long = JSON.stringify(call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: 'orders', tags: 'x'.repeat(300_000) }));
    for (const body of [
      '',
      'orders',
      'null',
      '[]',
      '"orders"',
      '{',
      '{"detail":{}}',
      '{"source":"aws.rds","detail":[]}',
      '[{"source":"aws.rds"}]',
      long,
    ])
      assert.equal(readHappening(body), undefined, body.slice(0, 40));
    for (const detail of [{ eventSource: 7 }, { eventSource: {}, eventName: [] }, { requestParameters: 7 }])
      assert.doesNotThrow(() => read(envelope('aws.rds', 'x', detail, { account: 7, region: null, resources: 'x' })));
  });

  it('takes no more of what is nested, wide or endless than it has room for', () => {
    const deep = `{"source":"aws.rds","detail":{"eventSource":"rds.amazonaws.com","requestParameters":${'['.repeat(100_000)}"orders"${']'.repeat(100_000)}}}`;
    assert.ok(!readHappening(deep)?.words.has('orders'));
    const wide = read(call('rds', 'x', { many: Array.from({ length: 20_000 }, (_, n) => `n${n}`) }));
    assert.ok((wide?.words.size ?? 0) > 1000 && (wide?.words.size ?? 0) <= 2001);
    const slashes = read(call('s3', 'x', { key: '/a'.repeat(1000) }));
    assert.ok((slashes?.words.size ?? 99) < 10);
    const proto = readHappening(
      '{"source":"aws.rds","detail":{"eventSource":"rds.amazonaws.com","requestParameters":{"__proto__":{"name":"orders"}}}}',
    );
    assert.ok(proto?.words.has('orders'), 'a name like any other');
  });
});
