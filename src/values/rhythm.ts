const HOUR = 3_600_000;
/** Of the newest so many the gaps are looked at. */
const LATEST = 14;
/** Fewer say nothing of how often one is made. */
export const ENOUGH = 3;

/** The usual time between two of them, ms, newest first: the median, which one that is missing or doubled does not move. Undefined where they do not tell. */
export function usualGap(moments: readonly number[]): number | undefined {
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

/** How old the newest may be, ms, where one is made every `gap`: a quarter more, and an hour at least. */
export function withinFor(gap: number): number {
  return Math.max(gap * 1.25, gap + HOUR);
}
