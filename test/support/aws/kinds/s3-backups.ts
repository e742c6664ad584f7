import { S3 } from '@aws-sdk/client-s3';
import { callerIs, DENIED, Fault, startAwsStub, STUB_ACCOUNT, xml } from '../stub.ts';
import { motoAccount } from '../moto-account.ts';
import { AWS_KEY } from '../watcher.ts';
import type { KindWorlds, World } from '../world.ts';
import { freshName, nextSecond, stubBuckets, type Mood } from './s3-bucket.ts';

/** Three sets in one list: the backups of a day of each of three databases. */
const NAMES = ['orders', 'ledger', 'users'];
const DAYS = ['2026-11-25', '2026-11-26', '2026-11-27'];
const HOUR_MS = 3_600_000;
const keyOf = (day: string, name: string): string => `nightly/${day}-${name}.dump`;
const entryIn =
  (bucket: string) =>
  (name: string, expect: object = { lock: { left: '1d' } }): object => ({ bucket, path: `nightly/*-${name}.dump`, expect });

interface Stored {
  readonly Key: string;
  readonly LastModified: Date;
  readonly Size: number;
  readonly ETag: string;
}

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const bucket = 'vault';
  const buckets = new Map([
    [bucket, { created: new Date(Date.UTC(2024, 2, 1)) }],
    ['elsewhere', { created: new Date(Date.UTC(2024, 2, 2)) }],
  ]);
  const there = new Map<string, Stored>();
  const markers = new Set<string>();
  let locked = new Date(Date.now() + 30 * 24 * HOUR_MS);
  // By name first, so that a page holds sets whole; sorted by key, as S3 gives them.
  for (const [at, name] of NAMES.entries())
    for (const day of DAYS) {
      const Key = keyOf(day, name);
      there.set(Key, {
        Key,
        LastModified: new Date(Date.now() - (DAYS.length - DAYS.indexOf(day)) * 24 * HOUR_MS),
        Size: 1000 + at,
        ETag: `"${name}${day}"`,
      });
    }
  const mood: Mood = {};
  stubBuckets(stub, buckets, mood);
  stub.on(`s3:GET /${bucket}/`, ({ params }) => {
    if (mood.first) return mood.first;
    const of = [...there.values()].filter(({ Key }) => Key.startsWith(params['prefix'] ?? '')).toSorted((a, b) => (a.Key < b.Key ? -1 : 1));
    if ('versions' in params) {
      const Version = of.map((one) => ({ ...one, VersionId: `v-${one.Key}`, IsLatest: !markers.has(one.Key) }));
      const DeleteMarker = [...markers].map((Key) => ({ Key, VersionId: `m-${Key}`, IsLatest: true, LastModified: new Date() }));
      return xml('ListVersionsResult', { Name: bucket, IsTruncated: false, Version, DeleteMarker });
    }
    if ('lifecycle' in params)
      return xml('LifecycleConfiguration', {
        Rule: { ID: 'old', Status: 'Enabled', Filter: {}, NoncurrentVersionExpiration: { NoncurrentDays: 14 } },
      });
    const token = params['continuation-token'];
    if (token !== undefined && mood.second) return mood.second;
    const shown = of.filter(({ Key }) => !markers.has(Key));
    // A page has the first two of the first day: of the third set, nothing.
    const [from, to] = token === undefined ? [0, 2] : [2, shown.length];
    const more = to < shown.length && token === undefined;
    return xml('ListBucketResult', {
      Name: bucket,
      IsTruncated: more,
      Contents: shown.slice(from, to),
      ...(more && { NextContinuationToken: 'further' }),
    });
  });
  for (const name of NAMES)
    for (const day of DAYS)
      stub.on(`s3:GET /${bucket}/${keyOf(day, name)}`, () => {
        if (mood.first) return mood.first;
        return xml('Retention', { Mode: 'COMPLIANCE', RetainUntilDate: locked });
      });
  const of = (name: string): string[] => DAYS.map((day) => keyOf(day, name));
  return {
    connection: { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY },
    names: NAMES,
    areSets: true,
    entry: entryIn(bucket),
    destroy: async (name) => of(name).forEach((key) => there.delete(key)),
    destroyAll: async () => there.clear(),
    can: {
      recreate: async () => void buckets.set(bucket, { created: new Date() }),
      doom: async (name) => of(name).forEach((key) => markers.add(key)),
      weaken: async () => {
        locked = new Date(Date.now() + HOUR_MS);
        return 'protection/lock';
      },
      deny: async () => void (mood.first = DENIED),
      throttleSecondPage: async () => {
        mood.second = new Fault('SlowDown', 503, 'Please reduce your request rate.');
        return ['ledger', 'orders'];
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

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const s3 = new S3(account.client);
  const bucket = freshName('vault');
  const make = async (): Promise<void> => {
    await s3.createBucket({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
    for (const name of NAMES)
      for (const day of DAYS) await s3.putObject({ Bucket: bucket, Key: keyOf(day, name), Body: `the backup of ${name}` });
  };
  await make();
  const destroy = async (name: string): Promise<void> => {
    for (const day of DAYS) await s3.deleteObject({ Bucket: bucket, Key: keyOf(day, name) });
  };
  const destroyAll = async (): Promise<void> => {
    for (const name of NAMES) await destroy(name);
  };
  return {
    connection: account.connection,
    names: NAMES,
    areSets: true,
    entry: (name, expect = {}) => entryIn(bucket)(name, expect),
    destroy,
    destroyAll,
    can: {
      recreate: async () => {
        await destroyAll();
        await s3.deleteBucket({ Bucket: bucket });
        await nextSecond();
        await make();
      },
      doom: async (name) => {
        await s3.putBucketVersioning({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } });
        for (const day of DAYS) await s3.putObject({ Bucket: bucket, Key: keyOf(day, name), Body: `the backup of ${name}` });
        await destroy(name);
      },
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => s3.destroy(),
  };
}

export const s3Backups: KindWorlds = { stub: onStub, emulator: onEmulator };
