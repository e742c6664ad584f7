import { probes } from '../app.ts';
import { agentsFor } from '../config/agents-for.ts';
import type { DiscoveryDepth } from '../core/found.ts';
import { secretReader, type Files } from '../files.ts';
import { toWanted } from '../loop/batch.ts';
import type { Grants, Right } from '../probe.ts';

/** One connection's part of the least credential; without `grants` only the rights can be told. */
export interface GrantPart {
  readonly connection: string;
  readonly probe: string;
  readonly needs: readonly Right[];
  readonly grants?: Grants;
}

interface GrantChoice {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly role: string | undefined;
  /** Also what a discovery of this depth takes. */
  readonly discovery?: DiscoveryDepth | undefined;
}

/** What the resources of each connection need, connection by connection; those that no resource is on are left out. Contacts nothing. */
export async function grantParts({ config, manifest }: Files, { env, role, discovery }: GrantChoice): Promise<GrantPart[]> {
  const parts = [...config.connections.values()].map(async ({ name, probe: probeName, settings }): Promise<GrantPart[]> => {
    const wanted = manifest.resources.filter(({ connection }) => connection === name).map(toWanted);
    const probe = probes.get(probeName);
    if (!probe || wanted.length === 0) return [];
    const context = { connection: name, secret: secretReader(env), role, agents: agentsFor(config, probe.name), discovery };
    const made = await probe.grants?.(settings, wanted, context);
    const needs = [...probe.needs(wanted, settings), ...(discovery === undefined ? [] : (probe.discovers?.(settings, discovery) ?? []))];
    return [{ connection: name, probe: probe.name, needs, ...(made && { grants: made }) }];
  });
  return (await Promise.all(parts)).flat();
}
