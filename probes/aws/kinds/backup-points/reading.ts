import { formatDuration } from '../../../../src/values/duration.ts';
import { isRestorable } from '../../backup/points.ts';
import type { Reading } from '../../kind.ts';
import { exact, pinOf } from '../../measure.ts';
import { NEVER_MS } from '../../s3/lifecycle.ts';
import type { PointsTarget } from './target.ts';
import type { Point } from './look.ts';

const DAY_MS = 86_400_000;

/** What there is to say of all points of a vault: of those that are of the wanted resource. `gone` where none is. */
export function readPoints(points: readonly Point[], { resource, key }: PointsTarget, now: number, account: string): Reading {
  const pin = pinOf({ account, vault_created: points[0]?.vaultCreated });
  const own = points.filter(({ ResourceArn }) => resource === undefined || ResourceArn === resource);
  const whole = own.filter(isRestorable).toSorted((a, b) => madeAt(b) - madeAt(a));
  const of = resource ?? key;
  const [newest] = whole;
  if (newest === undefined) return withoutAny(own, of, pin);
  const age = (point: Point): number => Math.max(0, now - madeAt(point));
  const oldest = whole.at(-1) ?? newest;
  const end = Math.max(...whole.map(deletedAt));
  const left = Math.max(0, Math.min(NEVER_MS, end - now));
  const others = own.length - whole.length;
  return {
    pin,
    measures: {
      count: exact(whole.length, 'count'),
      newest_age: exact(age(newest), 'ms'),
      newest_size: exact(newest.BackupSizeInBytes ?? 0, 'bytes'),
      reach: exact(age(oldest), 'ms'),
      left: exact(left, 'ms'),
      kept: exact(Math.min(...whole.map(keptFor)), 'ms'),
    },
    say: [
      `${whole.length} recovery points of ${of}`,
      `newest ${formatDuration(age(newest))} old${newest.CreatedBy?.BackupPlanId ? `, made by plan ${newest.CreatedBy.BackupPlanId}` : ''}`,
      `the last is deleted ${end === Number.POSITIVE_INFINITY ? 'by no lifecycle' : `at ${new Date(end).toISOString()}`}`,
      ...(others > 0 ? [`${others} others: ${statesOf(own.filter((point) => !isRestorable(point)))}`] : []),
    ].join(', '),
  };
}

/** None that can be restored. Those that are being deleted cannot be held any more; those that have expired may still be copied. */
function withoutAny(own: readonly Point[], of: string, pin: Reading['pin']): Reading {
  const say = own.length === 0 ? `no recovery point of ${of}` : `no recovery point of ${of} can be restored: ${statesOf(own)}`;
  if (own.length === 0) return { pin, measures: {}, gone: true, say };
  const leaving = own.filter(({ Status }) => Status === 'DELETING' || Status === 'EXPIRED');
  const [first] = leaving.toSorted((a, b) => (a.Status === 'EXPIRED' ? 0 : 1) - (b.Status === 'EXPIRED' ? 0 : 1));
  const none = exact(0, 'count');
  const nothing = exact(0, 'ms');
  return {
    pin,
    measures: {
      count: none,
      newest_age: exact(NEVER_MS, 'ms'),
      newest_size: exact(0, 'bytes'),
      reach: nothing,
      left: nothing,
      kept: nothing,
    },
    say,
    ...(first && { doom: { what: say, undo: undoOf(first) } }),
  };
}

function undoOf({ Status, RecoveryPointArn = '' }: Point): string {
  return Status === 'EXPIRED'
    ? `what has expired may still be restored: aws backup start-restore-job --recovery-point-arn ${RecoveryPointArn}`
    : 'a deletion of recovery points that has begun cannot be stopped: copies in another vault or account are what is left';
}

function statesOf(points: readonly Point[]): string {
  const counts = new Map<string, number>();
  for (const { Status = 'unknown' } of points) counts.set(Status, (counts.get(Status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

/** When what it holds was taken: a copy is as old as it was begun, not as old as it was finished. */
function madeAt({ CreationDate, CompletionDate }: Point): number {
  return (CreationDate ?? CompletionDate)?.getTime() ?? 0;
}

function deletedAt({ CalculatedLifecycle }: Point): number {
  return CalculatedLifecycle?.DeleteAt?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** How long its lifecycle keeps it in all; ms. */
function keptFor(point: Point): number {
  const days = point.Lifecycle?.DeleteAfterDays;
  if (days !== undefined && days > 0) return days * DAY_MS;
  const until = deletedAt(point);
  return until === Number.POSITIVE_INFINITY ? NEVER_MS : Math.max(0, until - madeAt(point));
}
