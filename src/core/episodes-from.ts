import type { Instant } from './report.ts';

const DAY_MS = 86_400_000;

/**
 * What the episodes in dedup keys are counted on from where none is known. A store that has forgotten everything under a manifest in use
 * (`version` above 1), or was lost (`forgotten`), has forgotten, too, which keys somebody acknowledged: they are deaf. So keys count from
 * elsewhere then, the same all day, for a watcher that starts again and again must not tell the same thing under ever new ones.
 * `meta` is the store's; `episodes_from` in it was kept at an earlier start.
 */
export function episodesFrom(meta: Readonly<Record<string, string>>, version: number, at: Instant): number {
  const { roll, forgotten, episodes_from: known } = meta;
  if (known !== undefined) return Number(known);
  return roll === undefined && (version > 1 || forgotten !== undefined) ? Math.floor(at.wall / DAY_MS) : 0;
}
