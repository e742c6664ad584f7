import type { Found, Identity } from '../../src/probe.ts';
import { formatDuration, writeDuration } from '../../src/values/duration.ts';
import { floorUnder } from '../../src/values/floor-under.ts';
import { formatSize, writeSize } from '../../src/values/size.ts';
import type { FileGroup } from './group-files.ts';
import { FUTURE_MS } from './newest.ts';

const HOUR = 3_600_000;
/** Of the newest so many the sizes and the gaps are looked at. */
const LATEST = 14;
/** Fewer say nothing of how often one is made. */
const ENOUGH = 3;

/** The literal folder as a pattern that means it. */
function escapeFolder(folder: string): string {
  return folder.replace(/[[*?]/g, (character) => `[${character}]`);
}

/** A set of files as an entry of the roll. `now` in ms since 1970. */
export function proposeBackups(folder: string, group: FileGroup, pin: Identity, now: number): Found {
  const files = [...group.files].sort((a, b) => b.mtime - a.mtime);
  const path = `${escapeFolder(folder)}/${group.pattern}`;
  const age = now - (files[0]?.mtime ?? now);
  const sizes = files.slice(0, LATEST).flatMap(({ size }) => (size > 0 ? [size] : []));
  const period = periodOf(files.map(({ mtime }) => mtime).filter((mtime) => mtime <= now + FUTURE_MS));
  const within = period === undefined ? undefined : Math.max(period * 1.25, period + HOUR);
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

/** The usual time between two of them, ms: the median, which one that is missing or doubled does not move. */
function periodOf(moments: readonly number[]): number | undefined {
  if (moments.length < ENOUGH) return undefined;
  const newest = moments.slice(0, LATEST);
  const gaps = newest
    .slice(1)
    .map((moment, nth) => (newest[nth] ?? moment) - moment)
    .sort((a, b) => a - b);
  const gap = gaps[Math.floor(gaps.length / 2)];
  // A minute apart they were copied or unpacked together.
  return gap === undefined || gap < 60_000 ? undefined : gap;
}
