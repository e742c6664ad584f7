import type { S3, ServerSideEncryptionRule } from '@aws-sdk/client-s3';
import type { Facet, Measure } from '../../../../src/probe.ts';
import { policyDigest } from '../../digest.ts';
import { exact, flag, text } from '../../measure.ts';
import { expiryOf } from '../../s3/lifecycle.ts';
import { ENCRYPTIONS, LOCKS } from './target.ts';

interface Said {
  readonly measures: Readonly<Record<string, Measure>>;
  readonly say: string;
}

type Bucket = { readonly Bucket: string; readonly ExpectedBucketOwner?: string };
type Options = { readonly abortSignal: AbortSignal };

/** One thing that is asked of a bucket beyond that it is there. */
interface Question {
  readonly facets: readonly Facet[];
  readonly action: string;
  /** The IAM action, whose name is not always that of the call. */
  readonly right: string;
  readonly why: string;
  readonly ask: (s3: S3, bucket: Bucket, options: Options) => Promise<Said>;
  /** The code that says that there is nothing of the kind; and what that comes to, for it and for stores that know no such thing. */
  readonly none: string;
  readonly nothing: Said;
}

const DAY_MS = 86_400_000;
const YEAR_DAYS = 365;

/** Everything that an inspection may ask, one call each; only what the manifest has checks for is asked. */
export const QUESTIONS: readonly Question[] = [
  {
    facets: ['protection/versioning', 'protection/mfa_delete'],
    action: 'GetBucketVersioning',
    right: 's3:GetBucketVersioning',
    why: 'to see whether what is deleted can be brought back',
    ask: async (s3, bucket, options) => {
      const { Status = 'never on', MFADelete = 'off' } = await s3.getBucketVersioning(bucket, options);
      return versioning(Status === 'Enabled', MFADelete === 'Enabled', `versioning ${Status}, MFA delete ${MFADelete}`);
    },
    none: '',
    nothing: versioning(false, false, 'the store has no versions'),
  },
  {
    facets: ['protection/object_lock'],
    action: 'GetObjectLockConfiguration',
    right: 's3:GetBucketObjectLockConfiguration',
    why: 'to see whether what is written is locked, how and for how long',
    ask: async (s3, bucket, options) => {
      const { ObjectLockConfiguration: { ObjectLockEnabled: on, Rule } = {} } = await s3.getObjectLockConfiguration(bucket, options);
      const { Mode, Days, Years } = Rule?.DefaultRetention ?? {};
      const days = (Days ?? 0) + (Years ?? 0) * YEAR_DAYS;
      const grade =
        on !== 'Enabled' ? LOCKS.none : Mode === 'COMPLIANCE' ? LOCKS.compliance : Mode === 'GOVERNANCE' ? LOCKS.governance : LOCKS.enabled;
      return lock(grade, days, `object lock ${on ?? 'off'}, by default ${Mode === undefined ? 'of nothing' : `${Mode} for ${days} days`}`);
    },
    none: 'ObjectLockConfigurationNotFoundError',
    nothing: lock(LOCKS.none, 0, 'no object lock'),
  },
  {
    facets: ['protection/lifecycle'],
    action: 'GetBucketLifecycleConfiguration',
    right: 's3:GetLifecycleConfiguration',
    why: 'to see whether a rule deletes what is in it',
    ask: async (s3, bucket, options) => lifecycle((await s3.getBucketLifecycleConfiguration(bucket, options)).Rules),
    none: 'NoSuchLifecycleConfiguration',
    nothing: lifecycle([]),
  },
  {
    facets: ['protection/replication'],
    action: 'GetBucketReplication',
    right: 's3:GetReplicationConfiguration',
    why: 'to see whether it is copied elsewhere',
    ask: async (s3, bucket, options) => {
      const { ReplicationConfiguration: { Rules = [] } = {} } = await s3.getBucketReplication(bucket, options);
      const to = Rules.filter(({ Status }) => Status === 'Enabled').map(({ Destination }) => Destination?.Bucket ?? 'somewhere');
      return {
        measures: { replication: flag(to.length > 0) },
        say: `${to.length} of ${Rules.length} rules replicate it: ${to.join(', ')}`,
      };
    },
    none: 'ReplicationConfigurationNotFoundError',
    nothing: { measures: { replication: flag(false) }, say: 'no replication' },
  },
  {
    facets: ['protection/encryption', 'protection/kms_key', 'protection/sse_c_blocked'],
    action: 'GetBucketEncryption',
    right: 's3:GetEncryptionConfiguration',
    why: 'to see by what it is encrypted by default, and whether foreign keys are refused',
    ask: async (s3, bucket, options) =>
      encryption((await s3.getBucketEncryption(bucket, options)).ServerSideEncryptionConfiguration?.Rules?.[0]),
    none: 'ServerSideEncryptionConfigurationNotFoundError',
    nothing: encryption(undefined),
  },
  {
    facets: ['protection/public_access_block'],
    action: 'GetPublicAccessBlock',
    right: 's3:GetBucketPublicAccessBlock',
    why: 'to see whether it can be opened to the world',
    ask: async (s3, bucket, options) => {
      const { PublicAccessBlockConfiguration: block = {} } = await s3.getPublicAccessBlock(bucket, options);
      const on = [block.BlockPublicAcls, block.IgnorePublicAcls, block.BlockPublicPolicy, block.RestrictPublicBuckets].filter(
        Boolean,
      ).length;
      return { measures: { public_access_block: exact(on, 'count') }, say: `${on} of 4 switches of the public access block are on` };
    },
    none: 'NoSuchPublicAccessBlockConfiguration',
    nothing: { measures: { public_access_block: exact(0, 'count') }, say: 'no public access block' },
  },
  {
    facets: ['protection/policy'],
    action: 'GetBucketPolicy',
    right: 's3:GetBucketPolicy',
    why: 'to see whether its policy is the one stated',
    ask: async (s3, bucket, options) => policy(policyDigest((await s3.getBucketPolicy(bucket, options)).Policy ?? '')),
    none: 'NoSuchBucketPolicy',
    nothing: policy('none'),
  },
];

