import type { Measure } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';

export function exact(value: number, unit: Measure['unit']): Measure {
  return { value, unit, how: 'exact' };
}

export function flag(value: boolean): Measure {
  return exact(value ? 1 : 0, 'flag');
}

export function text(value: string): Measure {
  return { value: clean(value), unit: 'text', how: 'exact' };
}

/** A pin without the parts that the API did not give; moments as it gives them. */
export function pinOf(parts: Readonly<Record<string, string | Date | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, value instanceof Date ? value.toISOString() : value]],
    ),
  );
}

/** The pins that an entry states; moments with milliseconds, as the API's are printed. */
export function statedPin(identity: Readonly<Record<string, string | undefined>> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(identity ?? {}).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, key.endsWith('created') ? new Date(value).toISOString() : value]],
    ),
  );
}
