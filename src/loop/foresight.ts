import type { Resource } from '../core/expectation.ts';
import type { Instant } from '../core/report.ts';
import type { LookMade } from '../core/verdict.ts';
import type { BatchResult } from './batch.ts';
import type { Foreseen, Outcomes } from './foreseen.ts';
import type { Roll } from './roll.ts';

export type { Outcomes };

/** Looks that are judged before everything else that waits has its turn: some milliseconds. */
const AT_ONCE = 100;
/** How often what changed under it is judged anew a slice at a time; then at once, so that it comes to an end whatever else goes on. */
const PASSES = 3;

/**
 * Judges a batch a slice at a time and changes nothing meanwhile. In the end everything that it came to is of records as they stand at that moment, so
 * that taking it in is the same as judging all of it then, in one go.
 */
export class Foresight {
  readonly #roll: Roll;
  readonly #result: BatchResult;
  readonly #look: LookMade;
  readonly #endedAt: Instant;
  readonly #known = new Map<string, Foreseen>();
  /** Whose look has still to be judged, from `#next` on. */
  #queue: readonly string[];
  #next = 0;
  #passes = 0;

  /** `resources`: in the order in which they are judged and told of. `endedAt`: when the batch did. */
  constructor(roll: Roll, resources: readonly Resource[], result: BatchResult, look: LookMade, endedAt: Instant) {
    this.#roll = roll;
    this.#result = result;
    this.#look = look;
    this.#endedAt = endedAt;
    this.#queue = resources.map(({ id }) => id);
  }

  /** Judges some more; true where there is more to do, after others had their turn. False: it can be taken in, before anything else is done. */
  work(now: Instant): boolean {
    do {
      // What was judged of a record that something has come between for is judged as a look that ends now: time does not go back in a record.
      const at = this.#passes === 0 ? this.#endedAt : now;
      const until = Math.min(this.#passes < PASSES ? this.#next + AT_ONCE : Infinity, this.#queue.length);
      for (; this.#next < until; this.#next++) this.#foresee(this.#queue[this.#next] ?? '', at);
      if (this.#next < this.#queue.length) return true;
      this.#queue = [...this.#known.values()].flatMap((one) => (this.#roll.stillHolds(one) ? [] : [one.id]));
      this.#next = 0;
      this.#passes++;
    } while (this.#passes > PASSES && this.#queue.length > 0);
    return this.#queue.length > 0;
  }

  /** Takes all of it in, in the order of the resources. */
  take(): Outcomes[] {
    return [...this.#known.values()].flatMap((foreseen) => this.#roll.take(foreseen) ?? []);
  }

  #foresee(id: string, at: Instant): void {
    const { reports, tookMs } = this.#result;
    const foreseen = this.#roll.foresee(id, reports.get(id) ?? [], this.#look, at, tookMs);
    if (foreseen) this.#known.set(id, foreseen);
  }
}
