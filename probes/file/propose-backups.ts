import type { Found, Identity } from '../../src/probe.ts';
import { formatDuration, writeDuration } from '../../src/values/duration.ts';
import { floorUnder } from '../../src/values/floor-under.ts';
import type { FileGroup } from '../../src/values/name-groups.ts';
import { ENOUGH, usualGap, withinFor } from '../../src/values/rhythm.ts';
import { formatSize, writeSize } from '../../src/values/size.ts';
import type { BackupFile } from './files.ts';
import { FUTURE_MS } from './newest.ts';

/** Of the newest so many the sizes are looked at. */
const LATEST = 14;

/** The literal folder as a pattern that means it. */
function escapeFolder(folder: string): string {
  return folder.replace(/[[*?]/g, (character) => `[${character}]`);
}

/** A set of files as an entry of the roll. `now` in ms since 1970. */
export function proposeBackups(folder: string, group: FileGroup<BackupFile>, pin: Identity, now: number): Found {
  const files = [...group.files].sort((a, b) => b.mtime - a.mtime);
  const path = `${escapeFolder(folder)}/${group.pattern}`;
  const age = now - (files[0]?.mtime ?? now);
  const sizes = files.slice(0, LATEST).flatMap(({ size }) => (size > 0 ? [size] : []));
  const period = usualGap(files.map(({ mtime }) => mtime).filter((mtime) => mtime <= now + FUTURE_MS));
  const within = period === undefined ? undefined : withinFor(period);
  const facts = [
    `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${formatSize(files.reduce((sum, { size }) => sum + size, 0))}; the newest is ${formatDuration(Math.max(0, age))} old and has ${formatSize(files[0]?.size ?? 0)}`,
    ...(period === undefined
      ? ['too few of them to tell how often one is made: add newest_within, such as 26h for a daily one']
      : [`one is made about every ${formatDuration(period)}`]),
    ...(within !== undefined && age > within ? ['the newest is older than that: it would be stale at once'] : []),
  ];
  const smallest = Math.min(...sizes);
  return {
    kind: 'found',
    of: 'file.backups',
    label: path,
    name: `${group.name === '' ? folder.slice(folder.lastIndexOf('/') + 1) : group.name}-backups`,
    entry: { path },
    pin,
    facts,
    aliases: files[0] ? [files[0].path] : [],
    expect: {
      ...(within !== undefined && { newest_within: writeDuration(within) }),
      min_count: floorUnder(files.length, 0.25),
      ...(sizes.length > 0 && { min_size: writeSize(Math.max(1, smallest / 2)) }),
      ...(files.length >= ENOUGH && { max_shrink: '50%' }),
    },
  };
}
