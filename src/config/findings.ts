import type { YamlFile } from './document.ts';
import type { Finding } from './complaint.ts';
import type { Complaint } from './types.ts';

/**
 * Everything wrong with a file in the order of the file: what its YAML brought, and what was found since. A finding that two passes
 * made (the shape and the references both read a key) is said once.
 */
export function complaintsOf(yaml: YamlFile, findings: readonly Finding[]): readonly Complaint[] {
  const spot = ({ line, column }: Complaint): string => `${line}:${column}`;
  // A number that is too large is said to be one; that it ought to have been text says nothing more.
  const numbers = new Set(yaml.complaints.filter(({ code }) => code === 'RC_YAML_NUMBER').map(spot));
  const all = [...yaml.complaints, ...findings.map(yaml.place).filter((one) => !numbers.has(spot(one)))];
  const once = new Map(all.map((one) => [JSON.stringify([one.line, one.column, one.path, one.message]), one]));
  return [...once.values()].toSorted((a, b) => a.line - b.line || a.column - b.column || (a.path < b.path ? -1 : Number(a.path > b.path)));
}

export const isMap = (raw: unknown): raw is Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

/** The elements of a raw list; nothing where it is none (another pass complains about that). */
export const listOf = (raw: unknown): readonly unknown[] => (Array.isArray(raw) ? (raw as unknown[]) : []);

/** The entries of a raw map; nothing where it is none. */
export const entriesOf = (raw: unknown): readonly (readonly [string, unknown])[] => (isMap(raw) ? Object.entries(raw) : []);
