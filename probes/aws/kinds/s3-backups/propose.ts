import { formatSize, writeSize } from '../../../../src/values/size.ts';
import { literal, type FileGroup } from '../../../../src/values/name-groups.ts';
import type { Explored } from '../../kind.ts';
import { pinOf } from '../../measure.ts';
import { proposeCopies } from '../../propose-copies.ts';
import type { ListedBucket } from '../../s3/buckets.ts';
import type { Vantage } from '../../vantage.ts';

/** Of the newest so many the sizes are looked at. */
const LATEST = 14;

/** An object of a bucket; `path` is its key. */
export interface Dated {
  readonly path: string;
  readonly size: number;
  readonly at: Date;
}

interface Folder {
  readonly bucket: ListedBucket;
  readonly region: string;
  readonly prefix: string;
  /** False where there is more of it than was listed: by name, so that the newest need not be among it. */
  readonly isWhole: boolean;
}

/** The pattern of an entry that means just this. */
export function pathOf(prefix: string, pattern: string): string {
  return `${literal(prefix)}${pattern}`;
}

/** A set of objects as an entry of the roll. */
export function proposeSet(vantage: Vantage, { bucket, region, prefix, isWhole }: Folder, group: FileGroup<Dated>): Explored {
  const { account } = vantage;
  const files = group.files.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const path = pathOf(prefix, group.pattern);
  const { expect, facts } = proposeCopies(
    files.map(({ at }) => ({ at, whole: true, encrypted: false })),
    vantage.now().wall,
  );
  const smallest = Math.min(...files.slice(0, LATEST).map(({ size }) => size));
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const folder = prefix.split('/').findLast((part) => part !== '') ?? '';
  const { newest_within, min_count } = expect;
  return {
    is: 'set',
    keys: [],
    region,
    // What takes in the newest of them means this set.
    aliases: files[0] ? [files[0].path] : [],
    proposal: {
      label: `s3://${bucket.name}/${path}`,
      name: [bucket.name, folder, group.name, 'backups'].filter((part) => part !== '').join('-'),
      entry: { bucket: bucket.name, path },
      pin: account === '' ? pinOf({ bucket_created: bucket.created }) : pinOf({ account, bucket_created: bucket.created }),
      expect: {
        ...(isWhole && newest_within !== undefined && { newest_within }),
        min_count,
        min_size: writeSize(Math.max(1, smallest / 2)),
        ...(isWhole && { max_shrink: '50%' }),
      },
      sweep: '5m',
      facts: [
        `${files.length} objects, ${formatSize(total)}; the newest has ${formatSize(files[0]?.size ?? 0)}`,
        ...facts.filter((fact) => fact !== 'not each is encrypted'),
        ...(isWhole
          ? []
          : ['there are more below this prefix: only the first by name were looked at, so that nothing is said of the newest']),
      ],
    },
  };
}
