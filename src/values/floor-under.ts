/**
 * A floor to propose under what was seen: by `margin` (a share) below it, and no more precise than a person would write it (two digits that
 * say something). At least 1, so that "there is something" is always asked.
 */
export function floorUnder(value: number, margin: number): number {
  const low = Math.floor(value * (1 - margin));
  if (low < 100) return Math.max(1, low);
  const unit = 10 ** (Math.floor(Math.log10(low)) - 1);
  return Math.floor(low / unit) * unit;
}
