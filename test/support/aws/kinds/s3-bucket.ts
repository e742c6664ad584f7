import { setTimeout as sleep } from 'node:timers/promises';
import { S3 } from '@aws-sdk/client-s3';
import { callerIs, DENIED, ec2, Fault, startAwsStub, STUB_ACCOUNT, xml, type AwsStub, type StubAnswer } from '../stub.ts';
import { motoAccount } from '../moto-account.ts';
import { AWS_KEY } from '../watcher.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['orders-backups', 'ledger-backups', 'users-backups'];
const entry = (bucket: string, expect?: object) => ({ bucket, ...(expect && { expect }) });

/** A bucket of the stub's: when it was made, and what each question about it is answered with, by the parameter that asks it. */
export interface StubBucket {
  readonly created: Date;
  readonly answers: Readonly<Record<string, StubAnswer>>;
}

const none = (code: string) => new Fault(code, 404);

/** As AWS answers of a bucket that is well protected. */
export const PROTECTED: StubBucket['answers'] = {
  location: xml('LocationConstraint', {}),
  versioning: xml('VersioningConfiguration', { Status: 'Enabled', MfaDelete: 'Disabled' }),
  'object-lock': xml('ObjectLockConfiguration', {
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } },
  }),
  lifecycle: none('NoSuchLifecycleConfiguration'),
  replication: xml('ReplicationConfiguration', {
    Role: 'arn:aws:iam::111122223333:role/replicates',
    Rule: { Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::elsewhere' } },
  }),
  encryption: xml('ServerSideEncryptionConfiguration', {
    Rule: {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn:aws:kms:eu-west-1:111122223333:key/1' },
      BlockedEncryptionTypes: { EncryptionType: 'SSE-C' },
    },
  }),
  publicAccessBlock: xml('PublicAccessBlockConfiguration', {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  }),
  policy: none('NoSuchBucketPolicy'),
};

/** What is answered instead of anything else, or of the second page of a list, while it is set. */
export interface Mood {
  first?: StubAnswer;
  second?: StubAnswer;
}

/** Scripts the list of buckets, two a page. */
export function stubBuckets(
  stub: AwsStub,
  there: ReadonlyMap<string, Pick<StubBucket, 'created'>>,
  mood: Mood,
  hidden: ReadonlySet<string> = new Set(),
): void {
  stub.on('ec2:DescribeRegions', ec2('DescribeRegions', { regionInfo: { item: [{ regionName: 'eu-west-1' }] } }));
  stub.on('s3:GET /', ({ params }) => {
    if (mood.first) return mood.first;
    const { 'continuation-token': token, prefix = '' } = params;
    if (token !== undefined && mood.second) return mood.second;
    const from = Number(token ?? 0);
    const shown = [...there].filter(([name]) => !hidden.has(name) && name.startsWith(prefix));
    const page = shown.slice(from, from + 2).map(([Name, { created }]) => ({ Name, CreationDate: created, BucketRegion: 'eu-west-1' }));
    const next = from + 2 < shown.length ? { ContinuationToken: String(from + 2) } : {};
    return xml('ListAllMyBucketsResult', { Owner: { ID: 'owner-1' }, Buckets: { Bucket: page }, ...next });
  });
}

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const there = new Map<string, StubBucket>(
    NAMES.map((name, at) => [name, { created: new Date(Date.UTC(2024, 2, 1, 10, 0, at)), answers: PROTECTED }]),
  );
  const mood: Mood = {};
  stubBuckets(stub, there, mood);
  for (const name of NAMES)
    stub.on(`s3:GET /${name}/`, ({ params }) => {
      if (mood.first) return mood.first;
      const one = there.get(name);
      if (!one) return new Fault('NoSuchBucket', 404);
      return Object.entries(one.answers).find(([question]) => question in params)?.[1] ?? new Fault('NotScripted', 400);
    });
  const change = (name: string, more: Partial<StubBucket>): void => {
    const one = there.get(name);
    if (one) there.set(name, { ...one, ...more });
  };
  return {
    connection: { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY },
    names: NAMES,
    entry,
    destroy: async (name) => void there.delete(name),
    destroyAll: async () => there.clear(),
    can: {
      recreate: async (name) => change(name, { created: new Date() }),
      weaken: async (name) => {
        change(name, { answers: { ...PROTECTED, versioning: xml('VersioningConfiguration', { Status: 'Suspended' }) } });
        return 'protection/versioning';
      },
      deny: async () => void (mood.first = DENIED),
      throttleSecondPage: async () => {
        mood.second = new Fault('SlowDown', 503, 'Please reduce your request rate.');
        return NAMES.slice(0, 2);
      },
      elsewhere: async () => {
        stub.on('sts:GetCallerIdentity', callerIs('999988887777'));
        return { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY };
      },
      hang: async (from) => {
        if (from === 'first page') mood.first = 'hang';
        else mood.second = 'hang';
      },
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

let made = 0;

/** A name that no other test's bucket has: the emulator knows each once, whoever owns it, as AWS does. */
export function freshName(name: string): string {
  return `${name}-${process.pid}-${++made}`;
}

/** Past the second in which it began: moments are whole seconds to the emulator. */
export async function nextSecond(): Promise<void> {
  await sleep(1010 - (Date.now() % 1000));
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const s3 = new S3(account.client);
  const names = NAMES.map(freshName);
  const make = async (Bucket: string): Promise<void> => {
    await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  };
  for (const name of names) await make(name);
  const left = new Set(names);
  const destroy = async (Bucket: string): Promise<void> => {
    await s3.deleteBucket({ Bucket });
    left.delete(Bucket);
  };
  return {
    connection: account.connection,
    names,
    entry,
    destroy,
    destroyAll: async () => {
      for (const name of left) await destroy(name);
    },
    can: {
      recreate: async (name) => {
        await destroy(name);
        await nextSecond();
        await make(name);
      },
      weaken: async (Bucket) => {
        await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Suspended' } });
        return 'protection/versioning';
      },
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => s3.destroy(),
  };
}

export const s3Bucket: KindWorlds = { stub: onStub, emulator: onEmulator };
