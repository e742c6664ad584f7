import type { Pair } from '../core/blast-radius.ts';
import type { CopyReport, CopyRule } from '../core/copies.ts';
import { EXIT, worstExit } from '../core/exit.ts';
import type { Severity } from '../core/expectation.ts';
import type { PrintedCoverage } from '../loop/coverage-book.ts';
import type { Audited } from '../loop/audit-round.ts';

/** What an audit answers, one part after another. */
export const AUDIT_PARTS = ['credentials', 'agents', 'copies', 'radius', 'coverage'] as const;
export type AuditPart = (typeof AUDIT_PARTS)[number];

/** One thing that is not as it should be. */
export interface AuditFinding {
  readonly part: AuditPart;
  /** Stable, for scripts: `superuser`, `reach`, `shared`, `three-copies`, `account`. */
  readonly kind: string;
  readonly severity: Severity;
  /** Connection, agent or resource that it is about. */
  readonly about: string;
  /** Ids of the resources concerned; none where it is about all of a connection. */
  readonly ids: readonly string[];
  readonly what: string;
  readonly fix: readonly string[];
  /** True where people said that it may be so: then it weighs nothing. */
  readonly accepted: boolean;
}

/** The schema `rollcall/audit/v1`. */
export interface AuditResult {
  readonly schema: 'rollcall/audit/v1';
  readonly watchdog: string;
  readonly manifest: { readonly id: string; readonly version: number; readonly sha256: string };
  readonly at: string;
  readonly exit: 0 | 1 | 2 | 3;
  readonly parts: readonly AuditPart[];
  readonly findings: readonly AuditFinding[];
  /** Per resource that holds data: the rule 3-2-1-1-0; empty where that was not asked. */
  readonly copies: readonly CopyReport[];
  /** Every pair of a resource and a copy of it; empty where that was not asked. */
  readonly radius: readonly Pair[];
  /** How much of what is there is on the roll; empty where that was not asked. */
  readonly coverage: readonly PrintedCoverage[];
  /** What could not be found out; never exit 0 then. */
  readonly unaudited: readonly { readonly about: string; readonly on: string; readonly reason: string; readonly say: string }[];
}

/** What the connections' audits came to, as findings. */
export function findingsOf(audits: readonly Audited[]): AuditFinding[] {
  return audits.flatMap(({ connection, reports, accept }) =>
    reports.flatMap((report): AuditFinding[] => {
      if (report.kind === 'strong') {
        const { right, severity, what, fix } = report;
        return [{ part: 'credentials', kind: right, severity, about: connection, ids: [], what, fix, accepted: accept.includes(right) }];
      }
      if (report.kind === 'reach') {
        const { agent, as, ids, what, fix } = report;
        return [{ part: 'agents', kind: 'reach', severity: 'critical', about: agent, ids, what: `${as} ${what}`, fix, accepted: false }];
      }
      if (report.kind !== 'shared') return [];
      const { agent, what, fix } = report;
      return [{ part: 'agents', kind: 'shared', severity: 'critical', about: agent, ids: [], what, fix, accepted: false }];
    }),
  );
}

const WANTED: Readonly<Record<CopyRule, string>> = {
  'three-copies': 'add another set of backups to the roll, and name it under protected_by',
  'two-media': 'keep one of them on another disk or host, and say so in domain',
  'one-off-site': 'keep one of them in another region, and say so in domain',
  'one-out-of-reach': 'keep one of them under another account, or where nothing can delete it before its time, and say so in domain',
  'zero-errors': 'restore one, somewhere else, and count what came back',
};

/** What 3-2-1-1-0 lacks, as findings. What only a restore drill could show weighs nothing as long as there is none to make. */
export function copyFindings(reports: readonly CopyReport[], severityOf: (id: string) => Severity): AuditFinding[] {
  return reports.flatMap(({ id, copies, rules }) =>
    rules.flatMap(({ rule, status, say }): AuditFinding[] => {
      if (status === 'met' || status === 'declared' || rule === 'zero-errors') return [];
      const severity = copies.length === 0 ? severityOf(id) : 'warning';
      const what = status === 'unproven' ? `could not be proven: ${say}` : say;
      return [{ part: 'copies', kind: rule, severity, about: id, ids: [id], what, fix: [`# ${WANTED[rule]}`], accepted: false }];
    }),
  );
}

/** What could take a resource and a copy of it together, as findings. */
export function radiusFindings(pairs: readonly Pair[]): AuditFinding[] {
  return pairs.flatMap(({ id, copy, ties, severity }) =>
    ties.map(({ kind, name, by, fix }): AuditFinding => {
      const how = by === 'declared' ? ', as the files say' : '';
      const can = kind === 'agent' ? 'can delete both' : 'takes both with it';
      const what = `${kind} ${name} ${can}: ${id} and ${copy}${how}`;
      return {
        part: 'radius',
        kind,
        severity,
        about: id,
        ids: [id, copy],
        what,
        fix: fix.map((line) => (kind === 'agent' ? line : `# ${line}`)),
        accepted: false,
      };
    }),
  );
}

/** What came since the daemon's first look and is not on the roll, as findings. */
export function coverageFindings(coverage: readonly PrintedCoverage[]): AuditFinding[] {
  return coverage.flatMap(({ connection, kind, found, managed, newcomers }): AuditFinding[] => {
    if (newcomers.length === 0) return [];
    const what = `coverage has fallen: ${managed} of ${found} ${kind ?? 'things'} on the roll, newly not: ${newcomers.slice(0, 10).join(', ')}${newcomers.length > 10 ? ` and ${newcomers.length - 10} more` : ''}`;
    const fix = ['# put them on the roll (rollcall discover --unmanaged -o FILE), or name them under unmanaged in the manifest'];
    return [{ part: 'coverage', kind: 'fallen', severity: 'warning', about: connection, ids: [], what, fix, accepted: false }];
  });
}

/** In the order of `check`: critical outranks unknown outranks warning; an audit of nothing is unknown. */
export function auditExit(findings: readonly AuditFinding[], unaudited: AuditResult['unaudited'], asked: number): 0 | 1 | 2 | 3 {
  const weights = findings
    .filter(({ accepted }) => !accepted)
    .map(({ severity }) => (severity === 'critical' ? EXIT.critical : EXIT.warning));
  const blind = unaudited.length > 0 || asked === 0 ? [EXIT.unknown] : [];
  return worstExit([EXIT.ok, ...weights, ...blind]);
}
