const UNITS = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4, PiB: 1024 ** 5 } as const;
type Unit = keyof typeof UNITS;

/** What a size looks like; shared by the parser and the JSON Schemas. */
export const SIZE_PATTERN = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB|TiB|PiB)$/;

/** Bytes of `512KiB 1MiB 2GiB`, or undefined where the text is none of these. */
export function parseSize(text: string): number | undefined {
  const match = SIZE_PATTERN.exec(text);
  return match ? Math.round(Number(match[1]) * UNITS[match[2] as Unit]) : undefined;
}

/** The largest unit that keeps at least one whole, with up to two decimals: `1.5 GiB`. */
export function formatSize(bytes: number): string {
  const name = (Object.keys(UNITS) as Unit[]).findLast((unit) => Math.abs(bytes) >= UNITS[unit]) ?? 'B';
  return `${Number((bytes / UNITS[name]).toFixed(2))} ${name}`;
}

/** Bytes as a manifest says them, rounded down to a whole number of the largest unit of which there are ten or more: `12MiB`. */
export function writeSize(bytes: number): string {
  const name = (Object.keys(UNITS) as Unit[]).findLast((unit) => bytes >= 10 * UNITS[unit]) ?? 'B';
  return `${Math.floor(bytes / UNITS[name])}${name}`;
}
