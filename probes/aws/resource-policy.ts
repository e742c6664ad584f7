import type { Right } from '../../src/probe.ts';
import { BadAnswer, codeOf, type Failure } from './errors.ts';
import { harmsOf, type Place } from './harms.ts';
import { readPolicy, type Statement } from './iam-policy.ts';
import type { AwsTarget } from './kind.ts';
import { inLanes } from './lanes.ts';
import { Refusals } from './refusals.ts';
import { owned } from './s3/owned.ts';
import type { Vantage } from './vantage.ts';

/** Policies that one audit reads: each is a call. */
const MOST = 200;
const LANES = 4;

/** What the policy of one resource says, for whoever it names and whatever their own policies say. */
export interface ResourcePolicy {
  /** `bucket vault`. */
  readonly name: string;
  /** True where what identities are allowed by their own policies counts only as far as this one hands that on to the account (KMS). */
  readonly isGate: boolean;
  readonly statements: readonly Statement[];
}

/** A policy to be read: of a bucket, a key, a vault or a table. */
interface Holder {
  readonly name: string;
  readonly region: string;
  /** IAM action, and the ARN that it is decided on. */
  readonly right: string;
  readonly on: string;
  readonly isGate: boolean;
  /** The codes by which the API says that there is no policy, or no such thing. */
  readonly none: RegExp;
  ask(vantage: Vantage): Promise<string | undefined>;
}

/** The policy that a target is under besides those of identities; undefined of kinds that have none. */
function holderOf(target: AwsTarget & { readonly at?: unknown }, place: Place): Holder | undefined {
  const region = typeof target.at === 'string' ? target.at : place.region;
  const [first] = harmsOf(target, place);
  const whole = target.scope ?? target.key;
  switch (target.kind) {
    case 'aws.s3.bucket':
    case 'aws.s3.backups': {
      const bucket = whole.split('/')[0] ?? '';
      return {
        name: `bucket ${bucket}`,
        region,
        right: 's3:GetBucketPolicy',
        on: `arn:${place.partition}:s3:::${bucket}`,
        isGate: false,
        none: /^NoSuchBucket(?:Policy)?$/,
        ask: async (vantage) =>
          (await vantage.ask('s3', 'GetBucketPolicy', (s3, options) => s3.getBucketPolicy(owned(vantage, bucket), options))).Policy,
      };
    }
    case 'aws.kms.key':
      return {
        name: `key ${target.key}`,
        region,
        right: 'kms:GetKeyPolicy',
        on: first?.on ?? '',
        isGate: true,
        none: /^NotFoundException$/,
        ask: async ({ ask }) =>
          (await ask('kms', 'GetKeyPolicy', (kms, options) => kms.getKeyPolicy({ KeyId: target.key, PolicyName: 'default' }, options)))
            .Policy,
      };
    case 'aws.backup.vault':
    case 'aws.backup.recovery_points':
      return {
        name: `vault ${whole}`,
        region,
        right: 'backup:GetBackupVaultAccessPolicy',
        on: `arn:${place.partition}:backup:${region}:${place.account}:backup-vault:${whole}`,
        isGate: false,
        none: /^ResourceNotFoundException$/,
        ask: async ({ ask }) =>
          (
            await ask('backup', 'GetBackupVaultAccessPolicy', (backup, options) =>
              backup.getBackupVaultAccessPolicy({ BackupVaultName: whole }, options),
            )
          ).Policy,
      };
    case 'aws.dynamodb.table':
      return {
        name: `table ${target.key}`,
        region,
        right: 'dynamodb:GetResourcePolicy',
        on: first?.on ?? '',
        isGate: false,
        none: /^(?:PolicyNotFoundException|ResourceNotFoundException)$/,
        ask: async ({ ask }) =>
          (
            await ask('dynamodb', 'GetResourcePolicy', (dynamodb, options) =>
              dynamodb.getResourcePolicy({ ResourceArn: first?.on ?? '' }, options),
            )
          ).Policy,
      };
    default:
      return undefined;
  }
}

/** What reading the policies of these targets takes, each once. */
export function policyRights(targets: readonly AwsTarget[], placeOf: (target: AwsTarget) => Place): Pick<Right, 'right' | 'on'>[] {
  const rights = targets.flatMap((target) => {
    const holder = holderOf(target, placeOf(target));
    return holder ? [{ right: holder.right, on: holder.on }] : [];
  });
  return [...new Map(rights.map((one) => [`${one.right} ${one.on}`, one])).values()];
}

/** What could be read, by the id of the resource; and what could not, and why. */
export interface ResourcePolicies {
  readonly byId: ReadonlyMap<string, ResourcePolicy>;
  readonly unread: readonly (Failure & { readonly name: string })[];
}

interface Refusing {
  /** What was refused lately is not asked again. */
  readonly unread: Refusals;
  readonly failureOf: (error: unknown) => Failure;
}

/** Reads the policy of each target that can have one, of a bucket with several sets once. */
export async function readResourcePolicies(
  wanted: readonly { readonly id: string; readonly target: AwsTarget }[],
  placeOf: (target: AwsTarget) => Place,
  vantage: (region: string) => Vantage,
  refusing: Refusing,
): Promise<ResourcePolicies> {
  const held = wanted.flatMap(({ id, target }) => {
    const holder = holderOf(target, placeOf(target));
    return holder ? [{ id, holder, key: `${holder.region} ${holder.name}` }] : [];
  });
  const holders = [...new Map(held.map(({ key, holder }) => [key, { key, holder }])).values()];
  const read = new Map<string, ResourcePolicy>();
  const unread: (Failure & { readonly name: string })[] = holders.slice(MOST).map(({ holder: { name } }) => {
    return { name, reason: 'partial-answer', code: '', say: `only ${MOST} policies are read in one audit` };
  });
  for await (const { key, holder, answer } of inLanes(holders.slice(0, MOST), LANES, async ({ key, holder }) => {
    return { key, holder, answer: await statementsOf(holder, vantage(holder.region), refusing) };
  }))
    if (Array.isArray(answer)) read.set(key, { name: holder.name, isGate: holder.isGate, statements: answer });
    else unread.push({ ...answer, name: holder.name });
  const byId = new Map(
    held.flatMap(({ id, key }) => {
      const policy = read.get(key);
      return policy ? [[id, policy] as const] : [];
    }),
  );
  // They come in whatever order they are answered in: two audits of the same are the same.
  return { byId, unread: unread.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

async function statementsOf(holder: Holder, vantage: Vantage, { unread, failureOf }: Refusing): Promise<Statement[] | Failure> {
  const key = `${holder.right} of ${holder.name} in ${holder.region}`;
  const known = unread.of(key, vantage.now());
  if (known) return known;
  try {
    const text = await holder.ask(vantage);
    // A key without a policy is one that cannot be: what is not told is not harmless.
    if (text === undefined) throw new BadAnswer('the answer has no policy in it');
    return readPolicy(text);
  } catch (error) {
    if (holder.none.test(codeOf(error)) && !holder.isGate) return [];
    const failure = failureOf(error);
    if (Refusals.is(failure)) unread.note(key, failure, vantage.now());
    return failure;
  }
}
