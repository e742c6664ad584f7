import { groupDigits } from './digits.ts';
import { formatDuration } from './duration.ts';
import { formatSize } from './size.ts';

/** Units without which a bare number says nothing to a person. */
export type FactUnit = 'bytes' | 'ms' | 'flag';

/** What is expected or actual, as a person reads it: numbers with their unit, an identity by its parts, `nothing` where there is none. */
export function formatFact(value: unknown, unit?: FactUnit): string {
  if (typeof value === 'number') return formatNumber(value, unit);
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return 'nothing';
  // The parts of an identity are names, although some of them are digits.
  const parts = Object.entries(value).map(([key, inner]) => `${key} ${typeof inner === 'number' ? inner : formatFact(inner)}`);
  return parts.length > 0 ? parts.join(', ') : 'nothing';
}

function formatNumber(value: number, unit: FactUnit | undefined): string {
  if (unit === 'bytes') return formatSize(value);
  if (unit === 'ms') return formatDuration(value);
  if (unit === 'flag') return value === 0 ? 'no' : 'yes';
  return groupDigits(value);
}
