import type { LedgerHead } from '../core/chain.ts';
import type { Instant } from '../core/report.ts';
import type { RequestRecord } from '../core/request-state.ts';
import type { Clock, Cron, Heartbeat, Log, Random, Store, Witness } from '../ports.ts';

/** What a watch needs of the world. */
export interface WatchPorts {
  readonly clock: Clock;
  /** Resolves once whatever else is ready has had its turn: between two parts of long work. */
  readonly turn: () => Promise<void>;
  readonly random: Random;
  readonly cron: Cron;
  readonly log: Log;
  readonly store: Store;
  readonly heartbeat: { readonly to: Heartbeat; readonly every: number } | undefined;
  readonly witness?: Witness | undefined;
  /** The ledger's head as a checkpoint signed by the watcher; none where its key cannot be had. */
  readonly sign?: ((head: LedgerHead) => string | undefined) | undefined;
  /** Whether enough people's signatures lie with a request that is said to be approved; where absent, none counts. */
  readonly isProven?: ((record: RequestRecord) => boolean) | undefined;
  readonly newId: (at: Instant) => string;
}
