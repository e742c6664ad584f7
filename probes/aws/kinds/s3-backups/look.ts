import { failureOf } from '../../errors.ts';
import { defineSet } from '../../kind.ts';
import { bucketPages, noBuckets } from '../../s3/buckets.ts';
import { owned } from '../../s3/owned.ts';
import type { Vantage } from '../../vantage.ts';
import { exploreBackups } from './explore.ts';
import { hiddenSet } from './hidden.ts';
import { objectPages, type ListedObject } from './objects.ts';
import { readSet } from './reading.ts';
import { stepsOf } from './steps.ts';
import { placeOf, type BackupsTarget } from './target.ts';

/** Sets of objects, each from one listing of its prefix. */
export const looker = defineSet<ListedObject, BackupsTarget>({
  of: 'set',
  list: (vantage, scope = '') => objectPages(vantage, scope),
  keys: ({ scope }) => [scope],
  second: { call: 's3:ListBuckets', count: countElsewhere },
  read: readSet,
  explore: exploreBackups,
  hidden: hiddenSet,
  steps: stepsOf,
});

/** The caller's buckets, this one among them; of a key that may not list buckets (a store's), what else is in this one. */
async function countElsewhere(vantage: Vantage, scope = ''): Promise<number> {
  try {
    for await (const page of bucketPages(vantage)) if (page.length > 0) return page.length;
    return await noBuckets.count(vantage, scope);
  } catch (error) {
    if (vantage.account !== '' || failureOf(error).reason !== 'denied') throw error;
    const { Contents = [] } = await vantage.ask('s3', 'ListObjectsV2', (s3, options) =>
      s3.listObjectsV2({ ...owned(vantage, placeOf(scope).bucket), MaxKeys: 1 }, options),
    );
    return Contents.length;
  }
}
