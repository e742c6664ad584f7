import { styleText } from 'node:util';
import type { AuditFinding, AuditPart, AuditResult } from './audit-result.ts';
import { plainLines } from './lines.ts';

const TITLES: Readonly<Record<AuditPart, string>> = {
  credentials: "WATCHER'S OWN CREDENTIALS",
  agents: 'AGENTS: what they could destroy, and what they share with the watcher',
};
const NOTHING: Readonly<Record<AuditPart, string>> = {
  credentials: 'can look, and do nothing else',
  agents: 'nothing found',
};
const COLOUR = { critical: 'red', warning: 'yellow', accepted: 'dim', unknown: 'magenta' } as const;

/** The audit for a person: part by part, each finding with what mends it. */
export function auditText(result: AuditResult, colour: boolean): string {
  const paint = (kind: keyof typeof COLOUR, text: string): string =>
    colour ? styleText(COLOUR[kind], text, { validateStream: false }) : text;
  const lines = result.parts.flatMap((part) => {
    const own = result.findings.filter((finding) => finding.part === part);
    return [TITLES[part], ...(own.length === 0 ? [`  ${NOTHING[part]}`] : own.flatMap((finding) => describe(finding, paint))), ''];
  });
  if (result.unaudited.length > 0) {
    lines.push(paint('unknown', `COULD NOT BE AUDITED (${result.unaudited.length})`));
    lines.push(...plainLines(result.unaudited.map(({ about, on, reason, say }) => `  ${about}: ${on}: ${reason}: ${say}`)), '');
  }
  const weigh = (severity: string): number => result.findings.filter((one) => !one.accepted && one.severity === severity).length;
  lines.push(`${weigh('critical')} critical, ${weigh('warning')} warnings, ${result.unaudited.length} not audited`);
  return `${lines.join('\n')}\n`;
}

function describe(
  { severity, accepted, about, kind, ids, what, fix }: AuditFinding,
  paint: (kind: keyof typeof COLOUR, text: string) => string,
): string[] {
  const word = accepted ? 'accepted' : severity;
  const [head = ''] = plainLines([`  ${word}: ${about}: ${kind}: ${what}`]);
  const of =
    ids.length === 0 ? [] : [`    of the roll: ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ` and ${ids.length - 10} more` : ''}`];
  const mend = accepted ? [] : fix.map((line, nth) => `    ${nth === 0 ? 'fix:' : '    '} ${line}`);
  return [paint(word, head), ...plainLines([...of, ...mend])];
}
