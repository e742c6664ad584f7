import type { Agent } from '../core/audit-report.ts';
import type { Config } from './types.ts';

/** The agents that have a name to this probe. */
export function agentsFor({ agents }: Pick<Config, 'agents'>, probe: string): Agent[] {
  return agents.flatMap(({ name, is }) => (is.has(probe) ? [{ name, is: is.get(probe) }] : []));
}
