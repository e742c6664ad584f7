/** The region of each partition in which buckets are registered. */
const ORIGINS = { aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' } as const;

/** The partition that a region belongs to, as ARNs name it. */
export function partitionOf(region: string): keyof typeof ORIGINS {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * Where ListBuckets is asked. Anywhere but there, `CreationDate` moves whenever a policy or a lifecycle rule of the bucket is written (the
 * API's documentation says so of the field; boto3 #1956, aws-cli #3597, cloudquery #1081 show where): it would be no identity.
 */
export function originOf(region: string): string {
  return ORIGINS[partitionOf(region)];
}
