import { lstatSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import type { Discovery } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { DiscoveryAnswer, DiscoveryJob } from './discovery-job.ts';
import { groupFiles } from '../../src/values/name-groups.ts';
import type { BackupFile } from './files.ts';
import { matchesPart } from './glob.ts';

import { filesystemIdentity, placeOf } from './mount.ts';
import { proposeBackups } from './propose-backups.ts';
import { isMissing, refusal } from './refusal.ts';
import type { System } from './system.ts';

/** Entries of one folder that are read; of a larger one it is said that it is. */
const MOST_ENTRIES = 50_000;

/** The sets of files in one folder, and the folders in it. Never throws. */
export function exploreFolder({ path, now, proposals }: DiscoveryJob, system: System): DiscoveryAnswer {
  const files: BackupFile[] = [];
  const folders: string[] = [];
  const said: Discovery[] = [];
  try {
    const { mount } = placeOf(path, system);
    let read = 0;
    using listing = opendirSync(path);
    for (let entry = listing.readSync(); entry && read < MOST_ENTRIES; entry = listing.readSync(), read++) {
      const full = join(path, entry.name);
      // Neither links nor hidden names: what is to be watched is named by where it is.
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) folders.push(full);
      else if (entry.isFile()) {
        const stat = lstatSync(full, { throwIfNoEntry: false });
        if (stat?.isFile()) files.push({ path: full, size: stat.size, mtime: stat.mtimeMs });
      }
    }
    if (read >= MOST_ENTRIES) said.push(unexplored(path, `only the first ${MOST_ENTRIES} entries were read`));
    const pin = filesystemIdentity(mount, system);
    for (const group of groupFiles(files, matchesPart)) {
      const found = proposeBackups(path === '/' ? '' : path, group, pin, now);
      const { facts: _facts, expect: _expect, ...named } = found;
      said.push(proposals ? found : named);
    }
  } catch (error) {
    // Gone since its parent was listed: nothing is hidden by that.
    if (!isMissing(error))
      said.push({ ...unexplored(path, error instanceof Error ? error.message : String(error)), reason: refusal(error) });
    else if (path === '') throw error;
    else said.push({ ...unexplored(path, 'there is no such folder'), reason: 'partial-answer' });
  }
  return { said, folders };
}

function unexplored(path: string, say: string): Extract<Discovery, { kind: 'unexplored' }> {
  return { kind: 'unexplored', on: clean(path, 200), reason: 'partial-answer', say: clean(say, 200), hides: true };
}
