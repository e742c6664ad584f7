import type { Declared, Found, Imported } from '../../src/probe.ts';
import { textIn } from '../../src/values/raw.ts';
import { clean } from '../../src/values/text.ts';
import { accountOf } from './arn.ts';
import { awsKinds } from './kinds/index.ts';

type Attributes = Declared['attributes'];

/** How an instance of one type of the provider hashicorp/aws becomes an entry of a kind. */
interface Mapping {
  readonly kind: string;
  /** Key of the entry, and the attribute that holds it. */
  readonly key: readonly [entry: string, attribute: string];
  /** Keys of the identity, and the attributes that hold them; the account comes from the ARN. */
  readonly identity?: Readonly<Record<string, string>>;
  readonly expect?: (attributes: Attributes) => Readonly<Record<string, unknown>>;
}

/** True where the state says that the protection is on: what is off now is for people to ask for. */
const on = (name: string, attributes: Attributes, attribute: string, wanted = true): Readonly<Record<string, boolean>> =>
  attributes[attribute] === wanted ? { [name]: true } : {};

/** One line for each type of resource; one of a kind that this version does not have is told to be skipped. */
const TERRAFORM: Readonly<Record<string, Mapping>> = {
  aws_db_instance: {
    kind: 'aws.rds.instance',
    key: ['name', 'identifier'],
    identity: { dbi_resource_id: 'resource_id' },
    expect: (attributes) => ({
      ...on('deletion_protection', attributes, 'deletion_protection'),
      ...on('encrypted', attributes, 'storage_encrypted'),
      ...on('multi_az', attributes, 'multi_az'),
      ...on('private', attributes, 'publicly_accessible', false),
      ...retention(attributes['backup_retention_period']),
    }),
  },
  aws_ebs_volume: { kind: 'aws.ebs.volume', key: ['volume', 'id'], expect: (attributes) => on('encrypted', attributes, 'encrypted') },
  aws_s3_bucket: { kind: 'aws.s3.bucket', key: ['bucket', 'bucket'] },
  aws_kms_key: { kind: 'aws.kms.key', key: ['key', 'key_id'], expect: (attributes) => on('rotation', attributes, 'enable_key_rotation') },
  aws_dynamodb_table: {
    kind: 'aws.dynamodb.table',
    key: ['table', 'name'],
    expect: (attributes) => on('deletion_protection', attributes, 'deletion_protection_enabled'),
  },
  aws_efs_file_system: {
    kind: 'aws.efs.filesystem',
    key: ['file_system', 'id'],
    expect: (attributes) => on('encrypted', attributes, 'encrypted'),
  },
  aws_backup_vault: { kind: 'aws.backup.vault', key: ['vault', 'name'] },
};

/** Resources of AWS that a Terraform state holds, with the identities it holds of them. */
export function importResource({ format, type, name, attributes }: Declared): readonly Imported[] {
  const mapping = format === 'terraform' && Object.hasOwn(TERRAFORM, type) ? TERRAFORM[type] : undefined;
  if (!mapping) return [];
  const { kind, key, identity = {}, expect } = mapping;
  if (!awsKinds.has(kind)) return [{ skipped: `this version has no kind ${kind}` }];
  const value = textIn(attributes[key[1]]);
  if (value === undefined) return [{ skipped: `it has no ${key[1]}` }];
  const arn = textIn(attributes['arn']);
  const [account, region] = [accountOf(arn), textIn(arn?.split(':')[3]) ?? textIn(attributes['region'])];
  const known = Object.entries(identity).flatMap(([pin, attribute]) => {
    const text = textIn(attributes[attribute]);
    return text === undefined ? [] : [[pin, text] as const];
  });
  const entry: Found = {
    kind: 'found',
    of: kind,
    label: arn ?? value,
    name: value,
    entry: { [key[0]]: value, ...(region !== undefined && { region }) },
    pin: { ...(account !== undefined && { account }), ...Object.fromEntries(known) },
    facts: [`declared as ${clean(name, 150)}`],
    ...(expect && { expect: expect(attributes) }),
  };
  return [{ entry, todo: ['pin the rest of its identity (rollcall pin)'], ...(account !== undefined && { on: { account } }) }];
}

function retention(days: unknown): Readonly<Record<string, string>> {
  return typeof days === 'number' && days > 0 && days <= 35 ? { min_backup_retention: `${days}d` } : {};
}
