import type { Clock, Snapshot } from '../ports.ts';
import { auditAll, unaccepted } from './audit-round.ts';
import type { Plan } from './plan.ts';

/** How long a first start waits for servers to say what its credentials can do. */
const PATIENCE_MS = 20_000;

/**
 * Why this watcher must not be armed for the first time with these credentials; undefined where it may, or has been before. What cannot be
 * audited keeps nobody from watching: the daemon audits again, and pages.
 */
export async function reasonNotToArm(plan: Plan, snapshot: Snapshot, clock: Clock): Promise<string | undefined> {
  if (snapshot.head !== null || snapshot.resources.size > 0 || Object.keys(snapshot.meta).length > 0) return undefined;
  const grave = unaccepted(await auditAll(plan, clock, AbortSignal.timeout(PATIENCE_MS))).filter(
    ({ found }) => found.severity === 'critical',
  );
  if (grave.length === 0) return undefined;
  const lines = grave.map(({ connection, found }) => `  ${connection}: ${found.right}: ${found.what}`);
  const rights = [...new Set(grave.map(({ found }) => found.right))].join(', ');
  return [
    'the credentials of this watcher can do more than look, so it is not armed:',
    ...lines,
    `Give it less (rollcall grants prints what it needs, rollcall audit what is too much), or say that it may: accept: [${rights}] at the connection.`,
  ].join('\n');
}
