import { codeOf } from '../../errors.ts';
import { defineOne, type Reading, type Step } from '../../kind.ts';
import { pinOf } from '../../measure.ts';
import { bucketPages, noBuckets, type ListedBucket } from '../../s3/buckets.ts';
import { canaryStep } from '../../s3/canary.ts';
import { isUnimplemented } from '../../s3/none.ts';
import { owned } from '../../s3/owned.ts';
import type { Vantage } from '../../vantage.ts';
import { QUESTIONS } from './questions.ts';
import type { BucketTarget } from './target.ts';

/** A bucket as it is listed, or as it answers to its name. */
interface Found extends ListedBucket {
  /** It answers, and not as one of the asserted account's. */
  readonly foreign?: boolean;
  /** It answers to its name alone, which says nothing of which bucket it is. */
  readonly unlisted?: boolean;
}

function read(found: Found, { key, dated, placed }: BucketTarget, _: number, account: string): Reading {
  const { name, created, region, owner } = found;
  if (found.foreign === true)
    return {
      pin: { account: `another than ${account}` },
      measures: {},
      say: `${key} answers, and belongs to another account than ${account}`,
    };
  const told = dated ? created : undefined;
  const untold = found.unlisted === true ? `which bucket answers to ${name} is not told` : `where ${name} is, is not told`;
  return {
    pin: account === '' ? pinOf({ owner, created: told, region }) : pinOf({ account, created: told, region }),
    measures: {},
    say: `${name}, made ${created?.toISOString() ?? 'at an unknown time'}, in ${region ?? 'a region that is not told'}`,
    ...((found.unlisted === true || (placed && region === undefined)) && {
      blind: [{ facets: ['identity'], reason: 'partial-answer', say: untold }],
    }),
  };
}

/** @throws as the API does where the bucket is not there, or may not be seen. */
async function direct({ ask, account }: Vantage, name: string): Promise<Found> {
  try {
    await ask('s3', 'GetBucketLocation', (s3, options) => s3.getBucketLocation(owned({ account }, name), options));
    return { name, unlisted: true };
  } catch (error) {
    if (account === '' || codeOf(error) !== 'AccessDenied') throw error;
    return foreignOr(error, { ask }, name);
  }
}

/** Refused to whoever expects it in this account: if it answers to others, it is another's. */
async function foreignOr(refusal: unknown, { ask }: Pick<Vantage, 'ask'>, name: string): Promise<Found> {
  try {
    await ask('s3', 'GetBucketLocation', (s3, options) => s3.getBucketLocation({ Bucket: name }, options));
    return { name, foreign: true };
  } catch {
    throw refusal;
  }
}

function steps(vantage: Vantage, { key, at, canaries }: BucketTarget): Step[] {
  const there = at === undefined ? vantage : vantage.in(at);
  const bucket = owned(vantage, key);
  const asked = QUESTIONS.map(({ facets, action, ask, none, nothing }): Step => {
    const call = `s3:${action}`;
    return {
      facets,
      call,
      ask: async () => {
        try {
          return await there.ask('s3', action, (s3, options) => ask(s3, bucket, options));
        } catch (error) {
          const code = codeOf(error);
          if (code === none || isUnimplemented(code)) return { ...nothing, say: `${nothing.say} (${code})` };
          throw error;
        }
      },
    };
  });
  return Object.keys(canaries).length === 0 ? asked : [...asked, canaryStep(there, key, canaries)];
}

/** Buckets: that they are there and which ones they are, from one listing; how they are protected, from a few calls about each. */
export const looker = defineOne<ListedBucket, BucketTarget, Found>({
  of: 'one',
  list: (vantage) => bucketPages(vantage),
  keys: ({ name }) => [name],
  second: noBuckets,
  directCall: 's3:GetBucketLocation',
  notFound: ['NoSuchBucket'],
  direct: (vantage, { key, at }) => direct(at === undefined ? vantage : vantage.in(at), key),
  read,
  steps,
  found: ({ name, region, owner, created }, _, account) => ({
    label: name,
    name,
    entry: { bucket: name, ...(region !== undefined && { region }) },
    pin: account === '' ? pinOf({ owner, created, region }) : pinOf({ account, created, region }),
    sweep: '30s',
    facts: [`made ${created?.toISOString() ?? 'at an unknown time'}, in ${region ?? 'a region that is not told'}`],
  }),
});
