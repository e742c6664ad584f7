import assert from 'node:assert/strict';
import { aws } from '../../../probes/aws/index.ts';
import { connectionSchema, queuesOf } from '../../../probes/aws/schema.ts';
import type { Check } from '../../../src/probe.ts';

const PLAIN = { account: '111122223333', region: 'eu-west-1' };
const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/rollcall-events';
const listening = (events: object, more: object = {}) => ({ ...PLAIN, ...more, events });
const STORE = {
  sts: 'off',
  endpoint: 'https://s3.store.example',
  region: 'auto',
  access_key_id: 'reader',
  secret_access_key: { env: 'KEY' },
  owner: 'me',
};

/** `path: message` of every complaint. */
function complaints(raw: object): string[] {
  const result = aws.connection.safeParse(raw);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a connection of the probe aws', () => {
  for (const raw of [PLAIN, { ...PLAIN, region: undefined, regions: ['eu-west-1', 'us-east-1'] }, STORE])
    it(`is taken: ${Object.keys(raw).join(', ')}`, () => assert.deepEqual(complaints(raw), []));

  for (const [raw, complaint] of [
    [{ region: 'eu-west-1' }, /^account: must be the 12 digits of the account that has to answer/],
    [{ ...PLAIN, account: '1234' }, /^account: must be the 12 digits of an account, in quotes/],
    [{ account: '111122223333' }, /^region: must be there, or `regions`/],
    [{ ...PLAIN, regions: ['us-east-1'] }, /^region: must be there, or `regions`/],
    [{ ...PLAIN, region: 'eu_west' }, /^region: must be a region such as eu-west-1/],
    [{ ...PLAIN, access_key_id: 'AKIAIOSFODNN7EXAMPLE' }, /^secret_access_key: belongs to access_key_id/],
    [{ ...PLAIN, session_token: { env: 'T' } }, /^session_token: belongs to an access_key_id/],
    [{ ...PLAIN, external_id: { env: 'E' } }, /^external_id: belongs to a role_arn/],
    [{ ...PLAIN, role_arn: 'rollcall' }, /^role_arn: must be the ARN of a role/],
    [{ ...PLAIN, owner: 'me' }, /^owner: is for a store without STS/],
    [{ ...PLAIN, endpoint: 'http://127.0.0.1:5000', fips: true }, /^endpoint: leaves fips and dual_stack without effect/],
    [listening({}), /^events: must have a queue, or `queues` instead of it/],
    [listening({ queue: QUEUE, queues: [QUEUE] }), /^events: must have a queue, or `queues`/],
    [listening({ queue: 'rollcall-events' }), /^events\.queue: must be the URL or the ARN of a queue, such as https:\/\/sqs\.eu-west-1\./],
    [listening({ queue: 'arn:aws:sns:eu-west-1:111122223333:topic' }), /^events\.queue: must be the URL or the ARN of a queue/],
    [listening({ queue: QUEUE.replace('https', 'http') }), /^events\.queue: must be at SQS itself/],
    [listening({ queue: QUEUE.replace('amazonaws.com', 'amazonaws.com.evil.example') }), /^events\.queue: must be at SQS itself/],
    [listening({ queue: `${QUEUE}?x=1` }), /^events\.queue: must be the URL/],
    [listening({ queue: `${QUEUE}.fifo` }), /^events\.queue: must be a standard queue/],
    [listening({ queue: QUEUE, region: 'us-east-1' }), /^events\.queue: is in eu-west-1, as it says itself, and not in us-east-1/],
    [listening({ queues: [QUEUE, 'arn:aws:sqs:eu-west-1:111122223333:rollcall-events'] }), /^events\.queues\.1: is named twice/],
    [listening({ queue: QUEUE, visibility: 30 }), /^events: Unrecognized key/],
    [{ ...STORE, events: { queue: QUEUE } }, /^events: are of AWS/],
    [{ ...STORE, account: '111122223333' }, /^account: cannot be asserted without STS/],
    [{ ...STORE, owner: undefined }, /^owner: must be there where sts is off/],
    [{ ...STORE, canary: { bucket: 'abc', key: 'k', etag: 'e' } }, /^owner: must be there where sts is off/],
    [{ ...STORE, endpoint: undefined }, /^endpoint: must be there where sts is off/],
    [{ ...STORE, access_key_id: undefined, secret_access_key: undefined }, /^access_key_id: must be there where sts is off/],
  ] as const)
    it(`is refused: ${complaint.source}`, () => assert.match(complaints(raw)[0] ?? 'taken', complaint));
});

