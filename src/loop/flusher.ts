import type { Instant } from '../core/report.ts';
import type { Journal } from './journal.ts';
import type { Roll } from './roll.ts';
import type { Schedule } from './schedule.ts';
import { groupLabel } from './self.ts';

/** How often what changes at every look (the time of the last healthy one) is written down where nothing else changed. */
const FLUSH_MS = 30_000;

/** Hands the slowly ageing part of what is known to the journal, now and then. */
export class Flusher {
  readonly #journal: Journal;
  #flushedAt = -Infinity;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  tick(roll: Roll, schedule: Schedule, at: Instant): void {
    if (at.steady - this.#flushedAt < FLUSH_MS) return;
    this.#flushedAt = at.steady;
    this.flush(roll);
    this.#journal.keepMeta('steady', String(at.steady));
    this.#journal.keepMeta('wall', String(at.wall));
    const stretches = [...schedule.stretch()].map(([group, stretch]) => [groupLabel(group), stretch]);
    this.#journal.keepMetaIfChanged('stretch', JSON.stringify(stretches));
  }

  flush(roll: Roll): void {
    for (const [id, record] of roll.records) this.#journal.keep(id, record);
  }
}
