import type { Check, Resource } from './expectation.ts';
import type { Memory } from './memory.ts';
import type { Measure, Unit } from './report.ts';
import { SERIES_KEPT, type Series, type Trend } from './trend.ts';

type Measures = Readonly<Record<string, Measure>>;

/** One measure of a resource: how it moved, how it is now, and between what bounds it has to stay. */
export interface Measured {
  readonly measure: string;
  /** What it is a measure of, for people: `public.orders, rows`. */
  readonly of: string;
  readonly unit: Unit;
  readonly points: Series['points'];
  readonly now: number | null;
  readonly atLeast: number | null;
  readonly atMost: number | null;
}

/** What is worth keeping of a look: numbers that the manifest holds to something first, then sizes, then the rest. Counters only ever rise. */
export function worthKeeping(resource: Pick<Resource, 'checks'>, measures: Measures): Measures {
  const checked = new Set(resource.checks.map(({ measure }) => measure));
  const rank = ([name, { unit }]: readonly [string, Measure]): number => (checked.has(name) ? 0 : unit === 'bytes' ? 1 : 2);
  return Object.fromEntries(
    Object.entries(measures)
      .filter(([, { value, unit, how }]) => typeof value === 'number' && how !== 'counter' && unit !== 'flag' && unit !== 'text')
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, SERIES_KEPT),
  );
}

/** All that is measured of a resource, in the order of `worthKeeping`. `now`: what the last looks measured. */
export function measuredOf(resource: Pick<Resource, 'checks'>, memory: Pick<Memory, 'baselines'>, trend: Trend, now: Measures): Measured[] {
  const current = worthKeeping(resource, now);
  return [...new Set([...Object.keys(current), ...Object.keys(trend)])].slice(0, SERIES_KEPT).flatMap((measure) => {
    const { value = null, unit = trend[measure]?.unit } = current[measure] ?? {};
    if (unit === undefined) return [];
    const checks = resource.checks.filter((check) => check.measure === measure);
    const bounds = checks.map((check) => boundOf(check, memory.baselines[measure]));
    return {
      measure,
      of: nameOf(measure, checks[0]),
      unit,
      points: trend[measure]?.points ?? [],
      now: typeof value === 'number' ? value : null,
      atLeast: tightest(
        Math.max,
        bounds.flatMap(({ least }) => least ?? []),
      ),
      atMost: tightest(
        Math.min,
        bounds.flatMap(({ most }) => most ?? []),
      ),
    };
  });
}

function nameOf(measure: string, check: Check | undefined): string {
  if (!check) return measure.replace(/[._]/g, ' ');
  return check.noun === '' || check.subject.includes(check.noun) ? check.subject : `${check.subject}, ${check.noun}`;
}

function boundOf({ rule }: Check, baseline: number | undefined): { readonly least?: number; readonly most?: number } {
  if (rule.is === 'at_least') return { least: rule.bound };
  if (rule.is === 'at_most') return { most: rule.bound };
  if (baseline === undefined) return {};
  if (rule.is === 'shrinks_at_most') return { least: baseline * (1 - rule.share) };
  return rule.is === 'never_shrinks' ? { least: baseline } : {};
}

function tightest(of: (...numbers: number[]) => number, bounds: readonly number[]): number | null {
  return bounds.length === 0 ? null : of(...bounds);
}
