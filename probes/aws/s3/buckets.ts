import { listOf } from '../answer.ts';
import type { Second } from '../kind.ts';
import { regionsOfAccount } from '../regions.ts';
import type { Vantage } from '../vantage.ts';
import { originOf } from './origin.ts';

/** The most that one page is asked to have. Asking for pages at all makes the answer name each bucket's region. */
const PAGE = 1000;

export interface ListedBucket {
  readonly name: string;
  readonly created?: Date;
  /** Stores other than AWS do not say it. */
  readonly region?: string;
  /** The id of whoever owns everything that is listed. */
  readonly owner?: string;
}

/** Every bucket of the asserted caller, or every one whose name begins with `prefix`, page by page. */
export async function* bucketPages(vantage: Vantage, prefix?: string): AsyncGenerator<readonly ListedBucket[], void, void> {
  const { ask } = vantage.account === '' ? vantage : vantage.in(originOf(vantage.region));
  let token: string | undefined;
  do {
    const ContinuationToken = token;
    const page = await ask('s3', 'ListBuckets', (s3, options) =>
      s3.listBuckets(
        {
          MaxBuckets: PAGE,
          ...(prefix !== undefined && { Prefix: prefix }),
          ...(ContinuationToken !== undefined && { ContinuationToken }),
        },
        options,
      ),
    );
    const owner = page.Owner?.ID;
    yield listOf(page.Buckets, 'Buckets').flatMap(({ Name, CreationDate, BucketRegion }) =>
      Name === undefined
        ? []
        : [
            {
              name: Name,
              ...(CreationDate && { created: CreationDate }),
              ...(BucketRegion !== undefined && { region: BucketRegion }),
              ...(owner !== undefined && { owner }),
            },
          ],
    );
    token = page.ContinuationToken;
  } while (token);
}

/** One bucket as it is listed; undefined where it is not. @throws as the API does. */
export async function listedBucket(vantage: Vantage, bucket: string): Promise<ListedBucket | undefined> {
  for await (const page of bucketPages(vantage, bucket)) {
    const found = page.find(({ name }) => name === bucket);
    if (found) return found;
  }
  return undefined;
}

/** True where a bucket is in no page of a listing of the caller's buckets that was read to its end. @throws as the API does. */
export async function isUnlisted(vantage: Vantage, bucket: string): Promise<boolean> {
  for await (const page of bucketPages(vantage)) if (page.some(({ name }) => name === bucket)) return false;
  return true;
}

/** For a caller who has no bucket at all: an account has regions, and a store's empty list still names its owner. */
export const noBuckets: Second = {
  call: `${regionsOfAccount.call} (of a store: the owner that its list names)`,
  count: async (vantage, scope) => {
    if (vantage.account !== '') return regionsOfAccount.count(vantage, scope);
    const { Owner } = await vantage.ask('s3', 'ListBuckets', (s3, options) => s3.listBuckets({ MaxBuckets: 1 }, options));
    return Owner?.ID === undefined ? 0 : 1;
  },
};
