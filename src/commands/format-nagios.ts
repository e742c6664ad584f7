import type { CheckResult } from './check-result.ts';
import { plainLines } from './lines.ts';

const WORD = { 0: 'OK', 1: 'WARNING', 2: 'CRITICAL', 3: 'UNKNOWN' } as const;
const NAMED = 5;

/** One line as the monitoring-plugins guidelines ask for, with counts as performance data; details on the lines after it. */
export function formatNagios(result: CheckResult): string {
  const bad = result.resources.filter((resource) => resource.verdict !== 'present');
  const named = bad.slice(0, NAMED).map((resource) => `${resource.id} ${resource.verdict}`);
  const more = bad.length > named.length ? ` and ${bad.length - named.length} more` : '';
  const quiet = result.resources.length === 0 ? 'nothing was compared' : `${result.counts.present} present`;
  const say = bad.length > 0 ? named.join(', ') + more : (result.warnings[0] ?? quiet);
  const perf = Object.entries(result.counts).map(([verdict, count]) => `${verdict}=${count};;;0`);
  // The bar begins the performance data: one inside the text would be read as data.
  const line = `ROLLCALL ${WORD[result.exit]} - ${say.replaceAll('|', '/')} | ${perf.join(' ')}`;
  const details = bad.map((resource) => `${resource.id}: ${resource.summary}`.replaceAll('|', '/'));
  return `${plainLines([line, ...details]).join('\n')}\n`;
}
