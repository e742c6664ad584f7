/**
 * An account of AWS on loopback, as a process of its own: so many RDS instances, in pages of a hundred as the API gives them, and a queue of events.
 * Says its port once it listens, and at `GET /calls` how many listings were read. `POST /remove/NAME` deletes an instance, and puts into the queue what
 * CloudTrail records of such a call: at once, where CloudTrail takes minutes.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ACCOUNT, type SimulatedAccount } from './simulated-account-task.ts';

const PAGE = 100;

const { instances } = JSON.parse(process.env['BENCH_TASK'] ?? '{}') as SimulatedAccount;
const counts = { listings: 0, calls: 0 };
/** Pages asked for so far, by the listing that the marker names. */
const asked = new Map<string, number>();
let begun = 0;

/** About as much XML as AWS sends for one. */
const instance = (
  n: number,
): string => `<DBInstance><DBInstanceIdentifier>db-${n}</DBInstanceIdentifier><DbiResourceId>db-${String(n).padStart(26, '0')}</DbiResourceId>
<DBInstanceArn>arn:aws:rds:eu-west-1:${ACCOUNT}:db:db-${n}</DBInstanceArn><DBInstanceStatus>available</DBInstanceStatus><Engine>postgres</Engine><EngineVersion>18.1</EngineVersion>
<DBInstanceClass>db.t4g.small</DBInstanceClass><InstanceCreateTime>2024-03-01T10:00:00.000Z</InstanceCreateTime><LatestRestorableTime>${new Date().toISOString()}</LatestRestorableTime>
<AllocatedStorage>100</AllocatedStorage><BackupRetentionPeriod>7</BackupRetentionPeriod><DeletionProtection>true</DeletionProtection><MultiAZ>true</MultiAZ>
<StorageEncrypted>true</StorageEncrypted><PubliclyAccessible>false</PubliclyAccessible><KmsKeyId>arn:aws:kms:eu-west-1:${ACCOUNT}:key/00000000-0000-4000-8000-000000000000</KmsKeyId>
<Endpoint><Address>db-${n}.abcdefghijkl.eu-west-1.rds.amazonaws.com</Address><Port>5432</Port><HostedZoneId>Z1D2E3F4G5H6I7</HostedZoneId></Endpoint>
<DBSubnetGroup><DBSubnetGroupName>private</DBSubnetGroupName><VpcId>vpc-0a1b2c3d4e5f60718</VpcId><Subnets>${['a', 'b', 'c'].map((zone) => `<Subnet><SubnetIdentifier>subnet-0${zone}</SubnetIdentifier><SubnetAvailabilityZone><Name>eu-west-1${zone}</Name></SubnetAvailabilityZone><SubnetStatus>Active</SubnetStatus></Subnet>`).join('')}</Subnets></DBSubnetGroup>
<TagList>${['Name', 'team', 'environment', 'cost-centre'].map((key) => `<Tag><Key>${key}</Key><Value>${key} of db-${n}</Value></Tag>`).join('')}</TagList></DBInstance>`;
const removed = new Set<string>();
/** Names by page; what was deleted leaves its page shorter. */
const names = Array.from({ length: Math.ceil(instances / PAGE) }, (_, page) =>
  Array.from({ length: Math.min(PAGE, instances - page * PAGE) }, (__, n) => page * PAGE + n + 1),
);
const list = (numbers: readonly number[]): string =>
  `<DBInstances>${numbers
    .filter((n) => !removed.has(`db-${n}`))
    .map(instance)
    .join('')}</DBInstances>`;
const pages = names.map(list);
const caller = said('GetCallerIdentity', `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:role/rollcall</Arn>`);

/** Messages that wait for whoever receives, and whoever waits for a message. */
const queue: { readonly MessageId: string; readonly Body: string }[] = [];
const receivers = new Set<() => void>();

function said(action: string, result: string): string {
  return `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
}

/** What CloudTrail records of it, in EventBridge's envelope. */
function deletionOf(name: string): object {
  const detail = {
    eventSource: 'rds.amazonaws.com',
    eventName: 'DeleteDBInstance',
    awsRegion: 'eu-west-1',
    requestParameters: { dBInstanceIdentifier: name, skipFinalSnapshot: true },
  };
  return {
    version: '0',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.rds',
    account: ACCOUNT,
    region: 'eu-west-1',
    resources: [],
    detail,
  };
}

/** Hands out what there is, or waits for something to come, as SQS does: for twenty seconds at most. */
function receive(response: ServerResponse): void {
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  const hand = (): void => {
    clearTimeout(timer);
    receivers.delete(hand);
    const Messages = queue.splice(0, 10).map((message) => ({ ...message, ReceiptHandle: 'handle' }));
    response.end(JSON.stringify(Messages.length > 0 ? { Messages } : {}));
  };
  const timer = setTimeout(hand, 20_000);
  response.on('close', () => (clearTimeout(timer), receivers.delete(hand)));
  if (queue.length > 0) hand();
  else receivers.add(hand);
}

const server = createServer((request, response) => {
  if (request.url === '/calls') {
    response.end(JSON.stringify(counts));
    return;
  }
  const remove = /^\/remove\/(db-(\d+))$/.exec(request.url ?? '');
  if (remove) {
    const [, name = '', number = ''] = remove;
    removed.add(name);
    const page = Math.floor((Number(number) - 1) / PAGE);
    pages[page] = list(names[page] ?? []);
    queue.push({ MessageId: `message-${removed.size}`, Body: JSON.stringify(deletionOf(name)) });
    for (const wake of receivers) wake();
    response.end();
    return;
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    if (request.headers['x-amz-target'] === 'AmazonSQS.ReceiveMessage') return receive(response);
    const form = new URLSearchParams(Buffer.concat(parts).toString());
    response.setHeader('content-type', 'text/xml');
    if (form.get('Action') !== 'DescribeDBInstances') {
      response.end(caller);
      return;
    }
    const only = form.get('DBInstanceIdentifier');
    if (only !== null) {
      response.statusCode = removed.has(only) ? 404 : 200;
      const error = `<ErrorResponse><Error><Type>Sender</Type><Code>DBInstanceNotFound</Code><Message>${only} not found</Message></Error></ErrorResponse>`;
      response.end(removed.has(only) ? error : said('DescribeDBInstances', list([Number(only.slice('db-'.length))])));
      return;
    }
    const [listing = '', page = '0'] = (form.get('Marker') ?? `${++begun}:0`).split(':');
    asked.set(listing, (asked.get(listing) ?? 0) + 1);
    const next = Number(page) + 1;
    if (next >= pages.length) {
      counts.listings += 1;
      counts.calls = asked.get(listing) ?? 0;
    }
    response.end(said('DescribeDBInstances', `${pages[Number(page)]}${next < pages.length ? `<Marker>${listing}:${next}</Marker>` : ''}`));
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));
