import type { Measure, Unit } from '../probe.ts';

export type Measures = Record<string, Measure>;

export function exact(value: number | string, unit: Unit): Measure {
  return { value, unit, how: 'exact' };
}

export function estimate(value: number, unit: Unit): Measure {
  return { value, unit, how: 'estimate' };
}

export function count(value: number, epoch: string): Measure {
  return { value, unit: 'rows', how: 'counter', epoch };
}
