import type { Snapshot } from '@aws-sdk/client-ec2';
import { copyMeasures, sayCopies, type Copy } from '../../copies.ts';
import { binnedSnapshots, ownSnapshots, volumeMakers } from '../../ebs/snapshots.ts';
import { codeOf } from '../../errors.ts';
import { defineSet, type Reading } from '../../kind.ts';
import { exact, flag, pinOf } from '../../measure.ts';
import { proposeCopies } from '../../propose-copies.ts';
import { regionsOfAccount } from '../../regions.ts';
import { sharesStep } from '../../shares.ts';
import type { Vantage } from '../../vantage.ts';
import { lockStep } from './lock.ts';
import { keyOfTag, keyOfVolume, type EbsSnapshotsTarget } from './target.ts';

/** What a copy has instead of the id of its volume. */
const NO_VOLUME = 'vol-ffffffff';

function keysOf({ VolumeId: volume, Tags: tags = [] }: Snapshot): string[] {
  return [
    ...(volume === undefined || volume === NO_VOLUME ? [] : [keyOfVolume(volume)]),
    ...tags.map(({ Key = '', Value = '' }) => keyOfTag(Key, Value)),
  ];
}

/** The same question of EC2 itself; a value in a filter may have wildcards, so that what it answers is looked through. */
async function ownOf(vantage: Vantage, { volume, tag, key }: EbsSnapshotsTarget): Promise<Snapshot[]> {
  const filter = tag ? { Name: `tag:${tag.key}`, Values: [tag.value] } : { Name: 'volume-id', Values: [volume ?? ''] };
  return (await Array.fromAsync(ownSnapshots(vantage, [filter]))).flat().filter((one) => keysOf(one).includes(key));
}

function copyOf({ StartTime: at, State: state, Encrypted: encrypted }: Snapshot): Copy {
  return { at, whole: state === 'completed', encrypted: encrypted === true };
}

function read(snapshots: readonly Snapshot[], { key }: EbsSnapshotsTarget, now: number, account: string): Reading {
  const copies = snapshots.map(copyOf);
  return { pin: pinOf({ account }), measures: copyMeasures(copies, now), say: `${key}: ${sayCopies(copies)}` };
}

/** What of a volume's snapshots lies in the recycle bin. It keeps no tags, so that a set by tag cannot be told there. */
async function hidden(vantage: Vantage, { volume, key }: EbsSnapshotsTarget): Promise<Reading | undefined> {
  if (volume === undefined) return undefined;
  const binned = (await binnedSnapshots(vantage))
    .filter(({ VolumeId }) => VolumeId === volume)
    .toSorted((a, b) => (b.RecycleBinEnterTime?.getTime() ?? 0) - (a.RecycleBinEnterTime?.getTime() ?? 0));
  const [newest] = binned;
  if (!newest) return undefined;
  const exits = binned.flatMap(({ RecycleBinExitTime: exit }) => (exit ? [exit.getTime()] : []));
  const what = `all snapshots of volume ${volume} were deleted; ${binned.length} lie in the recycle bin`;
  return {
    pin: pinOf({ account: vantage.account }),
    measures: { ...copyMeasures([], vantage.now().wall), count: exact(0, 'count'), encrypted: flag(true) },
    say: `${key}: ${what}`,
    doom: {
      what,
      undo: `aws ec2 restore-snapshot-from-recycle-bin --snapshot-id ${newest.SnapshotId ?? ''}${binned.length > 1 ? ', and so each of the others' : ''}`,
      ...(exits.length > 0 && { undoBefore: Math.min(...exits) }),
    },
  };
}

/** Snapshots by volume and by tag. Locks, and with whom one is shared, are asked for in an inspection. */
export const looker = defineSet<Snapshot, EbsSnapshotsTarget>({
  of: 'set',
  list: (vantage) => ownSnapshots(vantage),
  keys: keysOf,
  account: ({ OwnerId }) => OwnerId,
  second: regionsOfAccount,
  narrow: { call: 'ec2:DescribeSnapshots of these alone', notFound: [], ask: ownOf },
  read,
  hidden,
  steps: (vantage, target) => {
    const { sharedWith } = target;
    return [
      lockStep(vantage, target, () => ownOf(vantage, target)),
      ...(sharedWith === undefined
        ? []
        : [
            sharesStep({
              call: 'ec2:DescribeSnapshotAttribute',
              allowed: sharedWith,
              ids: async () => (await ownOf(vantage, target)).flatMap(({ SnapshotId }) => SnapshotId ?? []),
              of: async (id) => {
                try {
                  return await volumeMakers(vantage, id);
                } catch (error) {
                  // Deleted since it was listed.
                  if (codeOf(error) === 'InvalidSnapshot.NotFound') return [];
                  throw error;
                }
              },
            }),
          ]),
    ];
  },
  found: (key, snapshots, account, now) => {
    const [first] = snapshots;
    if (!first) return undefined;
    const { VolumeId: volume = NO_VOLUME } = first;
    // Copies name no volume: what they are called by is all that there is to tell their sets apart.
    const tag = first.Tags?.find(({ Key }) => Key === 'Name')?.Value ?? '';
    const isCopies = tag !== '' && key === keyOfTag('Name', tag) && snapshots.every(({ VolumeId = NO_VOLUME }) => VolumeId === NO_VOLUME);
    if (!isCopies && (volume === NO_VOLUME || key !== keyOfVolume(volume))) return undefined;
    const { expect, facts } = proposeCopies(snapshots.map(copyOf), now);
    return {
      label: isCopies ? key : volume,
      name: `${isCopies ? tag : volume}-snapshots`,
      entry: isCopies ? { tag: { key: 'Name', value: tag } } : { volume },
      pin: pinOf({ account }),
      expect,
      sweep: '1m',
      inspect: '1h',
      facts,
    };
  },
});
