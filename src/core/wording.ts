import { formatDuration } from '../values/duration.ts';
import { formatSize } from '../values/size.ts';
import type { Measure } from './report.ts';

/** A measure as a person reads it: sizes and ages with units, counts with thousands separated, estimates marked. */
export function formatMeasure(measure: Pick<Measure, 'value' | 'unit' | 'how'>): string {
  if (typeof measure.value === 'string') return measure.value;
  const approx = measure.how === 'estimate' ? '~' : '';
  switch (measure.unit) {
    case 'bytes':
      return approx + formatSize(measure.value);
    case 'ms':
      return approx + formatDuration(measure.value);
    case 'flag':
      return measure.value === 0 ? 'no' : 'yes';
    case 'rows':
    case 'count':
    case 'text':
      return approx + groupDigits(measure.value);
  }
}

/** 1234567 as `1,234,567`, the same in every locale. */
export function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Milliseconds since 1970 as RFC 3339 in UTC. */
export function formatInstant(wall: number): string {
  return new Date(wall).toISOString();
}
