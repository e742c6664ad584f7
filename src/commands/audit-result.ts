import { EXIT, worstExit } from '../core/exit.ts';
import type { Severity } from '../core/expectation.ts';
import type { Audited } from '../loop/audit-round.ts';

/** What an audit answers, one part after another. */
export const AUDIT_PARTS = ['credentials', 'agents'] as const;
export type AuditPart = (typeof AUDIT_PARTS)[number];

/** One thing that is not as it should be. */
export interface AuditFinding {
  readonly part: AuditPart;
  /** Stable, for scripts: `superuser`, `reach`, `shared`. */
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

/** In the order of `check`: critical outranks unknown outranks warning; an audit of nothing is unknown. */
export function auditExit(findings: readonly AuditFinding[], unaudited: AuditResult['unaudited'], asked: number): 0 | 1 | 2 | 3 {
  const weights = findings
    .filter(({ accepted }) => !accepted)
    .map(({ severity }) => (severity === 'critical' ? EXIT.critical : EXIT.warning));
  const blind = unaudited.length > 0 || asked === 0 ? [EXIT.unknown] : [];
  return worstExit([EXIT.ok, ...weights, ...blind]);
}
