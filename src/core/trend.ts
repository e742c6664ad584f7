import type { Measure, Unit } from './report.ts';

/** How one measure moved: minutes since 1970 and values, oldest first. What stays as it is has no further point. */
export interface Series {
  readonly unit: Unit;
  readonly points: readonly (readonly [minute: number, value: number])[];
}

/** By the probe's name of the measure. */
export type Trend = Readonly<Record<string, Series>>;

/** What was measured of a resource at one moment, ms since 1970. */
export interface Sample {
  readonly at: number;
  readonly measures: Readonly<Record<string, Pick<Measure, 'value' | 'unit'>>>;
}

/** More than these would tell nobody anything at 3 a.m.; and a manifest may name a hundred tables. */
export const SERIES_KEPT = 6;
const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
/** Of each span the last value: half an hour for a day, six hours for a week, a day for two months. Not 130 points. */
const TIERS = [
  { youngerThan: DAY, span: HOUR / 2 },
  { youngerThan: 7 * DAY, span: 6 * HOUR },
  { youngerThan: 60 * DAY, span: DAY },
] as const;

/** What is kept with the sample added. Measures that are not in it stay; of new ones as many come in as there is room for. */
export function addSample(trend: Trend, { at, measures }: Sample): Trend {
  const minute = Math.floor(at / MINUTE_MS);
  const next: Record<string, Series> = { ...trend };
  for (const [name, { value, unit }] of Object.entries(measures)) {
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    const known = next[name];
    if (!known && Object.keys(next).length >= SERIES_KEPT) continue;
    const points = known?.unit === unit ? known.points : [];
    const last = points.at(-1);
    // A clock that was set back must not make a line that runs backwards.
    if (last && (last[1] === value || last[0] > minute)) continue;
    next[name] = { unit, points: thin([...points, [minute, value]], minute) };
  }
  return next;
}

/** Spans lie in one another and begin at fixed times, so that what is thinned again and again keeps its shape. */
function thin(points: Series['points'], now: number): Series['points'] {
  const kept = new Map<string, readonly [number, number]>();
  for (const point of points) {
    const tier = TIERS.find(({ youngerThan }) => now - point[0] < youngerThan);
    // Of what is older the last: it still holds where nothing came after it.
    const key = tier ? `${tier.span} ${Math.floor(point[0] / tier.span)}` : 'old';
    kept.delete(key);
    kept.set(key, point);
  }
  return [...kept.values()];
}

/** As a store keeps it: `{ name: [unit, minute, value, minutes since, value, …] }`. */
export function packTrend(trend: Trend): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(trend).map(([name, { unit, points }]) => [
        name,
        [unit, ...points.flatMap(([minute, value], n) => [minute - (points[n - 1]?.[0] ?? 0), value])],
      ]),
    ),
  );
}

/** @throws SyntaxError where the text is none that `packTrend` made. */
export function unpackTrend(text: string): Trend {
  const packed = JSON.parse(text) as Record<string, readonly [Unit, ...number[]]>;
  return Object.fromEntries(
    Object.entries(packed).map(([name, [unit, ...numbers]]) => {
      const points: [number, number][] = [];
      let minute = 0;
      for (let n = 0; n + 1 < numbers.length; n += 2) {
        minute += numbers[n] ?? 0;
        points.push([minute, numbers[n + 1] ?? 0]);
      }
      return [name, { unit, points }];
    }),
  );
}
