import { styleText } from 'node:util';
import type { CheckResult } from './check-result.ts';
import type { PrintedResource } from '../core/page.ts';
import { formatFact } from '../values/fact.ts';
import { plainLines } from './lines.ts';

const ORDER: readonly PrintedResource['verdict'][] = ['absent', 'impostor', 'doomed', 'degraded', 'blind', 'present'];
const TITLE: Record<PrintedResource['verdict'], string> = {
  absent: 'ABSENT (expected, and not there)',
  impostor: 'IMPOSTOR (there, but another one under the name)',
  doomed: 'DOOMED (marked for deletion)',
  degraded: 'DEGRADED (there, and less than it must be)',
  blind: 'BLIND (could not look)',
  present: 'PRESENT',
};
const COLOUR = { absent: 'red', impostor: 'red', doomed: 'red', degraded: 'yellow', blind: 'magenta', present: 'green' } as const;

/** The check for a person: the gravest first, expected and actual under each other. */
export function formatText(result: CheckResult, colour: boolean): string {
  const paint = (verdict: PrintedResource['verdict'], text: string): string =>
    colour ? styleText(COLOUR[verdict], text, { validateStream: false }) : text;
  const lines: string[] = [];
  for (const verdict of ORDER) {
    const group = result.resources.filter((resource) => resource.verdict === verdict);
    if (group.length === 0) continue;
    lines.push(paint(verdict, `${TITLE[verdict]} (${group.length})`));
    for (const resource of group) lines.push(...plainLines(describe(resource)));
    lines.push('');
  }
  lines.push(...plainLines(result.warnings.map((warning) => `WARNING: ${warning}`)));
  const counted = ORDER.flatMap((verdict) => (result.counts[verdict] > 0 ? [`${result.counts[verdict]} ${verdict}`] : []));
  lines.push(counted.length > 0 ? counted.join(', ') : 'nothing was compared');
  return `${lines.join('\n')}\n`;
}

function describe(resource: PrintedResource): string[] {
  const unpinned = resource.pin === 'none' ? '  (unpinned)' : '';
  const lines = [`  ${resource.id}  ${resource.kind} on ${resource.connection}${unpinned}`];
  if (resource.verdict === 'present') return lines;
  lines.push(`    ${resource.summary}`);
  for (const breach of resource.breaches)
    lines.push(
      `    ${breach.kind}, ${breach.severity}: ${breach.path}`,
      `      expected: ${formatFact(breach.expected, breach.unit)}   actual: ${formatFact(breach.actual, breach.unit)}`,
    );
  if (resource.breaches.length === 0 && resource.verdict !== 'blind') {
    const wanted = resource.pin === 'none' ? 'that it is there' : formatFact(resource.expected['identity']);
    lines.push(`    expected: ${wanted}   actual: ${formatFact(resource.actual?.['identity'])}`);
  }
  for (const { facet, reason, say } of resource.skipped) lines.push(`    not looked at: ${facet}: ${reason}: ${say}`);
  if (resource.last_seen_healthy) lines.push(`    last healthy ${resource.last_seen_healthy}`);
  if (resource.undo_before) lines.push(`    can be undone until ${resource.undo_before}`);
  for (const evidence of resource.evidence) {
    const proof = [
      evidence.complete === true ? 'whole answer' : '',
      evidence.control === undefined ? '' : `control: ${evidence.control}`,
    ].filter((part) => part !== '');
    lines.push(
      `    look ${evidence.look}, ${evidence.at}, ${evidence.method} via ${evidence.vantage}${proof.length > 0 ? ` (${proof.join('; ')})` : ''}: ${evidence.excerpt}`,
    );
  }
  return lines;
}
