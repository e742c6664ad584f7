import type { Vantage } from '../vantage.ts';

/** A bucket as every call about it names it: where there is an account, an answer from another's bucket of that name is refused. */
export function owned(
  { account }: Pick<Vantage, 'account'>,
  bucket: string,
): { readonly Bucket: string; readonly ExpectedBucketOwner?: string } {
  return { Bucket: bucket, ...(account !== '' && { ExpectedBucketOwner: account }) };
}
