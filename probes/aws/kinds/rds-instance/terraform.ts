import * as z from 'zod';
import type { FromTerraform } from '../../kind.ts';

/** The provider's names (aws_db_instance, aws_rds_cluster_instance); everything may be missing, and null says nothing. */
const attributesSchema = z.object({
  identifier: z.string().min(1),
  arn: z.string().nullish(),
  resource_id: z.string().nullish(),
  dbi_resource_id: z.string().nullish(),
  kms_key_id: z.string().nullish(),
  engine: z.string().nullish(),
  deletion_protection: z.boolean().nullish(),
  backup_retention_period: z.number().nullish(),
  storage_encrypted: z.boolean().nullish(),
  multi_az: z.boolean().nullish(),
  publicly_accessible: z.boolean().nullish(),
});

const make: FromTerraform = (raw) => {
  const parsed = attributesSchema.safeParse(raw);
  if (!parsed.success) return ['it has no identifier'];
  const { identifier, arn, resource_id, dbi_resource_id, kms_key_id, engine, ...told } = parsed.data;
  const id = dbi_resource_id ?? resource_id;
  return [
    {
      name: identifier,
      entry: { name: identifier },
      arn: arn ?? undefined,
      pin: { ...(id && { dbi_resource_id: id }), ...(kms_key_id && { kms_key: kms_key_id }), ...(engine && { engine }) },
      // What is weak is not proposed, as in a discovery.
      expect: {
        ...(told.deletion_protection === true && { deletion_protection: true }),
        ...(told.backup_retention_period && { min_backup_retention: `${told.backup_retention_period}d` }),
        ...(told.storage_encrypted === true && { encrypted: true }),
        ...(told.multi_az === true && { multi_az: true }),
        ...(told.publicly_accessible === false && { private: true }),
      },
    },
  ];
};

/** Instances, and those of an Aurora cluster. */
export const terraform: Readonly<Record<string, FromTerraform>> = { aws_db_instance: make, aws_rds_cluster_instance: make };
