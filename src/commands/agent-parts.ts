import { createSystemClock } from '../adapters/clock-system.ts';
import { makePlan, probes } from '../app.ts';
import { agentsFor } from '../config/agents-for.ts';
import type { Reach } from '../core/audit-report.ts';
import { secretReader, type Files } from '../files.ts';
import { auditAll } from '../loop/audit-round.ts';
import { toWanted } from '../loop/batch.ts';
import { closeGroups } from '../loop/plan.ts';
import type { GrantPart } from './grant-parts.ts';
import type { Io } from './io.ts';
import { plainLines } from './lines.ts';

/**
 * Connection by connection: what takes from an agent what it could destroy of the roll, and what it gets for a task. A connection that
 * could not be asked whole is told of on stderr: what is printed for it may be too little.
 */
export async function agentParts(files: Files, name: string, io: Io, role: string | undefined): Promise<GrantPart[]> {
  const { config, manifest } = files;
  const plan = makePlan(
    { ...files, config: { ...config, pagers: new Map() } },
    { ...io, out: { write: () => true } },
    createSystemClock(0),
  );
  try {
    const audits = await auditAll(plan, createSystemClock(0), io.signal);
    const parts = audits.map(async ({ connection, reports }): Promise<GrantPart[]> => {
      const declared = config.connections.get(connection);
      const probe = declared && probes.get(declared.probe);
      const agent = probe && agentsFor(config, probe.name).find((one) => one.name === name);
      if (!probe?.disarm || !agent) return [];
      const unseen = reports.flatMap((one) =>
        one.kind === 'unaudited' ? [`rollcall: ${connection}: ${one.on}: ${one.reason}: ${one.say}`] : [],
      );
      for (const line of plainLines(unseen)) io.err(`${line}\n`);
      const wanted = manifest.resources.filter((resource) => resource.connection === connection).map(toWanted);
      const reaches = reports.filter((report): report is Reach => report.kind === 'reach' && report.agent === name);
      const context = { connection, secret: secretReader(io.env), role };
      return [
        { connection, probe: probe.name, needs: [], grants: await probe.disarm(declared.settings, wanted, { agent, reaches }, context) },
      ];
    });
    return (await Promise.all(parts)).flat();
  } finally {
    await closeGroups(plan);
  }
}
