import type { Identity } from '../../src/probe.ts';
import { BadAnswer, WrongCaller } from './errors.ts';
import type { Ask } from './vantage.ts';
import type { Connection } from './schema.ts';

/** Who answers, as it says itself. */
export interface Caller {
  /** The 12 digits; empty for a store without STS. */
  readonly account: string;
  /** What a listing says of whoever it was shown to; `account` is the key that names the vantage. */
  readonly identity: Identity;
  /** For evidence: the ARN, or the owner. */
  readonly name: string;
}

/**
 * Asserts that who answers is whom the connection names, by the very credentials that the look goes on with.
 * @throws WrongCaller where it is another; what the API throws where it refuses.
 */
export async function assertCaller(ask: Ask, connection: Connection): Promise<Caller> {
  return connection.sts === 'on' ? byAccount(ask, connection) : byStore(ask, connection);
}

async function byAccount(ask: Ask, { account: wanted }: Connection): Promise<Caller> {
  const { Account, Arn } = await ask('sts', 'GetCallerIdentity', (sts, options) => sts.getCallerIdentity({}, options));
  if (Account === undefined || Arn === undefined) throw new BadAnswer('sts:GetCallerIdentity says neither account nor ARN');
  if (Account !== wanted) throw new WrongCaller(`sts:GetCallerIdentity says account ${Account} (${Arn}), wanted ${wanted}`);
  return { account: Account, identity: { account: Account, arn: Arn }, name: Arn };
}

/** A store that speaks S3 has no accounts: whose it is shows in the owner of its buckets, or in an object that nobody else has. */
async function byStore(ask: Ask, { owner, canary, endpoint = '' }: Connection): Promise<Caller> {
  if (canary) {
    const { bucket: Bucket, key: Key } = canary;
    const { ETag } = await ask('s3', 'HeadObject', (s3, options) => s3.headObject({ Bucket, Key }, options));
    const etag = ETag?.replaceAll('"', '');
    if (etag !== canary.etag)
      throw new WrongCaller(`the canary ${Bucket}/${Key} at ${endpoint} has the ETag ${etag ?? '(none)'}, wanted ${canary.etag}`);
    return { account: '', identity: { store: endpoint, canary: `${Bucket}/${Key}` }, name: `whose canary is ${Bucket}/${Key}` };
  }
  const { Owner } = await ask('s3', 'ListBuckets', (s3, options) => s3.listBuckets({ MaxBuckets: 1 }, options));
  if (Owner?.ID !== owner) throw new WrongCaller(`${endpoint} lists the buckets of ${Owner?.ID ?? '(nobody)'}, wanted ${owner}`);
  return { account: '', identity: { store: endpoint, owner: owner ?? '' }, name: `owner ${owner}` };
}
