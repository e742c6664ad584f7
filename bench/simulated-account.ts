/**
 * An account of AWS on loopback, as a process of its own: so many RDS instances, in pages of a hundred as the API gives them. Says its port once it
 * listens, and at `GET /calls` how many listings were read.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SimulatedAccount {
  readonly instances: number;
}

export interface AccountCalls {
  /** How many listings were read to their end, and in how many calls the last of them was. */
  readonly listings: number;
  readonly calls: number;
}

export const ACCOUNT = '111122223333';
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
const pages = Array.from({ length: Math.ceil(instances / PAGE) }, (_, page) => {
  const list = Array.from({ length: Math.min(PAGE, instances - page * PAGE) }, (__, n) => instance(page * PAGE + n + 1)).join('');
  return `<DBInstances>${list}</DBInstances>`;
});
const caller = said('GetCallerIdentity', `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:role/rollcall</Arn>`);

function said(action: string, result: string): string {
  return `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
}

const server = createServer((request, response) => {
  if (request.url === '/calls') {
    response.end(JSON.stringify(counts));
    return;
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(parts).toString());
    response.setHeader('content-type', 'text/xml');
    if (form.get('Action') !== 'DescribeDBInstances') {
      response.end(caller);
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
