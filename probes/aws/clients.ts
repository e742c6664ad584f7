import type { Backup } from '@aws-sdk/client-backup';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { EFS } from '@aws-sdk/client-efs';
import type { IAM } from '@aws-sdk/client-iam';
import type { KMS } from '@aws-sdk/client-kms';
import type { RDS } from '@aws-sdk/client-rds';
import type { S3 } from '@aws-sdk/client-s3';
import type { SQS } from '@aws-sdk/client-sqs';
import type { STS } from '@aws-sdk/client-sts';
import type { Connection } from './schema.ts';

export interface Clients {
  readonly backup: Backup;
  readonly dynamodb: DynamoDB;
  readonly ec2: EC2;
  readonly efs: EFS;
  readonly iam: IAM;
  readonly kms: KMS;
  readonly rds: RDS;
  readonly s3: S3;
  readonly sqs: SQS;
  readonly sts: STS;
}
export type Service = keyof Clients;

/** An access key as every client takes it; `expiration` where it is one for a time. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Loaded by the first call to a service and not before: EC2's alone takes a quarter of a second and ninety megabytes. */
const MAKERS: { readonly [S in Service]: (options: Options) => Promise<Clients[S]> } = {
  backup: async (options) => new (await import('@aws-sdk/client-backup')).Backup(options),
  dynamodb: async (options) => new (await import('@aws-sdk/client-dynamodb')).DynamoDB(options),
  ec2: async (options) => new (await import('@aws-sdk/client-ec2')).EC2(options),
  efs: async (options) => new (await import('@aws-sdk/client-efs')).EFS(options),
  iam: async (options) => new (await import('@aws-sdk/client-iam')).IAM(options),
  kms: async (options) => new (await import('@aws-sdk/client-kms')).KMS(options),
  rds: async (options) => new (await import('@aws-sdk/client-rds')).RDS(options),
  s3: async ({ forcePathStyle, ...options }) =>
    new (await import('@aws-sdk/client-s3')).S3({ ...options, forcePathStyle, followRegionRedirects: true }),
  // Where it is asked is the region's endpoint, whatever the address of a queue says; and what is hearsay anyway needs no checksum, which FIPS forbids.
  sqs: async (options) => new (await import('@aws-sdk/client-sqs')).SQS({ ...options, useQueueUrlAsEndpoint: false, md5: false }),
  sts: async (options) => new (await import('@aws-sdk/client-sts')).STS(options),
};

/** How long a service may wait by its own design before it answers: a queue for something to come. ms. */
export const WAITS_MS: { readonly [S in Service]?: number } = { sqs: 20_000 };

type Options = ReturnType<typeof optionsOf>;

/** A client of the SDK. Without `credentials` it finds its own, by the SDK's chain. It retries nothing: the pace is ours. */
export function makeClient<S extends Service>(
  service: S,
  region: string,
  connection: Connection,
  credentials?: Credentials,
): Promise<Clients[S]> {
  return MAKERS[service](optionsOf(region, connection, credentials, connection.timeout + (WAITS_MS[service] ?? 0)));
}

function optionsOf(region: string, connection: Connection, credentials: Credentials | undefined, requestTimeout: number) {
  const { endpoint, fips, dual_stack, path_style, timeout } = connection;
  return {
    region,
    maxAttempts: 1,
    useFipsEndpoint: fips,
    useDualstackEndpoint: dual_stack,
    forcePathStyle: path_style,
    requestHandler: { connectionTimeout: timeout, requestTimeout },
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
  };
}
