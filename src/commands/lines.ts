import { clean } from '../values/text.ts';

const LONGEST = 2000;

/** Lines for a terminal. Names come from manifests and servers, and may hold what forges a line or drives the terminal. */
export function plainLines(lines: readonly string[]): string[] {
  return lines.map((line) => clean(line, LONGEST));
}