function versioning(on: boolean, mfa: boolean, say: string): Said {
  return { measures: { versioning: flag(on), mfa_delete: flag(mfa) }, say };
}

function lock(grade: number, days: number, say: string): Said {
  return { measures: { object_lock: exact(grade, 'count'), retention: exact(days * DAY_MS, 'ms') }, say };
}

function lifecycle(rules: Parameters<typeof expiryOf>[0] = []): Said {
  const { current, versions, say } = expiryOf(rules);
  return { measures: { expiration: exact(current, 'ms'), version_expiration: exact(versions, 'ms') }, say };
}

function encryption(rule: ServerSideEncryptionRule | undefined): Said {
  const { SSEAlgorithm: by = 'nothing', KMSMasterKeyID: key = '' } = rule?.ApplyServerSideEncryptionByDefault ?? {};
  const grade =
    by === 'aws:kms:dsse' ? ENCRYPTIONS.dsse : by === 'aws:kms' ? ENCRYPTIONS.kms : by === 'AES256' ? ENCRYPTIONS.aes256 : ENCRYPTIONS.none;
  const blocked = rule?.BlockedEncryptionTypes?.EncryptionType?.some((type) => type === 'SSE-C') === true;
  return {
    measures: { encryption: exact(grade, 'count'), kms_key: text(key), sse_c_blocked: flag(blocked) },
    say: `encrypted by ${by}${key === '' ? '' : ` with ${key}`}, SSE-C ${blocked ? 'refused' : 'taken'}`,
  };
}

function policy(digest: string): Said {
  return { measures: { policy: text(digest) }, say: `policy ${digest}` };
}
