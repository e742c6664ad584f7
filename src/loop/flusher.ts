import type { Memory } from '../core/memory.ts';
import type { Instant } from '../core/report.ts';
import type { ResourceRecord } from '../ports.ts';
import type { Journal } from './journal.ts';
import { Measuring } from './measuring.ts';
import type { Roll } from './roll.ts';
import type { Schedule } from './schedule.ts';
import { groupLabel } from './self.ts';

/** How often one part of the roll has its turn: measures that rose or moved are written down where nothing else changed. */
const PART_MS = 3000;
/** Parts of the roll: each has its turn in half a minute. One after the other, so that no turn takes long. */
const PARTS = 10;
/** What only grew older (the time of the last healthy look) is written down at one turn in so many: a crash takes five minutes of it. */
const TURNS = 10;

/** Hands the slowly ageing part of what is known to the journal, now and then: a hundredth of a quiet roll at a time. */
export class Flusher {
  readonly #journal: Journal;
  /** Memories that were handed over; one that changes is another object. */
  readonly #written = new WeakSet<Memory>();
  readonly #rounds: () => number;
  readonly measuring: Measuring;
  #told: { readonly rounds: number; readonly at: Instant } | undefined;
  #flushedAt = -Infinity;
  #beat = 0;

  /** `rounds`: how many looks at a group have ended so far. */
  constructor(journal: Journal, rounds: () => number) {
    this.#journal = journal;
    this.#rounds = rounds;
    this.measuring = new Measuring(journal);
  }

  tick(roll: Roll, schedule: Schedule, at: Instant): void {
    this.measuring.tick(roll.resources, at);
    if (at.steady - this.#flushedAt < PART_MS) return;
    this.#flushedAt = at.steady;
    const beat = this.#beat++ % (PARTS * TURNS);
    const [part, turn] = [beat % PARTS, Math.floor(beat / PARTS)];
    if (beat === 0) this.#tell(roll, at);
    let place = 0;
    for (const id of roll.resources.keys()) {
      const mine = place % PARTS === part;
      const ages = Math.floor(place++ / PARTS) % TURNS === turn;
      if (mine && (ages || !this.#isWritten(roll.memoryOf(id)))) this.#keep(id, roll.record(id));
    }
    if (part > 0) return;
    this.#journal.keepMeta('steady', String(at.steady));
    this.#journal.keepMeta('wall', String(at.wall));
    const stretches = [...schedule.stretch()].map(([group, stretch]) => [groupLabel(group), stretch]);
    this.#journal.keepMetaIfChanged('stretch', JSON.stringify(stretches));
  }

  /** Rounds in which nothing changed are an entry together: that the watcher looked is part of the record, too. */
  #tell(roll: Roll, at: Instant): void {
    const rounds = this.#rounds();
    if (this.#told) {
      const since = new Date(this.#told.at.wall).toISOString();
      this.#journal.record('rounds', '@watchdog', { since, rounds: rounds - this.#told.rounds, resources: roll.resources.size });
    }
    this.#told = { rounds, at };
  }

  /** All of it, before an end. */
  flush(roll: Roll, at: Instant): void {
    this.#tell(roll, at);
    this.measuring.flush(roll.resources, at);
    for (const [id, record] of roll.records) this.#keep(id, record);
  }

  #isWritten(memory: Memory | undefined): boolean {
    return memory === undefined || this.#written.has(memory);
  }

  #keep(id: string, record: ResourceRecord | undefined): void {
    if (!record) return;
    this.#written.add(record.memory);
    this.#journal.keep(id, record);
  }
}
