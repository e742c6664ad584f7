import { compareHarm, type HarmClass } from './outcome.ts';
import type { Instant } from './report.ts';

/** One look that could see, as far as counting goes. */
export interface Mark {
  readonly at: Instant;
  readonly harm: HarmClass | null;
  readonly fresh: boolean;
}

/** Marks older than this no longer count: a bad look an hour ago and one now are two suspicions, not a proof. */
export const WINDOW_MS = 3_600_000;

/** The last `confirm` + 1 looks, oldest first. Looks that were blind never get here. */
export function addMark(marks: readonly Mark[], mark: Mark, confirm: number): readonly Mark[] {
  // Good among good: a mark only fills a place, and when it was set changes nothing.
  if (mark.harm === null && marks.length === confirm + 1 && marks.every(({ harm }) => harm === null)) return marks;
  return [...marks, mark].filter((old) => mark.at.steady - old.at.steady <= WINDOW_MS).slice(-(confirm + 1));
}

/**
 * The gravest class that `confirm` of the last `confirm` + 1 looks reached, so that flapping and two servers behind one name
 * cannot outrun the count. `absent` asks for two looks at least, one of them over a fresh path, whatever `confirm` says.
 */
export function confirmedHarm(marks: readonly Mark[], confirm: number, absent: boolean): HarmClass | undefined {
  const needed = absent ? Math.max(2, confirm) : confirm;
  const bad = marks.filter((mark) => mark.harm !== null);
  if (absent && !bad.some((mark) => mark.fresh)) return undefined;
  const gravestFirst = bad.map((mark) => mark.harm as HarmClass).sort((a, b) => compareHarm(b, a));
  // Undefined where fewer looks than needed were bad at all.
  return gravestFirst[needed - 1];
}
