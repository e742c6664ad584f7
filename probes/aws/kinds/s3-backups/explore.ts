import type { ListObjectsV2Output } from '@aws-sdk/client-s3';
import { groupFiles, hasBackupEnding, type FileGroup } from '../../../../src/values/name-groups.ts';
import { ENOUGH, usualGap } from '../../../../src/values/rhythm.ts';
import { BadAnswer, TooMuch } from '../../errors.ts';
import type { Explored } from '../../kind.ts';
import { bucketPages, type ListedBucket } from '../../s3/buckets.ts';
import { owned } from '../../s3/owned.ts';
import { patternTrouble } from '../../s3/pattern.ts';
import type { Vantage } from '../../vantage.ts';
import { plain } from './objects.ts';
import { pathOf, proposeSet, type Dated } from './propose.ts';

/** Calls for one bucket, and for all of them: what is not looked into then is told. */
const CALLS = 12;
const CALLS_IN_ALL = 300;
/** Pages of one prefix, and how deep prefixes are followed. */
const PAGES = 3;
const DEPTH = 3;
/** Of a pattern in the manifest. */
const LONGEST = 1024;
const STARS = 3;
const HOUR_MS = 3_600_000;
/** What AWS's own services write by the million, and nobody restores. */
const LOGS = /^(?:AWSLogs|cloudtrail|elasticloadbalancing|vpcflowlogs)\//i;
const DAY = /(?:^|\D)(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])/;

/**
 * Sets of objects in the caller's buckets that look like backups: several of one name but for its date, hours apart, or with the ending of a backup. A
 * few calls for each bucket; objects in folders that are themselves named by dates are not among them.
 */
export async function* exploreBackups(vantage: Vantage): AsyncGenerator<Explored, void, void> {
  let [left, done] = [CALLS_IN_ALL, 0];
  const unseen: string[] = [];
  for await (const page of bucketPages(vantage))
    for (const bucket of page) {
      if (left <= 0) {
        unseen.push(bucket.name);
        continue;
      }
      const budget = { calls: Math.min(CALLS, left) };
      const before = budget.calls;
      yield* exploreBucket(vantage, bucket, budget);
      left -= before - budget.calls;
      yield { is: 'progress', done: ++done, what: 'buckets looked into' };
    }
  if (unseen.length > 0) {
    const error = new TooMuch(
      `a discovery makes ${CALLS_IN_ALL} calls into buckets: ${unseen.slice(0, 5).join(', ')} and the like were not looked into`,
    );
    yield { is: 'closed', on: `what is in ${unseen.length} more buckets`, error };
  }
}

async function* exploreBucket(vantage: Vantage, bucket: ListedBucket, budget: { calls: number }): AsyncGenerator<Explored, void, void> {
  const region = bucket.region ?? vantage.region;
  const there = region === vantage.region ? vantage : vantage.in(region);
  const prefixes: { readonly prefix: string; readonly depth: number }[] = [{ prefix: '', depth: 0 }];
  try {
    for (let next = prefixes.shift(); next; next = prefixes.shift()) {
      const { prefix, depth } = next;
      if (LOGS.test(prefix)) continue;
      if (budget.calls <= 0) {
        const error = new TooMuch(`${CALLS} calls are made into each bucket, the prefix ${prefix} comes after them`);
        yield { is: 'closed', on: `what else is in bucket ${bucket.name}`, error };
        return;
      }
      const { objects, folders, isWhole } = await folderOf(there, bucket.name, prefix, budget);
      for (const group of groupFiles(objects, () => true))
        if (looksLikeBackups(group) && isUsable(prefix, group)) yield proposeSet(vantage, { bucket, region, prefix, isWhole }, group);
      if (depth < DEPTH) prefixes.push(...folders.map((folder) => ({ prefix: folder, depth: depth + 1 })));
    }
  } catch (error) {
    yield { is: 'closed', on: `what is in bucket ${bucket.name}`, error };
  }
}

/** What is in one folder of a bucket, as far as a few pages show it. */
async function folderOf(
  vantage: Vantage,
  bucket: string,
  prefix: string,
  budget: { calls: number },
): Promise<{ readonly objects: readonly Dated[]; readonly folders: readonly string[]; readonly isWhole: boolean }> {
  const objects: Dated[] = [];
  const folders: string[] = [];
  let token: string | undefined;
  for (let pages = 0; pages < PAGES && budget.calls > 0; pages++) {
    budget.calls--;
    const page: ListObjectsV2Output = await vantage.ask('s3', 'ListObjectsV2', (s3, options) =>
      s3.listObjectsV2(
        {
          ...owned(vantage, bucket),
          EncodingType: 'url',
          Prefix: prefix,
          Delimiter: '/',
          ...(token !== undefined && { ContinuationToken: token }),
        },
        options,
      ),
    );
    if (page.IsTruncated === undefined) throw new BadAnswer('the answer does not say whether the list goes on');
    for (const { Key, Size = 0, LastModified } of page.Contents ?? [])
      if (Key !== undefined && LastModified && Size > 0) objects.push({ path: plain(Key, page), size: Size, at: LastModified });
    for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix !== undefined) folders.push(plain(Prefix, page));
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
    if (token === undefined) return { objects, folders, isWhole: true };
  }
  return { objects, folders, isWhole: false };
}

/** Names are from outside: what no entry may say, or would take long to compare with every key, is not proposed. */
function isUsable(prefix: string, { pattern }: FileGroup<Dated>): boolean {
  const path = pathOf(prefix, pattern);
  return path.length <= LONGEST && patternTrouble(path) === undefined && path.split('*').length - 1 <= STARS;
}

/** Names that end like one file each (photographs, reports) are none: what is made again and again has a date, or says what it is. */
function looksLikeBackups({ pattern, files }: FileGroup<Dated>): boolean {
  const [first] = files;
  if (!first || files.length < ENOUGH || !pattern.includes('*')) return false;
  if (hasBackupEnding(first.path)) return true;
  const gap = usualGap(files.map(({ at }) => at.getTime()).toSorted((a, b) => b - a));
  return gap !== undefined && gap >= HOUR_MS && files.every(({ path }) => DAY.test(path.slice(path.lastIndexOf('/') + 1)));
}
