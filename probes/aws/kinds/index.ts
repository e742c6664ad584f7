import type { AwsKind } from '../kind.ts';
import { ebsVolume } from './ebs-volume/entry.ts';
import { rdsInstance } from './rds-instance/entry.ts';

/** Every kind of AWS resource there is, by its name in the manifest. */
export const awsKinds: ReadonlyMap<string, AwsKind> = new Map([ebsVolume, rdsInstance].map((kind) => [kind.name, kind]));
