import * as z from 'zod';
import type { Check, Compiled, Parsed } from '../../../../src/probe.ts';
import { duration } from '../../../../src/values/fields.ts';
import { formatDuration } from '../../../../src/values/duration.ts';
import { grade } from '../../grade.ts';
import { defineKind } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { protection } from '../../protection.ts';
import { toDiscover } from '../../rights.ts';
import { canaryChecks } from '../../s3/canary.ts';
import { bucketName, canaries } from '../../s3/fields.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';
import { rightsOf } from './rights.ts';
import { ENCRYPTIONS, LOCKS, SWITCHES, type BucketTarget } from './target.ts';

const flagOf = (what: string) => z.boolean().optional().describe(`True: ${what}; false: need not be; unset: must stay so once it was.`);
const atLeast = (what: string) =>
  duration().optional().describe(`${what}, at least; 0d: whatever it is; unset: must not be less than it once was.`);

const entrySchema = z.strictObject({
  bucket: bucketName().describe('Its name, which anybody may take once it is deleted: identity says which one is meant.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      owner: z.string().min(1).max(200).optional().describe('Id of the owner that a store without STS gives.'),
      region: z.string().min(1).max(40).optional().describe('Where it is (BucketRegion).'),
      created: entryMoment().optional().describe('When it was made (CreationDate, as the region that registers buckets tells it).'),
    })
    .optional(),
  dated: z
    .boolean()
    .default(true)
    .describe('False: the store tells no date of creation worth the name; then expect.canaries is its identity (default true).'),
  expect: z
    .strictObject({
      versioning: flagOf('it must be on'),
      mfa_delete: flagOf('it must be on'),
      object_lock: z
        .enum(['compliance', 'governance', 'enabled', 'any'])
        .optional()
        .describe(
          'The mode in which what is written is locked, at least; any: whatever it is; unset: must not be weaker than it once was.',
        ),
      min_retention: atLeast('For how long what is written is locked'),
      min_expiration: atLeast('After which time a lifecycle rule may delete objects'),
      min_version_expiration: atLeast('After which time a lifecycle rule may delete old versions'),
      replication: flagOf('an enabled rule must replicate it'),
      encryption: z
        .enum(['dsse', 'kms', 'aes256', 'any'])
        .optional()
        .describe('By what it is encrypted by default, at least; any: whatever it is; unset: must not be weaker than it once was.'),
      kms_key: z
        .string()
        .min(1)
        .max(255)
        .optional()
        .describe('The key by which it is encrypted by default, as GetBucketEncryption tells it.'),
      sse_c_blocked: flagOf('keys that only the writer has (SSE-C) must be refused'),
      public_access_block: flagOf('all four switches of it must be on'),
      policy: z
        .union([z.literal('none'), z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be none, or sha256: and 64 hexadecimal digits')])
        .optional()
        .describe('Digest of its policy as an inspection tells it, or none (default: not looked at).'),
      canaries: canaries(),
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ bucket, region, identity, dated, expect = {} }: Entry): Parsed<Compiled<BucketTarget>> {
  const checks = [...checksOf(bucket, expect), ...canaryChecks(expect.canaries, bucket)];
  const canary = expect.canaries ?? {};
  if (!dated && identity?.created !== undefined)
    return { ok: false, issues: [{ path: ['identity', 'created'], message: 'is for where dated is not false' }] };
  if (!dated && !Object.values(canary).some((one) => one.etag !== undefined || one.version_id !== undefined))
    return {
      ok: false,
      issues: [{ path: ['dated'], message: 'false takes a canary with its etag or version_id: nothing else would identify it' }],
    };
  const inspected = [...new Set(checks.map(({ facet }) => facet))];
  const placed = identity?.region !== undefined;
  const target = { kind: 'aws.s3.bucket', region: undefined, at: region, key: bucket, dated, placed, canaries: canary, inspected };
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

function checksOf(bucket: string, expect: NonNullable<Entry['expect']>): Check[] {
  const subject = `bucket ${bucket}`;
  const { severity } = expect;
  const common = { subject, severity, depth: 'inspect' } as const;
  const flag = (name: 'versioning' | 'mfa_delete' | 'replication' | 'sse_c_blocked', sentence: string): Check[] =>
    protection({ ...common, name, asked: expect[name], sentence });
  const time = (
    name: string,
    path: 'min_retention' | 'min_expiration' | 'min_version_expiration',
    facet: string,
    what: string,
  ): Check[] => {
    const asked = expect[path];
    const sooner = asked === undefined ? '' : ` sooner than ${formatDuration(asked)}`;
    return grade({ ...common, name, path, facet, asked: asked === 0 ? 'any' : asked, unit: 'ms', sentence: `${what}${sooner}` });
  };
  const { object_lock: lock, encryption, public_access_block: block, kms_key, policy } = expect;
  const stated = (facet: string, value: string | undefined, sentence: string): Check[] =>
    value === undefined
      ? []
      : [
          {
            ...common,
            facet: `protection/${facet}`,
            path: facet,
            measure: facet,
            rule: { is: 'equals', value },
            breach: 'exposed',
            noun: '',
            sentence,
            ...(severity ? { severity } : { severity: 'warning' as const }),
          },
        ];
  return [
    ...flag('versioning', `versioning of ${subject} is off: what is overwritten or deleted is gone`),
    ...flag('mfa_delete', `${subject} deletes versions without a second factor (MFA delete is off)`),
    ...grade({
      ...common,
      name: 'object_lock',
      asked: lock === undefined || lock === 'any' ? lock : LOCKS[lock],
      sentence: `object lock of ${subject} is ${lock === undefined || lock === 'any' ? 'weak' : `not in force (wanted: ${lock})`}`,
    }),
    ...time('retention', 'min_retention', 'object_lock', `what is written to ${subject} can be deleted`),
    ...time('expiration', 'min_expiration', 'lifecycle', `a lifecycle rule of ${subject} deletes objects`),
    ...time('version_expiration', 'min_version_expiration', 'lifecycle', `a lifecycle rule of ${subject} deletes old versions`),
    ...flag('replication', `no enabled rule replicates ${subject}`),
    ...grade({
      ...common,
      name: 'encryption',
      asked: encryption === undefined || encryption === 'any' ? encryption : ENCRYPTIONS[encryption],
      sentence: `${subject} is by default encrypted more weakly than wanted`,
    }),
    ...stated('kms_key', kms_key, `${subject} is by default encrypted with another key than wanted`),
    ...flag('sse_c_blocked', `${subject} takes objects encrypted with keys that only their writer has (SSE-C)`),
    ...grade({
      ...common,
      name: 'public_access_block',
      asked: block === undefined ? undefined : block ? SWITCHES : 'any',
      sentence: `the public access block of ${subject} is not wholly on`,
    }),
    ...stated('policy', policy, `the policy of ${subject} is another than the one stated`),
  ];
}

/** One bucket, of AWS or of a store that speaks S3. */
export const s3Bucket = defineKind<BucketTarget>({
  name: 'aws.s3.bucket',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  confirmAfterMs: 3000,
  listing: 's3:ListBuckets',
  global: true,
  withoutSts: true,
  rights: rightsOf,
  heard: { services: ['s3'], names: ({ key }) => [key] },
  discovers: () => toDiscover('bucket', 's3:ListAllMyBuckets'),
  load: async () => (await import('./look.ts')).looker,
});
