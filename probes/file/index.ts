import { defineProbe, type Kind } from '../../src/probe.ts';
import { STRENGTHS } from './audit.ts';
import { compileBackups } from './compile-backups.ts';
import { compileVolume } from './compile-volume.ts';
import { covers } from './covers.ts';
import { disarm } from './disarm.ts';
import { grantsFor } from './grants.ts';
import type { FileTarget } from './job.ts';
import { importVolume } from './imports.ts';
import { FileLink } from './link.ts';
import { rightsFor } from './rights.ts';
import {
  agentSchema,
  backupsSchema,
  connectionSchema,
  volumeSchema,
  type BackupsEntry,
  type Connection,
  type VolumeEntry,
} from './schema.ts';

const kinds = new Map<string, Kind<FileTarget>>([
  ['file.volume', { entry: volumeSchema, compile: (entry) => compileVolume(entry as VolumeEntry), covers, confirmAfterMs: 0 }],
  [
    'file.backups',
    { entry: backupsSchema, compile: (entry) => compileBackups(entry as BackupsEntry), covers, confirmAfterMs: 0, holds: 'copies' },
  ],
]);

/** Volumes and sets of backups on file systems that this host has mounted. */
export const file = defineProbe<Connection, FileTarget>({
  name: 'file',
  kinds,
  connection: connectionSchema,
  strengths: STRENGTHS,
  agent: agentSchema,
  batchKey: () => 'local',
  // Reading the heads of a few files costs nobody anything.
  inspectionsPerMinute: () => undefined,
  // Room for one that hangs, for one behind it in the same lane, and for starting a child.
  patience: (connection) => 2 * connection.timeout + 5000,
  needs: rightsFor,
  grants: grantsFor,
  disarm,
  setup: {
    title: 'volumes and backup files of this host',
    questions: [
      { key: 'roots', ask: 'Folders in which backups lie, separated by commas', answer: 'list', example: '/srv/vault', optional: true },
    ],
  },
  imports: importVolume,
  open: (connection, context) => new FileLink(context, connection),
});
