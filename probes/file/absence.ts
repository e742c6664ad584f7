import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Blind, Unseen } from '../../src/probe.ts';
import { errorCode, isMissing, refusal } from './refusal.ts';
import type { Reporter } from './reporter.ts';

/**
 * Proves by listings that `path` is not there: climbs to the nearest folder that can be listed and looks for the next part of
 * the path in it. A folder that cannot be listed on the way proves nothing: blind.
 */
export function proveMissing(path: string, reporter: Reporter, why: string): (Unseen | Blind)[] {
  let missing = path;
  for (let folder = dirname(path); ; missing = folder, folder = dirname(folder)) {
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch (error) {
      if (isMissing(error) && folder !== dirname(folder)) continue;
      return reporter.blindToAll(
        refusal(error),
        `readdir ${folder}`,
        `${errorCode(error) ?? String(error)}: whether ${path} is there cannot be told`,
      );
    }
    const name = basename(missing);
    if (names.includes(name)) {
      // The name is back, or a link that leads nowhere, or no folder: the caller saw it otherwise a moment ago.
      return [unfollowable(missing, names, reporter, why)];
    }
    const said = `${missing} is not among the ${names.length} entries of ${folder}${why}`;
    if (names.length > 0) return [reporter.unseen({ scope: folder, others: names.length, said })];
    return proveEmpty(folder, reporter, said);
  }
}

/**
 * Proves that an empty folder is what it says: it is honestly listed as empty, and a listing by the same caller that cannot be
 * empty (of the nearest folder above that may be listed) shows the way to it.
 */
export function proveEmpty(folder: string, reporter: Reporter, said: string): (Unseen | Blind)[] {
  for (let below = folder; below !== dirname(below); below = dirname(below)) {
    const above = dirname(below);
    try {
      const names = readdirSync(above);
      if (!names.includes(basename(below))) break;
      const what = `${basename(below)} among the ${names.length} entries of ${above}`;
      return [reporter.unseen({ scope: folder, others: 0, control: { by: 'sibling', what }, said })];
    } catch (error) {
      if (refusal(error) !== 'denied') break;
    }
  }
  return reporter.blindToAll(
    'partial-answer',
    `readdir ${folder}`,
    `${said}, and no listing above it shows the folder: that it is empty is not proven`,
  );
}

function unfollowable(path: string, names: readonly string[], reporter: Reporter, why: string): Unseen {
  const said = `${path} is no folder and leads to none${why}`;
  const control = { by: 'sibling', what: `${basename(path)} itself, which is something else` } as const;
  return reporter.unseen({ scope: dirname(path), others: names.length - 1, control, said });
}
