import type { BlindReason } from './report.ts';

/** How long one facet could not be seen, within a window of twice `blind_after`. Times are steady ms. */
export interface Sight {
  /** Spans without sight, merged, oldest first; the last is still growing while `blindNow`. */
  readonly dark: readonly (readonly [from: number, to: number])[];
  readonly lastLook: number | null;
  readonly blindNow: boolean;
  readonly clearSince: number | null;
  readonly reason: BlindReason | null;
  readonly say: string;
}

export const CLEAR_SIGHT: Sight = { dark: [], lastLook: null, blindNow: false, clearSince: null, reason: null, say: '' };

/** After a look at `at`. What lies between a blind look and the next look counts as unseen, whatever the next one finds. */
export function lookMade(sight: Sight, at: number, blind: { reason: BlindReason; say: string } | null, blindAfter: number): Sight {
  // Seen then, seen now, and nothing to forget: `lastLook` is only asked for where darkness grows from it.
  if (!blind && sight.clearSince !== null && isClear(sight)) return sight;
  const aged = growDarkness(sight, at, blindAfter);
  return {
    dark: aged.dark,
    lastLook: at,
    blindNow: blind !== null,
    clearSince: blind ? null : sight.blindNow || sight.clearSince === null ? at : sight.clearSince,
    reason: blind?.reason ?? sight.reason,
    say: blind?.say ?? sight.say,
  };
}

/** Extends the running darkness to `at` and forgets what the window no longer holds. */
export function growDarkness(sight: Sight, at: number, blindAfter: number): Sight {
  const spans =
    sight.blindNow && sight.lastLook !== null && at > sight.lastLook ? [...sight.dark, [sight.lastLook, at] as const] : sight.dark;
  const from = at - 2 * blindAfter;
  const merged: [number, number][] = [];
  for (const [start, end] of spans) {
    if (end <= from) continue;
    const previous = merged.at(-1);
    if (previous && start <= previous[1]) previous[1] = Math.max(previous[1], end);
    else merged.push([start, end]);
  }
  // A facet that flickers at every look must not grow the record without bound: the oldest spans are joined, which errs towards paging.
  while (merged.length > 32) merged.splice(0, 2, [merged[0]?.[0] ?? 0, merged[1]?.[1] ?? 0]);
  return { ...sight, dark: merged, lastLook: sight.blindNow ? at : sight.lastLook };
}

function isClear(sight: Sight): boolean {
  return !sight.blindNow && sight.dark.length === 0;
}

/** Milliseconds without sight inside the window that ends at `at`. */
export function darkness(sight: Sight, at: number, blindAfter: number): number {
  if (isClear(sight)) return 0;
  const from = at - 2 * blindAfter;
  return growDarkness(sight, at, blindAfter).dark.reduce((sum, [start, end]) => sum + Math.max(0, end - Math.max(start, from)), 0);
}

/** The watcher was not running: the time it slept is not the facet's darkness. */
export function resumeSight(sight: Sight, at: number): Sight {
  return { ...sight, lastLook: sight.lastLook === null ? null : at, clearSince: sight.clearSince === null ? null : at };
}
