import type { Memory } from '../core/memory.ts';
import type { Instant } from '../core/report.ts';
import type { ResourceRecord } from '../ports.ts';
import type { Journal } from './journal.ts';
import type { Roll } from './roll.ts';
import type { Schedule } from './schedule.ts';
import { groupLabel } from './self.ts';

/** How often measures that rose or moved are written down where nothing else changed. */
const FLUSH_MS = 30_000;
/** What only grew older (the time of the last healthy look) is written down at one flush in so many: a crash takes five minutes of it. */
const TURNS = 10;

/** Hands the slowly ageing part of what is known to the journal, now and then: a tenth of a quiet roll at a time. */
export class Flusher {
  readonly #journal: Journal;
  /** Memories that were handed over; one that changes is another object. */
  readonly #written = new WeakSet<Memory>();
  #flushedAt = -Infinity;
  #turn = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  tick(roll: Roll, schedule: Schedule, at: Instant): void {
    if (at.steady - this.#flushedAt < FLUSH_MS) return;
    this.#flushedAt = at.steady;
    const turn = this.#turn++ % TURNS;
    let place = 0;
    for (const [id, record] of roll.records) if (place++ % TURNS === turn || !this.#written.has(record.memory)) this.#keep(id, record);
    this.#journal.keepMeta('steady', String(at.steady));
    this.#journal.keepMeta('wall', String(at.wall));
    const stretches = [...schedule.stretch()].map(([group, stretch]) => [groupLabel(group), stretch]);
    this.#journal.keepMetaIfChanged('stretch', JSON.stringify(stretches));
  }

  /** All of it, before an end. */
  flush(roll: Roll): void {
    for (const [id, record] of roll.records) this.#keep(id, record);
  }

  #keep(id: string, record: ResourceRecord): void {
    this.#written.add(record.memory);
    this.#journal.keep(id, record);
  }
}
