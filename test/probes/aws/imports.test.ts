import assert from 'node:assert/strict';
import { aws } from '../../../probes/aws/index.ts';
import type { Imported } from '../../../src/probe.ts';

const ACCOUNT = '111122223333';
const imports = (type: string, attributes: object): readonly Imported[] =>
  aws.imports?.({ format: 'terraform', type, name: `${type}.x`, attributes: attributes as Record<string, unknown> }) ?? [];
const entries = (made: readonly Imported[]) => made.flatMap((one) => ('entry' in one ? [one] : []));

/** Whole entries that the kind itself takes: what an import makes must be fit to be signed. */
function compiles({ entry: { of, entry, pin, expect } }: Extract<Imported, { entry: unknown }>): void {
  const kind = aws.kinds.get(of) ?? assert.fail(of);
  const compiled = kind.compile(kind.entry.parse({ ...entry, identity: pin, ...(expect && { expect }) }));
  assert.ok(compiled.ok, JSON.stringify(compiled));
}

describe("what becomes of Terraform's state", () => {
  it('an instance of RDS is pinned, and its protections are proposed', () => {
    const made = entries(
      imports('aws_db_instance', {
        identifier: 'orders',
        arn: `arn:aws:rds:us-east-1:${ACCOUNT}:db:orders`,
        resource_id: 'db-ABC',
        engine: 'postgres',
        kms_key_id: null,
        deletion_protection: true,
        backup_retention_period: 7,
        storage_encrypted: false,
        publicly_accessible: false,
        password: 'hunter2-hunter2',
      }),
    );
    assert.deepEqual(
      made.map(({ entry: { of, entry, pin, expect }, on }) => [of, entry, pin, expect, on]),
      [
        [
          'aws.rds.instance',
          { name: 'orders', region: 'us-east-1' },
          { account: ACCOUNT, dbi_resource_id: 'db-ABC', engine: 'postgres' },
          { deletion_protection: true, min_backup_retention: '7d', private: true },
          { account: ACCOUNT },
        ],
      ],
    );
    made.forEach(compiles);
    assert.ok(!JSON.stringify(made).includes('hunter2'));
  });

  it('one of an Aurora cluster, too', () => {
    const made = entries(
      imports('aws_rds_cluster_instance', { identifier: 'a-1', dbi_resource_id: 'db-X', arn: `arn:aws:rds:eu-west-1:${ACCOUNT}:db:a-1` }),
    );
    assert.deepEqual(made[0]?.entry.pin, { account: ACCOUNT, dbi_resource_id: 'db-X' });
    made.forEach(compiles);
  });

  it('a volume, and those that an instance brings along', () => {
    const arn = `arn:aws:ec2:eu-west-1:${ACCOUNT}:volume/vol-0123456789abcdef0`;
    const made = [
      ...entries(imports('aws_ebs_volume', { id: 'vol-0123456789abcdef0', arn, encrypted: true, size: 100 })),
      ...entries(
        imports('aws_instance', {
          arn: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-1`,
          root_block_device: [{ volume_id: 'vol-0123456789abcdef1' }],
          ebs_block_device: [
            { volume_id: 'vol-0123456789abcdef2', device_name: '/dev/sdf', delete_on_termination: true, volume_size: 8 },
            'nonsense',
          ],
        }),
      ),
    ];
    assert.deepEqual(
      made.map(({ entry: { entry, expect } }) => [entry, expect]),
      [
        [
          { volume: 'vol-0123456789abcdef0', region: 'eu-west-1' },
          { encrypted: true, min_size: '100GiB' },
        ],
        [{ volume: 'vol-0123456789abcdef2', region: 'eu-west-1' }, { min_size: '8GiB' }],
      ],
    );
    assert.match(made[1]?.entry.facts?.join() ?? '', /deleted with its instance/);
    made.forEach(compiles);
  });

  it('what is not whole is said to be skipped, and what is nobody else is nothing', () => {
    assert.deepEqual(imports('aws_db_instance', { arn: 1 }), [{ skipped: 'it has no identifier' }]);
    assert.deepEqual(imports('aws_ebs_volume', { id: 5 }), [{ skipped: 'it has no id of a volume' }]);
    assert.deepEqual(imports('aws_instance', { ebs_block_device: 'x' }), [{ skipped: 'it is no instance that can be read' }]);
    assert.deepEqual(imports('aws_instance', {}), []);
    assert.deepEqual(imports('aws_vpc', { id: 'vpc-1' }), []);
    assert.deepEqual(imports('toString', {}), []);
    assert.deepEqual(aws.imports?.({ format: 'compose', type: 'aws_db_instance', name: 'x', attributes: { identifier: 'x' } }), []);
  });
});
