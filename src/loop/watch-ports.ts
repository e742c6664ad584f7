import type { Instant } from '../core/report.ts';
import type { Clock, Cron, Heartbeat, Log, Random, Store, Witness } from '../ports.ts';

/** What a watch needs of the world. */
export interface WatchPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly cron: Cron;
  readonly log: Log;
  readonly store: Store;
  readonly heartbeat: { readonly to: Heartbeat; readonly every: number } | undefined;
  readonly witness?: Witness | undefined;
  readonly newId: (at: Instant) => string;
}
