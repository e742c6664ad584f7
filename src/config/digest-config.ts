import { createHash } from 'node:crypto';
import type { Config } from './types.ts';

/** One digest for each part of config.yaml that decides who is paged and how well is watched. */
export function digestConfig(config: Config): Record<string, string> {
  const digest = (part: unknown): string => createHash('sha256').update(JSON.stringify(part)).digest('hex');
  return {
    routes: digest(config.routes),
    pagers: digest([...config.pagers]),
    connections: digest([...config.connections]),
    cadences: digest(config.defaults),
    heartbeat: digest(config.heartbeat ?? null),
    // Not where there are none: to whoever never had signers, nothing has changed.
    ...(config.signers && { signers: digest(config.signers) }),
    ...(config.ledger && { ledger: digest(config.ledger) }),
    ...(config.watchdog.witness && { witness: digest(config.watchdog.witness) }),
  };
}
