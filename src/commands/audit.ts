import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSystemClock } from '../adapters/clock-system.ts';
import { holdsData, makePlan, settleFiles } from '../app.ts';
import { refuseTampered } from '../approval/refuse-tampered.ts';
import { radiusSvg } from '../core/radius-svg.ts';
import { survey } from '../core/survey.ts';
import { formatInstant } from '../core/wording.ts';
import { auditAll } from '../loop/audit-round.ts';
import { closeGroups } from '../loop/plan.ts';
import {
  AUDIT_PARTS,
  auditExit,
  copyFindings,
  coverageFindings,
  findingsOf,
  radiusFindings,
  type AuditPart,
  type AuditResult,
} from './audit-result.ts';
import { auditText } from './audit-text.ts';
import type { Io } from './io.ts';
import { sharedSecrets } from './shared-secrets.ts';
import { surveyCoverage } from './survey-coverage.ts';

export interface AuditOptions {
  readonly config: string | undefined;
  /** Which parts; all where none is named. */
  readonly parts: readonly AuditPart[];
  readonly json: boolean;
  /** Where to draw the blast radius. */
  readonly svg: string | undefined;
}

/** What the watcher's own credentials, and the agents it is told of, could do to the roll. Changes nothing, and needs no daemon. */
export async function audit(io: Io, { config, parts: asked, json, svg }: AuditOptions): Promise<number> {
  const files = await settleFiles(config, io);
  refuseTampered(files);
  const clock = createSystemClock(0);
  // Nobody is paged: what pagers are made of need not be loaded.
  const plan = makePlan({ ...files, config: { ...files.config, pagers: new Map() } }, { ...io, out: { write: () => true } }, clock);
  try {
    const parts = AUDIT_PARTS.filter((part) => asked.length === 0 || asked.includes(part));
    const [audits, covering] = await Promise.all([
      auditAll(plan, clock, io.signal),
      parts.includes('coverage') ? surveyCoverage(plan, files.known?.meta, clock, io.signal) : { coverage: [], unexplored: [] },
    ]);
    const { copies, radius } = survey(
      plan.resources,
      audits.flatMap(({ reports }) => reports),
      holdsData,
    );
    const severities = new Map(plan.resources.map(({ id, severity }) => [id, severity]));
    const found = [
      ...findingsOf(audits),
      ...sharedSecrets(files.config.secrets),
      ...copyFindings(copies, (id) => severities.get(id) ?? 'critical'),
      ...radiusFindings(radius),
      ...coverageFindings(covering.coverage),
    ];
    const findings = found.filter(({ part }) => parts.includes(part));
    const unaudited = [
      ...covering.unexplored,
      ...audits.flatMap(({ connection, reports }) =>
        reports.flatMap((report) => {
          if (report.kind !== 'unaudited') return [];
          const { on, reason, say } = report;
          return [{ about: connection, on, reason, say }];
        }),
      ),
    ];
    const { id, version, sha256 } = files.manifest;
    const result: AuditResult = {
      schema: 'rollcall/audit/v1',
      watchdog: files.config.watchdog.name,
      manifest: { id, version, sha256 },
      at: formatInstant(clock.now().wall),
      exit: auditExit(findings, unaudited, audits.length),
      parts,
      findings,
      copies: parts.includes('copies') ? copies : [],
      radius: parts.includes('radius') ? radius : [],
      coverage: covering.coverage,
      unaudited,
    };
    if (svg !== undefined) await writeFile(resolve(io.cwd, svg), radiusSvg(radius, `${files.config.watchdog.name}, ${id}, ${result.at}`));
    io.out(json ? `${JSON.stringify(result, null, 2)}\n` : auditText(result, io.isTerminal));
    return result.exit;
  } finally {
    await closeGroups(plan);
  }
}
