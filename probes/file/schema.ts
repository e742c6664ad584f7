import * as z from 'zod';
import { duration, share, size } from '../../src/values/fields.ts';

const pin = z.string().min(1).max(255);
const path = z.string().max(4096).regex(/^\//, 'must be an absolute path');
const inside = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))/, 'must be relative to path and without ..');

/** Keys of a `file` connection beyond `probe`. */
export const connectionSchema = z.strictObject({
  timeout: duration({ min: 100, max: 600_000 })
    .default(5000)
    .describe('How long one look at one resource may take before it is blind: timeout (default 5s).'),
  roots: z
    .array(path)
    .max(100)
    .default([])
    .describe(
      'Folders below which rollcall discover looks for sets of backups, four folders deep (default: only the folders of the roll).',
    ),
});

const id = () => z.int().min(0).max(4_294_967_294);

/** How an agent is named to this probe. */
export const agentSchema = z.strictObject({
  uid: id().describe('number of the account that it runs under on this host'),
  gids: z.array(id()).max(100).default([]).describe('numbers of its groups (default none)'),
});

/** Keys of a `file.volume` beyond the common ones. */
export const volumeSchema = z.strictObject({
  path: path.describe('The folder, or the mount point where expect.mounted is true.'),
  identity: z
    .strictObject({
      filesystem: pin.optional().describe('UUID of the filesystem, as in /dev/disk/by-uuid.'),
      device: pin.optional().describe('Source of the mount where its name is stable: /dev/mapper/vault, host:/export.'),
      type: pin.optional().describe('Family of the filesystem: ext, xfs, nfs.'),
      created: pin.optional().describe('When the folder (the root folder of a mounted filesystem) was made, to the nanosecond.'),
    })
    .optional(),
  expect: z
    .strictObject({
      mounted: z.boolean().optional().describe('True: `path` must itself be a mount point.'),
      min_used: size().optional().describe('Bytes in use on the filesystem, at least.'),
      contains: z.array(inside).max(100).optional().describe('Files and folders that must be there, relative to path.'),
      max_shrink: share()
        .optional()
        .describe('By how much the used bytes may fall below the most ever seen; a second number must fall with them.'),
      sentinels: z
        .record(inside, z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits'))
        .optional()
        .describe('Files whose bytes must have this digest.'),
    })
    .optional(),
});

/** Keys of a `file.backups` beyond the common ones. */
export const backupsSchema = z.strictObject({
  path: path.describe('A pattern: * ? and [a-z] within a part; ** and {a,b} are refused.'),
  identity: z
    .strictObject({
      filesystem: pin.optional().describe('UUID of the filesystem that holds them.'),
      device: pin.optional().describe('Source of the mount where its name is stable.'),
      type: pin.optional().describe('Family of the filesystem.'),
    })
    .optional(),
  expect: z
    .strictObject({
      newest_within: duration({ min: 1 }).optional().describe('Age of the newest by the time the storage keeps, at most.'),
      min_count: z.int().min(1).max(1_000_000).optional().describe('Backups that are not empty, at least; 1 unless stated.'),
      min_size: size().optional().describe('Size of the newest, at least; one byte unless stated.'),
      max_shrink: share().optional().describe('By how much the newest may be smaller than the median of up to seven before it.'),
      complete: z
        .boolean()
        .optional()
        .describe(
          'Unset: damage is a breach where the format shows it. True: a format that shows nothing is blindness. False: not looked at.',
        ),
    })
    .optional(),
});

export type Connection = z.output<typeof connectionSchema>;
export type VolumeEntry = z.output<typeof volumeSchema>;
export type BackupsEntry = z.output<typeof backupsSchema>;
export type AgentIdentity = z.output<typeof agentSchema>;
