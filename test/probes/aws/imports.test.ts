import assert from 'node:assert/strict';
import { aws } from '../../../probes/aws/index.ts';
import type { Declared } from '../../../src/probe.ts';

const arn = (service: string, rest: string, account = '111122223333') => `arn:aws:${service}:eu-west-1:${account}:${rest}`;
const declared = (type: string, attributes: Declared['attributes']): Declared => ({
  format: 'terraform',
  type,
  name: `${type}.it`,
  attributes,
});

/** One of each type that is known, as the provider writes it. */
const STATE: readonly Declared[] = [
  declared('aws_db_instance', {
    identifier: 'orders',
    arn: arn('rds', 'db:orders'),
    resource_id: 'db-ABCDEFGHIJKL',
    deletion_protection: true,
    storage_encrypted: true,
    multi_az: false,
    publicly_accessible: false,
    backup_retention_period: 7,
  }),
  declared('aws_ebs_volume', { id: 'vol-0123456789abcdef0', arn: arn('ec2', 'volume/vol-0123456789abcdef0'), encrypted: true }),
  declared('aws_s3_bucket', { bucket: 'acme-dumps', arn: 'arn:aws:s3:::acme-dumps', region: 'eu-central-1' }),
  declared('aws_kms_key', {
    key_id: '00000000-0000-4000-8000-00000000000a',
    arn: arn('kms', 'key/00000000-0000-4000-8000-00000000000a'),
    enable_key_rotation: true,
  }),
  declared('aws_dynamodb_table', { name: 'orders', arn: arn('dynamodb', 'table/orders'), deletion_protection_enabled: true }),
  declared('aws_efs_file_system', {
    id: 'fs-0123456789abcdef0',
    arn: arn('elasticfilesystem', 'file-system/fs-0123456789abcdef0'),
    encrypted: true,
  }),
  declared('aws_backup_vault', { name: 'vault', arn: arn('backup', 'backup-vault:vault') }),
];

describe('what a Terraform state holds of AWS', () => {
  const made = STATE.flatMap((one) => aws.imports?.(one) ?? []);

  it('becomes entries that their kinds take as they are, or is skipped by the name of the kind that is missing', () => {
    assert.equal(made.length, STATE.length);
    let taken = 0;
    for (const one of made) {
      if ('skipped' in one) {
        const [, kind = ''] = /^this version has no kind (aws\.[a-z0-9.]+)$/.exec(one.skipped) ?? [];
        assert.ok(kind !== '' && !aws.kinds.has(kind), one.skipped);
        continue;
      }
      const { of, entry, pin, expect = {} } = one.entry;
      const kind = aws.kinds.get(of);
      const compiled = kind?.compile(kind.entry.parse({ ...entry, identity: pin, expect }));
      assert.ok(compiled?.ok, `${of}: ${JSON.stringify(compiled)}`);
      taken++;
    }
    assert.ok(taken >= 2);
  });

  it('keeps the identities of the state, its region, and what protects it now', () => {
    const [first] = made;
    assert.ok(first && 'entry' in first);
    assert.deepEqual(first.entry.entry, { name: 'orders', region: 'eu-west-1' });
    assert.deepEqual(first.entry.pin, { account: '111122223333', dbi_resource_id: 'db-ABCDEFGHIJKL' });
    assert.deepEqual(first.entry.expect, { deletion_protection: true, encrypted: true, private: true, min_backup_retention: '7d' });
    assert.deepEqual(first.on, { account: '111122223333' });
  });

  it('is nothing where it is of another tool or type, or nobody knows which one it is', () => {
    assert.deepEqual(aws.imports?.({ ...(STATE[0] as Declared), format: 'compose' }), []);
    assert.deepEqual(aws.imports?.(declared('aws_nobody', {})), []);
    assert.deepEqual(aws.imports?.(declared('toString', {})), []);
    assert.deepEqual(aws.imports?.(declared('aws_ebs_volume', {})), [{ skipped: 'it has no id' }]);
  });
});
