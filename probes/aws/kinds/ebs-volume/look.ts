import type { Volume } from '@aws-sdk/client-ec2';
import { listOf } from '../../answer.ts';
import { defineOne, type AwsTarget, type Reading } from '../../kind.ts';
import { exact, flag, pinOf } from '../../measure.ts';
import { pagesOf } from '../../pages.ts';
import { regionsOfAccount } from '../../regions.ts';

/** The most that one page of it may have. */
const PAGE = 500;
const GIB = 1024 ** 3;

function pin({ CreateTime: created, KmsKeyId: kms_key }: Volume, account: string): Record<string, string> {
  return pinOf({ account, created, kms_key });
}

function read(volume: Volume, _: AwsTarget, __: number, account: string): Reading {
  const { VolumeId: id = '', State: state = 'unknown', CreateTime: created, Attachments = [] } = volume;
  const attached = Attachments.filter((one) => one.State === 'attached' || one.State === 'attaching' || one.State === 'busy');
  const say = `${id} is ${state}, ${volume.Size ?? '?'} GiB, made ${created?.toISOString() ?? 'at an unknown time'}`;
  return {
    pin: pin(volume, account),
    measures: {
      failed: flag(state === 'error'),
      encrypted: flag(volume.Encrypted === true),
      // What is attached to nothing goes down with nothing.
      kept_on_termination: flag(attached.every((one) => one.DeleteOnTermination !== true)),
      attached: flag(attached.length > 0),
      ...(volume.Size !== undefined && { size: exact(volume.Size * GIB, 'bytes') }),
    },
    gone: state === 'deleted',
    say: attached.length === 0 ? `${say}, attached to nothing` : `${say}, attached to ${attached.map((one) => one.InstanceId).join(', ')}`,
    ...(state === 'deleting' && { doom: { what: `volume ${id} is being deleted`, undo: undoOf(id) } }),
  };
}

/** The deletion itself cannot be stopped; where a rule of the recycle bin holds for it, it comes to lie there. */
function undoOf(id: string): string {
  return `aws ec2 restore-volume-from-recycle-bin --volume-id ${id}, where a rule of the recycle bin keeps it; else make it anew from a snapshot`;
}

/** Volumes, all that there is to know of them in one listing. */
export const looker = defineOne<Volume, AwsTarget>({
  of: 'one',
  async *list({ ask }) {
    const pages = pagesOf(
      (NextToken) =>
        ask('ec2', 'DescribeVolumes', (ec2, options) =>
          ec2.describeVolumes({ MaxResults: PAGE, ...(NextToken !== undefined && { NextToken }) }, options),
        ),
      ({ NextToken }) => NextToken,
    );
    for await (const { Volumes } of pages) yield listOf(Volumes, 'Volumes');
  },
  keys: ({ VolumeId }) => (VolumeId === undefined ? [] : [VolumeId]),
  second: regionsOfAccount,
  directCall: 'ec2:DescribeVolumes by id',
  notFound: ['InvalidVolume.NotFound'],
  direct: async ({ ask }, { key }) =>
    (await ask('ec2', 'DescribeVolumes', (ec2, options) => ec2.describeVolumes({ VolumeIds: [key] }, options))).Volumes?.[0],
  read,
  found: ({ VolumeId: id = '', Tags = [], ...volume }, _, account) => {
    const name = Tags.find(({ Key }) => Key === 'Name')?.Value;
    return {
      label: id,
      name: name ?? id,
      entry: { volume: id },
      pin: pin(volume, account),
      expect: {
        ...(volume.Encrypted === true && { encrypted: true }),
        ...(volume.Size !== undefined && { min_size: `${volume.Size}GiB` }),
      },
      sweep: '30s',
      facts: [`${volume.Size ?? '?'} GiB, ${volume.State ?? 'in an unknown state'}${name === undefined ? '' : `, named ${name}`}`],
    };
  },
});
