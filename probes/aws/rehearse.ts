import type { EC2 } from '@aws-sdk/client-ec2';
import { codeOf } from './errors.ts';
import type { Answer } from './iam-decide.ts';
import type { Question } from './simulate.ts';
import type { Vantage } from './vantage.ts';

/** Volumes that a deletion is rehearsed of: each rehearsal is a call, and a line in CloudTrail. */
const REHEARSED = 20;

type Options = { readonly abortSignal: AbortSignal };

/**
 * Rehearses deletions (`DryRun`), the proof that is nearest to the deed: EC2 says whether it would have been done, and does nothing. Something harmless is
 * rehearsed first: an endpoint that does not know what a rehearsal is gets no other. @throws where that is so, and what the API throws.
 */
export async function rehearse(
  vantage: Vantage,
  { volumes, snapshot }: { readonly volumes: readonly Question[]; readonly snapshot: Question | undefined },
): Promise<(Question & { readonly answer: Answer })[]> {
  const harmless = await rehearsed(vantage, 'DescribeRegions', (ec2, options) => ec2.describeRegions({ DryRun: true }, options));
  if (harmless === undefined) throw new Error(`${vantage.region}: EC2 does not rehearse (DryRun), so nothing is tried there`);
  const found: (Question & { readonly answer: Answer })[] = [];
  for (const question of volumes.slice(0, REHEARSED)) {
    const VolumeId = idOf(question.on);
    const answer = await rehearsed(vantage, 'DeleteVolume', (ec2, options) => ec2.deleteVolume({ VolumeId, DryRun: true }, options));
    if (answer !== undefined) found.push({ ...question, answer });
  }
  if (snapshot) {
    const { Snapshots = [] } = await vantage.ask('ec2', 'DescribeSnapshots', (ec2, options) =>
      ec2.describeSnapshots({ OwnerIds: ['self'], MaxResults: 5 }, options),
    );
    const SnapshotId = Snapshots[0]?.SnapshotId;
    const answer =
      SnapshotId === undefined
        ? undefined
        : await rehearsed(vantage, 'DeleteSnapshot', (ec2, options) => ec2.deleteSnapshot({ SnapshotId, DryRun: true }, options));
    if (answer !== undefined) found.push({ ...snapshot, answer });
  }
  return found;
}

/** Undefined where the answer says nothing of the right. @throws what is neither that nor a refusal. */
async function rehearsed(
  vantage: Vantage,
  action: string,
  send: (ec2: EC2, options: Options) => Promise<unknown>,
): Promise<Answer | undefined> {
  try {
    await vantage.ask('ec2', action, send);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'DryRunOperation') return 'yes';
    if (code === 'UnauthorizedOperation' || code === 'AccessDenied' || code === 'AccessDeniedException') return 'no';
    if (code.endsWith('NotFound')) return undefined;
    throw error;
  }
}

function idOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}
