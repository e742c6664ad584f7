import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { listOf } from '../../answer.ts';
import { defineOne, type Reading } from '../../kind.ts';
import { exact, flag, pinOf, text } from '../../measure.ts';
import { pagesOf } from '../../pages.ts';
import { regionsOfAccount } from '../../regions.ts';
import { stepsOf } from './steps.ts';
import type { TableTarget } from './target.ts';

/** The most that one page of it may have. */
const PAGE = 100;
/** Statuses in which its data cannot be had. */
const TROUBLE: ReadonlySet<string> = new Set(['INACCESSIBLE_ENCRYPTION_CREDENTIALS', 'ARCHIVING', 'ARCHIVED']);

function pin(table: TableDescription, account: string): Record<string, string> {
  const { TableId: table_id, CreationDateTime: created, SSEDescription: encryption } = table;
  return pinOf({ account, table_id, created, kms_key: encryption?.KMSMasterKeyArn });
}

function read(table: TableDescription, { key }: TableTarget, _: number, account: string): Reading {
  const { TableStatus: status = 'unknown', TableId: id, CreationDateTime: created, ItemCount: items, TableSizeBytes: bytes } = table;
  return {
    pin: pin(table, account),
    measures: {
      trouble: text(TROUBLE.has(status) ? status : ''),
      deletion_protection: flag(table.DeletionProtectionEnabled === true),
      // Counted, and hours old: DynamoDB counts anew about every six.
      ...(items !== undefined && { items: exact(items, 'count') }),
      ...(bytes !== undefined && { bytes: exact(bytes, 'bytes') }),
    },
    say: `${key} is ${status}, ${id ?? 'without an id'}, made ${created?.toISOString() ?? 'at an unknown time'}`,
    ...(status === 'DELETING' && { doom: { what: `table ${key} is being deleted`, undo: undoOf(key) } }),
  };
}

/** The deletion itself cannot be stopped; of a table with point-in-time recovery a last backup is kept for 35 days. */
function undoOf(name: string): string {
  return `it cannot be stopped; from kept backups: aws dynamodb list-backups --table-name ${name} --backup-type ALL, then aws dynamodb restore-table-from-backup`;
}

/** Tables: listed by their names alone, and read one by one. */
export const looker = defineOne<string, TableTarget, TableDescription>({
  of: 'one',
  namesOnly: true,
  async *list({ ask }) {
    const pages = pagesOf(
      (from) =>
        ask('dynamodb', 'ListTables', (dynamodb, options) =>
          dynamodb.listTables({ Limit: PAGE, ...(from !== undefined && { ExclusiveStartTableName: from }) }, options),
        ),
      ({ LastEvaluatedTableName }) => LastEvaluatedTableName,
    );
    for await (const { TableNames } of pages) yield listOf(TableNames, 'TableNames');
  },
  keys: (name) => [name],
  second: regionsOfAccount,
  directCall: 'dynamodb:DescribeTable',
  notFound: ['ResourceNotFoundException'],
  direct: async ({ ask }, { key }) =>
    (await ask('dynamodb', 'DescribeTable', (dynamodb, options) => dynamodb.describeTable({ TableName: key }, options))).Table,
  read,
  steps: stepsOf,
  found: (name, table, account) => ({
    label: name,
    name,
    entry: { table: name },
    pin: table ? pin(table, account) : pinOf({ account }),
    expect: { ...(table?.DeletionProtectionEnabled === true && { deletion_protection: true }) },
    sweep: '1m',
    facts: table
      ? [
          `about ${table.ItemCount ?? '?'} items, ${table.TableStatus ?? 'in an unknown state'}`,
          ...(table.DeletionProtectionEnabled === true ? [] : ['deletion protection is off']),
        ]
      : [],
  }),
});
