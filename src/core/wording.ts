import { formatFact } from '../values/fact.ts';
import type { Measure } from './report.ts';

/** A measure as a person reads it: sizes and ages with units, counts with thousands separated, estimates marked. */
export function formatMeasure(measure: Pick<Measure, 'value' | 'unit' | 'how'>): string {
  if (typeof measure.value === 'string') return measure.value;
  const { unit } = measure;
  const text = formatFact(measure.value, unit === 'bytes' || unit === 'ms' || unit === 'flag' ? unit : undefined);
  return measure.how === 'estimate' && unit !== 'flag' ? `~${text}` : text;
}

/** Milliseconds since 1970 as RFC 3339 in UTC. */
export function formatInstant(wall: number): string {
  return new Date(wall).toISOString();
}
