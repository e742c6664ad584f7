import type { Check, Facet } from '../../../src/probe.ts';
import { BadAnswer, codeOf } from '../errors.ts';
import type { Step } from '../kind.ts';
import { text } from '../measure.ts';
import type { Vantage } from '../vantage.ts';
import type { Canaries } from './fields.ts';
import { isUnimplemented } from './none.ts';
import { owned } from './owned.ts';

const CANARIES: Facet = 'content/canaries';
const INTACT = 'intact';

/** The check that every canary is there unchanged; none where there is none. */
export function canaryChecks(canaries: Canaries | undefined, bucket: string): Check[] {
  if (canaries === undefined || Object.keys(canaries).length === 0) return [];
  return [
    {
      facet: CANARIES,
      depth: 'inspect',
      path: 'canaries',
      measure: 'canaries',
      rule: { is: 'equals', value: INTACT },
      breach: 'diminished',
      subject: `a canary in bucket ${bucket}`,
      noun: 'instead of what it was',
    },
  ];
}

/** Asks for each canary: its newest version and ETag from the list of versions, and on demand whether it can be read. */
export function canaryStep(vantage: Vantage, bucket: string, canaries: Canaries): Step {
  return {
    facets: [CANARIES],
    call: 's3:ListObjectVersions, HeadObject of canaries',
    ask: async () => {
      const said: string[] = [];
      for (const [key, wanted] of Object.entries(canaries)) {
        const trouble = await troubleOf(vantage, bucket, key, wanted);
        if (trouble !== undefined) said.push(`${key} ${trouble}`);
      }
      const [first = INTACT] = said;
      const count = Object.keys(canaries).length;
      return { measures: { canaries: text(first) }, say: said.length === 0 ? `${count} of ${count} canaries are intact` : said.join('; ') };
    },
  };
}

/** What is wrong with it, as the end of a sentence. @throws as the API does. */
async function troubleOf(vantage: Vantage, bucket: string, key: string, wanted: Canaries[string]): Promise<string | undefined> {
  const found = await newestOf(vantage, bucket, key);
  if (found === undefined) return 'is gone';
  if (found === 'hidden') return 'is hidden by a delete marker';
  if (wanted.etag !== undefined && found.etag !== wanted.etag) return `was written anew: its ETag is ${found.etag}`;
  if (wanted.version_id !== undefined && found.version !== wanted.version_id) return `was written anew: its version is ${found.version}`;
  return wanted.readable === true && (await isSealed(vantage, bucket, key))
    ? 'is encrypted with a key that only somebody else has (SSE-C)'
    : undefined;
}

type Found = { readonly etag: string; readonly version: string } | 'hidden' | undefined;

/** The first that a list from this key on shows is the key itself, the newest of its versions first. */
async function newestOf({ ask, account }: Vantage, bucket: string, key: string): Promise<Found> {
  const from = { ...owned({ account }, bucket), Prefix: key };
  try {
    const {
      Versions = [],
      DeleteMarkers = [],
      IsTruncated,
    } = await ask('s3', 'ListObjectVersions', (s3, options) => s3.listObjectVersions({ ...from, MaxKeys: 5 }, options));
    if (IsTruncated === undefined) throw new BadAnswer('the answer is no list of versions');
    if (DeleteMarkers.some(({ Key, IsLatest }) => Key === key && IsLatest === true)) return 'hidden';
    const found = Versions.find(({ Key, IsLatest }) => Key === key && IsLatest === true);
    return found && { etag: bare(found.ETag), version: found.VersionId ?? 'null' };
  } catch (error) {
    if (!isUnimplemented(codeOf(error))) throw error;
    const { Contents = [] } = await ask('s3', 'ListObjectsV2', (s3, options) => s3.listObjectsV2({ ...from, MaxKeys: 1 }, options));
    const found = Contents.find(({ Key }) => Key === key);
    return found && { etag: bare(found.ETag), version: 'null' };
  }
}

/**
 * True where it is stored under a key that whoever wrote it brought along. HeadObject can say no more than 400, which may mean anything; the
 * refusal of one byte of it says why.
 */
async function isSealed({ ask, account }: Vantage, bucket: string, key: string): Promise<boolean> {
  const object = { ...owned({ account }, bucket), Key: key };
  try {
    await ask('s3', 'HeadObject', (s3, options) => s3.headObject(object, options));
    return false;
  } catch (error) {
    if (statusOf(error) !== 400) throw error;
  }
  try {
    const { Body } = await ask('s3', 'GetObject', (s3, options) => s3.getObject({ ...object, Range: 'bytes=0-0' }, options));
    await Body?.transformToByteArray();
    return false;
  } catch (error) {
    // AWS says the first, SeaweedFS the second.
    if (/^Invalid(?:Request|Argument)$/.test(codeOf(error)) && /server side encryption/i.test(String(error))) return true;
    throw error;
  }
}

function statusOf(error: unknown): unknown {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: unknown } } | undefined)?.$metadata?.httpStatusCode;
}

/** An ETag without its quotes. */
export function bare(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