describe('a queue of events', () => {
  const read = (raw: object) => queuesOf(connectionSchema.parse(raw));

  it('is known by its URL or its ARN, and asked at the endpoint of its own region, whatever its address says of a host', () => {
    const arn = 'arn:aws:sqs:us-east-1:111122223333:rollcall-events';
    const url = 'https://sqs.us-east-1.amazonaws.com/111122223333/rollcall-events';
    const expected = [{ arn, url, region: 'us-east-1' }];
    for (const queue of [
      arn,
      url,
      'https://queue.amazonaws.com/111122223333/rollcall-events',
      'https://us-east-1.queue.amazonaws.com/111122223333/rollcall-events',
      'https://sqs-fips.us-east-1.amazonaws.com/111122223333/rollcall-events',
      'https://vpce-0a-1b.sqs.us-east-1.vpce.amazonaws.com/111122223333/rollcall-events',
    ])
      assert.deepEqual(read(listening({ queue })), expected, queue);
  });

  it('is of the partition of its region', () => {
    const [queue] = read({ ...PLAIN, region: 'cn-north-1', events: { queue: 'arn:aws-cn:sqs:cn-north-1:111122223333:events' } });
    assert.deepEqual(queue, {
      arn: 'arn:aws-cn:sqs:cn-north-1:111122223333:events',
      url: 'https://sqs.cn-north-1.amazonaws.com.cn/111122223333/events',
      region: 'cn-north-1',
    });
  });

  it('of an emulator is where the endpoint is, in the region that is said beside it, or in that of the connection', () => {
    const emulated = { endpoint: 'http://127.0.0.1:5000' };
    const url = 'http://127.0.0.1:5000/111122223333/events';
    assert.deepEqual(read(listening({ queue: url }, emulated)), [
      { url, arn: 'arn:aws:sqs:eu-west-1:111122223333:events', region: 'eu-west-1' },
    ]);
    assert.equal(read(listening({ queue: url, region: 'us-east-1' }, emulated))[0]?.region, 'us-east-1');
    assert.equal(read(listening({ queue: 'arn:aws:sqs:eu-west-1:111122223333:events' }, emulated))[0]?.url, url);
  });

  it('may be one of several, one for each region', () => {
    const queues = [QUEUE, QUEUE.replaceAll('eu-west-1', 'us-east-1')];
    assert.deepEqual(
      read(listening({ queues })).map(({ region }) => region),
      ['eu-west-1', 'us-east-1'],
    );
    assert.deepEqual(read(PLAIN), []);
  });
});

function checksOf(kind: string, entry: object): readonly Check[] {
  const made = aws.kinds.get(kind);
  assert.ok(made);
  const compiled = made.compile(made.entry.parse(entry));
  assert.ok(compiled.ok);
  return compiled.value.checks;
}

describe('what the manifest says of a protection', () => {
  const rule = (expect: object, facet: string) =>
    checksOf('aws.rds.instance', { name: 'orders', expect }).find((check) => check.facet === `protection/${facet}`)?.rule;

  it('must hold; what it leaves unsaid must not go; what it does without is not asked', () => {
    assert.deepEqual(rule({ deletion_protection: true }, 'deletion_protection'), { is: 'equals', value: 1 });
    assert.deepEqual(rule({}, 'deletion_protection'), { is: 'never_shrinks' });
    assert.equal(rule({ deletion_protection: false }, 'deletion_protection'), undefined);
    assert.deepEqual(rule({ min_backup_retention: '7d' }, 'backup_retention'), { is: 'at_least', bound: 604_800_000 });
    assert.deepEqual(rule({}, 'backup_retention'), { is: 'never_shrinks' });
    assert.equal(rule({ min_backup_retention: '0d' }, 'backup_retention'), undefined);
  });

  it('weighs what the entry says', () => {
    const severities = (expect: object) =>
      new Set(
        checksOf('aws.rds.instance', { name: 'orders', expect }).flatMap(({ breach, severity }) =>
          breach === 'exposed' ? [severity] : [],
        ),
      );
    assert.deepEqual([...severities({})], [undefined]);
    assert.deepEqual([...severities({ severity: 'critical' })], ['critical']);
  });
});

describe('the rights that AWS must grant', () => {
  it('are those of exactly what is wanted, each once', () => {
    const kind = aws.kinds.get('aws.ebs.volume');
    assert.ok(kind);
    const wanted = ['vol-00000001', 'vol-00000002'].map((volume) => {
      const compiled = kind.compile(kind.entry.parse({ volume }));
      assert.ok(compiled.ok);
      return { id: volume, kind: 'aws.ebs.volume', target: compiled.value.target, checks: compiled.value.checks };
    });
    assert.deepEqual(
      aws.needs(wanted).map(({ right }) => right),
      ['sts:GetCallerIdentity', 'ec2:DescribeVolumes', 'ec2:DescribeRegions'],
    );
  });
});
