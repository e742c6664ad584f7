import { styleText } from 'node:util';
import type { CopyReport } from '../core/copies.ts';
import type { AuditFinding, AuditPart, AuditResult } from './audit-result.ts';
import { plainLines } from './lines.ts';

const TITLES: Readonly<Record<AuditPart, string>> = {
  credentials: "WATCHER'S OWN CREDENTIALS",
  agents: 'AGENTS: what they could destroy, and what they share with the watcher',
  copies: 'COPIES: 3 of them, on 2 media, 1 off-site, 1 out of reach, restored with 0 errors',
  radius: 'BLAST RADIUS: what could be deleted together with its backup',
  coverage: 'COVERAGE: how much of what is there is on the roll',
};
const NOTHING: Readonly<Record<AuditPart, string>> = {
  credentials: 'can look, and do nothing else',
  agents: 'nothing found',
  copies: 'nothing on the roll holds data, or nothing is lacking',
  radius: 'no pair is known to be',
  coverage: 'nothing was found',
};
const COLOUR = { critical: 'red', warning: 'yellow', accepted: 'dim', unknown: 'magenta' } as const;

/** The audit for a person: part by part, each finding with what mends it. */
export function auditText(result: AuditResult, colour: boolean): string {
  const paint = (kind: keyof typeof COLOUR, text: string): string =>
    colour ? styleText(COLOUR[kind], text, { validateStream: false }) : text;
  const lines = result.parts.flatMap((part) => {
    const own = result.findings.filter((finding) => finding.part === part);
    const table = part === 'copies' ? result.copies.flatMap(tally) : part === 'coverage' ? coverageTable(result.coverage) : [];
    return [
      TITLES[part],
      ...plainLines(table),
      ...(own.length === 0 && table.length === 0 ? [`  ${NOTHING[part]}`] : own.flatMap((finding) => describe(finding, paint))),
      '',
    ];
  });
  if (result.unaudited.length > 0) {
    lines.push(paint('unknown', `COULD NOT BE AUDITED (${result.unaudited.length})`));
    lines.push(...plainLines(result.unaudited.map(({ about, on, reason, say }) => `  ${about}: ${on}: ${reason}: ${say}`)), '');
  }
  const weigh = (severity: string): number => result.findings.filter((one) => !one.accepted && one.severity === severity).length;
  lines.push(`${weigh('critical')} critical, ${weigh('warning')} warnings, ${result.unaudited.length} not audited`);
  return `${lines.join('\n')}\n`;
}

const SIGN = { met: 'yes', declared: 'yes, as the manifest says', 'not-met': 'NO', unproven: 'not proven' } as const;

/** One line for each resource: how it stands with each rule. */
function tally({ id, copies, rules }: CopyReport): string[] {
  const of = copies.length === 0 ? 'no copy' : `copies: ${copies.slice(0, 5).join(', ')}`;
  return [`  ${id} (${of}): ${rules.map(({ rule, status }) => `${rule} ${SIGN[status]}`).join('; ')}`];
}

/** The figures, and of what they do not speak. */
function coverageTable(coverage: AuditResult['coverage']): string[] {
  const beyond = new Map(coverage.map(({ connection, not_listed: names }) => [connection, names]));
  return [
    ...coverage.flatMap(share),
    ...[...beyond].flatMap(([connection, names]) => {
      const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
      return names.length === 0
        ? []
        : [`  ${connection}: nothing is known of ${names.slice(0, 5).join(', ')}${more}: its credential may not list them`];
    }),
  ];
}

/** One line for each connection and kind. */
function share({ connection, kind, found, managed, left_out: leftOut }: AuditResult['coverage'][number]): string[] {
  if (kind === null) return [];
  return [`  ${connection}: ${managed} of ${found} ${kind} on the roll${leftOut > 0 ? `, ${leftOut} left out on purpose` : ''}`];
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
