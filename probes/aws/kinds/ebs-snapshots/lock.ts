import type { LockedSnapshotsInfo, Snapshot } from '@aws-sdk/client-ec2';
import { lockedSnapshots } from '../../ebs/snapshots.ts';
import type { Step } from '../../kind.ts';
import { exact } from '../../measure.ts';
import type { Vantage } from '../../vantage.ts';
import type { EbsSnapshotsTarget } from './target.ts';

/** How firm each state of a lock is: 2, nobody can take it off; 1, whoever may can, in the cooling-off of compliance too; 0, none. */
const FIRMNESS: Readonly<Record<string, number>> = { compliance: 2, 'compliance-cooloff': 1, governance: 1, expired: 0 };
const NEEDED = { governance: 1, compliance: 2 } as const;

/** Asks which of the set are locked, and how. */
export function lockStep(vantage: Vantage, { lock, lockedFor }: EbsSnapshotsTarget, own: () => Promise<readonly Snapshot[]>): Step {
  return {
    facets: ['protection/lock'],
    call: 'ec2:DescribeLockedSnapshots',
    ask: async () => {
      const locks = await lockedSnapshots(vantage);
      const now = vantage.now().wall;
      const set = await own();
      const held = set.flatMap(({ SnapshotId: id = '', State: state }) => {
        const found = locks.get(id);
        return found && state === 'completed' && holds(found, now) ? [found] : [];
      });
      const counted = held.filter((one) => firmnessOf(one) >= NEEDED[lock] && (lockedFor === 0 || leftOf(one, now) >= lockedFor));
      const firmest = Math.max(0, ...held.map(firmnessOf));
      const states = [...new Set(held.map(({ LockState: state = 'unknown' }) => state))].sort().join(', ');
      return {
        measures: { locked: exact(counted.length, 'count'), lock: exact(firmest, 'count') },
        say: `${held.length} of ${set.length} locked${states === '' ? '' : ` (${states})`}, ${counted.length} of them as they must be`,
      };
    },
  };
}

function firmnessOf({ LockState: state }: LockedSnapshotsInfo): number {
  return state === undefined ? 0 : (FIRMNESS[state] ?? 0);
}

/** How long it is until it ends; ms. Where no end is told, none is counted on. */
function leftOf({ LockExpiresOn: end }: LockedSnapshotsInfo, now: number): number {
  return end === undefined ? 0 : end.getTime() - now;
}

function holds(lock: LockedSnapshotsInfo, now: number): boolean {
  return firmnessOf(lock) > 0 && (lock.LockExpiresOn === undefined || leftOf(lock, now) > 0);
}
