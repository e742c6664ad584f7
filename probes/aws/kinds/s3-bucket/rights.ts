import type { Right } from '../../../../src/probe.ts';
import { partitionOf } from '../../s3/origin.ts';
import { QUESTIONS } from './questions.ts';
import type { BucketTarget } from './target.ts';

/** What one bucket takes: the list of all, where it is, and what its manifest entry asks of it. */
export function rightsOf({ key, region, at = region, canaries, inspected }: BucketTarget & { readonly region: string }): Right[] {
  const on = `arn:${partitionOf(at)}:s3:::${key}`;
  return [
    { right: 's3:ListAllMyBuckets', on: '*', why: 'to list the buckets of the account' },
    { right: 's3:GetBucketLocation', on, why: 'to ask for one by its name' },
    { right: 'ec2:DescribeRegions', on: '*', why: 'to tell an account without buckets from an answer that says nothing' },
    ...QUESTIONS.filter(({ facets }) => facets.some((facet) => inspected.includes(facet))).map(({ right, why }) => ({ right, on, why })),
    ...canaryRights(on, canaries),
  ];
}

/** What looking at canaries takes: reading is asked for on none but those that say so. */
export function canaryRights(bucket: string, canaries: BucketTarget['canaries']): Right[] {
  const keys = Object.entries(canaries);
  if (keys.length === 0) return [];
  return [
    { right: 's3:ListBucketVersions', on: bucket, why: 'to see the versions of its canaries' },
    ...keys
      .filter(([, { readable }]) => readable === true)
      .map(([key]) => ({ right: 's3:GetObject', on: `${bucket}/${key}`, why: 'to see by whose key this one object is encrypted' })),
  ];
}
