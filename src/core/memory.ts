import type { Identity, Measure } from './report.ts';

/** What the last look measured. `usual`: of a counter held to `jumps`, the largest step of late. */
export type Last = Pick<Measure, 'value' | 'epoch'> & { readonly usual?: number };

/** What is remembered of a resource between looks so that the next can be judged. Lives in the store, never in a probe. */
export interface Memory {
  /** The identity held: as first seen, or as the manifest says. */
  readonly pin?: Identity;
  /** True once `pin` was taken on first use, in a look in which nothing was wrong or unseen (recorded in the ledger). */
  readonly adopted: boolean;
  /** True once the wanted identity has been seen here: from then on another identity is an impostor, before it a wrong caller. */
  readonly matched: boolean;
  /** True once something was wrong or unseen while there was no pin: from then on nothing is adopted on first use. */
  readonly tainted: boolean;
  /** Highest healthy value per measure: what `shrinks_at_most` compares with. Only moves up. */
  readonly baselines: Readonly<Record<string, number>>;
  /** The last look's counters and texts, for steps and changes between two looks. */
  readonly last: Readonly<Record<string, Last>>;
}

export const BLANK: Memory = { adopted: false, matched: false, tainted: false, baselines: {}, last: {} };
