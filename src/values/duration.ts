const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

/** What a duration looks like; shared by the parser and the JSON Schemas. */
export const DURATION_PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Milliseconds of `500ms 5s 2m 26h 14d`, or undefined where the text is none of these. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as Unit] : undefined;
}

/** The two largest units that are not zero, as a person would say it: `26h`, `1m 5s`, `320ms`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 10_000) return `${Number((ms / 1000).toFixed(1))}s`;
  const parts: string[] = [];
  let rest = Math.round(ms / 1000) * 1000;
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
    rest -= count * UNITS[unit];
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** A duration as a manifest says it, rounded up to a whole number of the largest unit of which there are ten or more: `26h`. */
export function writeDuration(ms: number): string {
  const name = (Object.keys(UNITS) as Unit[]).findLast((unit) => ms >= 10 * UNITS[unit]) ?? 'ms';
  return `${Math.ceil(ms / UNITS[name])}${name}`;
}
