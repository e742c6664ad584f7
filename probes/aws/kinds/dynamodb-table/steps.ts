import type { BackupSummary } from '@aws-sdk/client-dynamodb';
import { formatDuration } from '../../../../src/values/duration.ts';
import { listOf } from '../../answer.ts';
import type { Step } from '../../kind.ts';
import { exact, flag, text } from '../../measure.ts';
import { pagesOf } from '../../pages.ts';
import { NEVER_MS } from '../../s3/lifecycle.ts';
import type { Vantage } from '../../vantage.ts';
import { itemDigest, keyOf } from './item.ts';
import { BACKUP_AGE, BACKUP_COUNT, NO_ITEM, PITR, SENTINEL, WINDOW, type TableTarget } from './target.ts';

/** The most that one page of backups may have. */
const PAGE = 100;
const DAY_MS = 86_400_000;
/** What it keeps unless it says otherwise: all that there is. */
const WINDOW_DAYS = 35;

/** What is inspected of a table: point-in-time recovery, backups on demand, the sentinel. */
export function stepsOf(vantage: Vantage, { key: TableName, pinned, sentinel }: TableTarget): Step[] {
  const { ask } = vantage;
  const continuous: Step = {
    facets: [PITR, WINDOW],
    call: 'dynamodb:DescribeContinuousBackups',
    ask: async () => {
      const { ContinuousBackupsDescription: described } = await ask('dynamodb', 'DescribeContinuousBackups', (dynamodb, options) =>
        dynamodb.describeContinuousBackups({ TableName }, options),
      );
      const { PointInTimeRecoveryStatus: status = 'unknown', ...pitr } = described?.PointInTimeRecoveryDescription ?? {};
      const on = status === 'ENABLED';
      const days = on ? (pitr.RecoveryPeriodInDays ?? WINDOW_DAYS) : 0;
      const back = pitr.EarliestRestorableDateTime?.toISOString();
      return {
        measures: { pitr: flag(on), recovery_window: exact(days * DAY_MS, 'ms') },
        say: `point-in-time recovery ${status}, ${days} days${back === undefined ? '' : `, back to ${back}`}`,
      };
    },
  };
  const backups: Step = {
    facets: [BACKUP_AGE, BACKUP_COUNT],
    call: 'dynamodb:ListBackups',
    ask: async () => {
      let count = 0;
      let newest = 0;
      for await (const page of backupPages(vantage, TableName))
        for (const { BackupStatus: status, BackupCreationDateTime: at, TableId: id } of page) {
          // Of another table that had the name.
          if (status !== 'AVAILABLE' || (pinned !== undefined && id !== undefined && id !== pinned)) continue;
          count += 1;
          newest = Math.max(newest, at?.getTime() ?? 0);
        }
      const age = newest === 0 ? NEVER_MS : Math.max(0, vantage.now().wall - newest);
      return {
        measures: { backups: exact(count, 'count'), newest_backup_age: exact(age, 'ms') },
        say: newest === 0 ? `${count} backups` : `${count} backups, the newest ${formatDuration(age)} old`,
      };
    },
  };
  const item = (key: NonNullable<TableTarget['sentinel']>): Step => ({
    facets: [SENTINEL],
    call: 'dynamodb:GetItem',
    ask: async () => {
      const { Item: found } = await ask('dynamodb', 'GetItem', (dynamodb, options) =>
        dynamodb.getItem({ TableName, Key: keyOf(key), ConsistentRead: true }, options),
      );
      // Of what is in it, nobody is told more than the digest.
      const digest = found ? itemDigest(found) : NO_ITEM;
      return { measures: { sentinel_there: flag(found !== undefined), sentinel: text(digest) }, say: `the sentinel item is ${digest}` };
    },
  });
  return [continuous, backups, ...(sentinel ? [item(sentinel)] : [])];
}

async function* backupPages({ ask }: Vantage, TableName: string): AsyncGenerator<readonly BackupSummary[], void, void> {
  const pages = pagesOf(
    (from) =>
      ask('dynamodb', 'ListBackups', (dynamodb, options) =>
        dynamodb.listBackups(
          { TableName, BackupType: 'ALL', Limit: PAGE, ...(from !== undefined && { ExclusiveStartBackupArn: from }) },
          options,
        ),
      ),
    ({ LastEvaluatedBackupArn }) => LastEvaluatedBackupArn,
  );
  for await (const { BackupSummaries } of pages) yield listOf(BackupSummaries, 'BackupSummaries');
}
