import type { DeleteMarkerEntry, ListObjectsV2Output, ObjectVersion } from '@aws-sdk/client-s3';
import { BadAnswer, codeOf, failureOf, TooMuch } from '../../errors.ts';
import { isUnlisted, listedBucket } from '../../s3/buckets.ts';
import { owned } from '../../s3/owned.ts';
import type { Vantage } from '../../vantage.ts';
import { placeOf } from './target.ts';

/** The most that S3 gives on one page. */
const PAGE = 1000;
/** The most that one look reads: two hundred thousand objects, in as many calls as a look has time for. */
const PAGES_MOST = 200;
/** One key that XML cannot hold would otherwise make the whole list unreadable. */
const ENCODED = { EncodingType: 'url' } as const;

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** When S3 took it; ms since 1970. */
  readonly at: number;
}

/** A version of an object, or a marker that says it was deleted. */
export interface StoredVersion extends StoredObject {
  readonly latest: boolean;
  readonly marker: boolean;
  readonly version: string;
}

/** An object with the listing that it is from, and when its bucket was made, where that is told. */
export interface ListedObject extends StoredObject {
  readonly scope: string;
  readonly bucketCreated?: Date;
}

/**
 * The objects below a prefix, page by page. Of a bucket that is not there an empty list, once a whole list of the caller's buckets has not shown
 * it either. @throws TooMuch beyond what one look may read.
 */
export async function* objectPages(vantage: Vantage, scope: string): AsyncGenerator<readonly ListedObject[], void, void> {
  const { bucket, prefix } = placeOf(scope);
  const bucketCreated = await createdOf(vantage, bucket);
  const of = { scope, ...(bucketCreated && { bucketCreated }) };
  let token: string | undefined;
  for (let pages = 0; pages === 0 || token !== undefined; pages++) {
    boundedBy(pages, scope);
    const from = token === undefined ? {} : { ContinuationToken: token };
    const page = await vantage
      .ask('s3', 'ListObjectsV2', (s3, options) =>
        s3.listObjectsV2({ ...owned(vantage, bucket), ...ENCODED, Prefix: prefix, MaxKeys: PAGE, ...from }, options),
      )
      .catch(async (error: unknown): Promise<ListObjectsV2Output> => {
        if (codeOf(error) === 'NoSuchBucket' && (await isUnlisted(vantage, bucket))) return { IsTruncated: false };
        throw error;
      });
    token = nextOf(page, page.NextContinuationToken);
    yield (page.Contents ?? []).flatMap(({ Key, Size = 0, LastModified }) =>
      Key === undefined || LastModified === undefined ? [] : [{ key: plain(Key, page), size: Size, at: LastModified.getTime(), ...of }],
    );
  }
}

/** When a bucket was made. Keys of a store may be good for their bucket alone, and not for the list of all. */
async function createdOf(vantage: Vantage, bucket: string): Promise<Date | undefined> {
  try {
    return (await listedBucket(vantage, bucket))?.created;
  } catch (error) {
    if (vantage.account === '' && failureOf(error).reason === 'denied') return undefined;
    throw error;
  }
}

/** All versions and delete markers below a prefix. @throws TooMuch beyond what one look may read. */
export async function versionsBelow(vantage: Vantage, scope: string): Promise<StoredVersion[]> {
  const { bucket, prefix } = placeOf(scope);
  const found: StoredVersion[] = [];
  let from: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
  for (let pages = 0; from !== undefined; pages++) {
    boundedBy(pages, scope);
    const markers: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } = from;
    const page = await vantage.ask('s3', 'ListObjectVersions', (s3, options) =>
      s3.listObjectVersions({ ...owned(vantage, bucket), ...ENCODED, Prefix: prefix, MaxKeys: PAGE, ...markers }, options),
    );
    for (const one of page.Versions ?? []) found.push(versionOf(one, page, one.Size));
    for (const one of page.DeleteMarkers ?? []) found.push(versionOf(one, page));
    const KeyMarker = nextOf(page, page.NextKeyMarker && plain(page.NextKeyMarker, page));
    const { NextVersionIdMarker: VersionIdMarker } = page;
    from = KeyMarker === undefined ? undefined : { KeyMarker, ...(VersionIdMarker && { VersionIdMarker }) };
  }
  return found;
}

/** `size`: of a version; a delete marker has none. */
function versionOf(one: ObjectVersion | DeleteMarkerEntry, page: Page, size?: number): StoredVersion {
  const { Key = '', LastModified, IsLatest, VersionId: version = 'null' } = one;
  const at = LastModified?.getTime() ?? 0;
  return { key: plain(Key, page), size: size ?? 0, at, latest: IsLatest === true, marker: size === undefined, version };
}

interface Page {
  readonly EncodingType?: string | undefined;
  readonly IsTruncated?: boolean | undefined;
}

/** Where the next page begins; undefined behind the last. @throws BadAnswer where nobody says whether there is more, or where. */
function nextOf({ IsTruncated }: Page, next: string | undefined): string | undefined {
  // An answer that is no list at all reads as an empty one.
  if (IsTruncated === undefined) throw new BadAnswer('the answer does not say whether the list goes on');
  if (!IsTruncated) return undefined;
  if (!next) throw new BadAnswer('the list goes on, and does not say where');
  return next;
}

/** A key as it is. Not every store encodes it, even where it is asked to. */
export function plain(key: string, { EncodingType }: Page): string {
  if (EncodingType !== 'url') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw new BadAnswer('a key in the list is not encoded as the list says');
  }
}

function boundedBy(pages: number, scope: string): void {
  if (pages >= PAGES_MOST)
    throw new TooMuch(`more than ${PAGES_MOST * PAGE} objects below ${scope}: name a longer prefix in path, before the first * ? or [`);
}
