import { examineDump, type Dump } from './dump.ts';
import type { BackupFile, FileSet } from './files.ts';
import { isMissing } from './refusal.ts';

/** A date further ahead than this is not trusted: it would stay "fresh" for ever. Below it, two clocks merely differ. */
export const FUTURE_MS = 5 * 60_000;
/** A file changed within this time may still be written to. */
const SETTLED_MS = 60_000;
/** How many files at the top of the list are opened in a sweep to find one that is not still being written. */
const PEEKS = 16;
/** Most backups that one inspection opens. */
export const OPEN_LIMIT = 64;
/** With how many of the ones before it the newest is compared. */
const PREVIOUS = 7;

/** A set of backups in order of age, and the one it is judged by. */
export interface Ranked {
  /** Newest first, without those dated in the future. */
  readonly trusted: readonly BackupFile[];
  readonly future: number;
  readonly empty: number;
  /** Newer than the judged one, still being written. */
  readonly growing: number;
  /** The newest that is not being written; undefined where every file is dated in the future. */
  readonly judged?: BackupFile;
}

/** Orders a set by the storage's time and chooses the backup that stands for it. `now` in ms since 1970. */
export function rank({ files }: FileSet, now: number): Ranked {
  const trusted = files.filter((file) => file.mtime <= now + FUTURE_MS).sort((a, b) => b.mtime - a.mtime);
  const empty = files.filter((file) => file.size === 0).length;
  // Where everything is fresh there is nothing older to fall back on.
  const found = trusted.slice(0, PEEKS).findIndex((file) => now - file.mtime >= SETTLED_MS || isWhole(file));
  const growing = Math.max(0, found);
  const judged = trusted[growing];
  return { trusted, future: files.length - trusted.length, empty, growing, ...(judged ? { judged } : {}) };
}

function isWhole(file: BackupFile): boolean {
  const dump = examine(file);
  return dump !== undefined && isSound(dump) && dump.format !== 'unknown';
}

/** Undefined where the file is gone or may not be opened: a sweep needs no right to read it, an inspection asks again. */
function examine(file: BackupFile): Dump | undefined {
  try {
    return examineDump(file.path);
  } catch {
    return undefined;
  }
}

function isSound(dump: Dump): boolean {
  return dump.damage === undefined && !dump.growing;
}

/** The newest's size as a percentage of the median of the ones before it; 100 where there are none to compare with. */
export function shareOfPrevious(ranked: Ranked): number {
  if (!ranked.judged) return 100;
  const sizes = ranked.trusted
    .slice(ranked.growing + 1)
    .filter((file) => file.size > 0)
    .slice(0, PREVIOUS)
    .map((file) => file.size)
    .sort((a, b) => a - b);
  const [low, high] = [sizes[Math.floor((sizes.length - 1) / 2)], sizes[Math.floor(sizes.length / 2)]];
  if (low === undefined || high === undefined) return 100;
  return Math.floor((ranked.judged.size / ((low + high) / 2)) * 10_000) / 100;
}

/** The newest backups opened, newest first, until `wanted` of them are whole or `limit` have been opened. */
export interface Opened {
  readonly newest?: Dump;
  readonly whole: number;
  readonly opened: number;
}

/** Opens backups from the judged one on. Throws what node:fs throws, except for a file deleted meanwhile. */
export function openNewest(ranked: Ranked, wanted: number, limit: number): Opened {
  let [newest, whole, opened]: [Dump | undefined, number, number] = [undefined, 0, 0];
  for (const file of ranked.trusted.slice(ranked.growing)) {
    if (whole >= wanted || opened >= limit) break;
    try {
      const dump = examineDump(file.path);
      opened++;
      newest ??= dump;
      if (dump.damage === undefined) whole++;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return { whole, opened, ...(newest ? { newest } : {}) };
}
