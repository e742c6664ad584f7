import * as z from 'zod';
import { duration, share } from '../../../../src/values/fields.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';

const flagOf = (what: string) => z.boolean().optional().describe(`True: ${what}; false: need not be; unset: must stay so once it was.`);

/** What the manifest says of a table. */
export const entrySchema = z.strictObject({
  table: z
    .string()
    .regex(/^[a-zA-Z0-9_.-]{3,255}$/, 'must be the name of a table: 3 to 255 letters, digits, and . _ -')
    .describe('Its name, which is free again once it is deleted: identity says which one is meant.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      table_id: z.string().min(1).max(100).optional().describe('TableId: never given twice.'),
      created: entryMoment().optional().describe('When it was made (CreationDateTime).'),
      kms_key: z.string().min(1).max(255).optional().describe('ARN of the key that encrypts it (KMSMasterKeyArn).'),
    })
    .optional(),
  expect: z
    .strictObject({
      deletion_protection: flagOf('it must be on'),
      pitr: flagOf('point-in-time recovery must be on (inspected)'),
      min_recovery_window: duration({ max: 35 * 86_400_000 })
        .optional()
        .describe(
          'How far back point-in-time recovery keeps (RecoveryPeriodInDays), at least; unset: must not fall; 0d: whatever it is. Inspected.',
        ),
      newest_backup_within: duration({ min: 60_000 }).optional().describe('Age of its newest backup on demand, at most. Inspected.'),
      min_backups: z.int().min(1).max(1_000_000).optional().describe('Backups that can be restored (ListBackups), at least. Inspected.'),
      min_items: z
        .int()
        .min(1)
        .optional()
        .describe('Items, at least, by a count that DynamoDB refreshes about every six hours: late, and no quick alarm.'),
      max_shrink: share().optional().describe('By how much that count may fall below the highest ever seen (default: not asked).'),
      sentinel: z
        .strictObject({
          key: z
            .record(z.string().min(1).max(255), z.union([z.string().min(1).max(2048), z.number()]))
            .refine((key) => [1, 2].includes(Object.keys(key).length), 'must be the partition key, and the sort key where there is one')
            .describe('Its whole primary key: names of attributes, and strings or numbers.'),
          digest: z
            .string()
            .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')
            .optional()
            .describe('Digest of the item as an inspection tells it (default: it must be there, whatever it says).'),
        })
        .optional()
        .describe('An item that must be there, read by its key. Inspected; needs dynamodb:GetItem on the table.'),
      severity: entrySeverity(),
    })
    .optional(),
});

export type Entry = z.output<typeof entrySchema>;
