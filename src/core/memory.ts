import type { Identity, Measure } from './report.ts';

/** What is remembered of a resource between looks so that the next can be judged. Lives in the store, never in a probe. */
export interface Memory {
  /** The identity learned on first use; absent until a look in which nothing was wrong. */
  readonly pin?: Identity;
  /** True once the wanted identity has been seen here: from then on another identity is an impostor, before it a wrong caller. */
  readonly matched: boolean;
  /** True once something was wrong or unseen while there was no pin: from then on nothing is adopted on first use. */
  readonly tainted: boolean;
  /** Highest healthy value per measure: what `shrinks_at_most` compares with. Only moves up. */
  readonly baselines: Readonly<Record<string, number>>;
  /** The last look's counters and texts, for steps and changes between two looks. */
  readonly last: Readonly<Record<string, Pick<Measure, 'value' | 'epoch'>>>;
}

export const BLANK: Memory = { matched: false, tainted: false, baselines: {}, last: {} };
