import type { WitnessWord } from '../core/mass.ts';
import type { Instant } from '../core/report.ts';
import type { Witness } from '../ports.ts';

/** How often the witness is asked while something cannot be seen. */
const EVERY_MS = 2000;
/** An older word says nothing of now. */
const HOLDS_MS = 10_000;

/** Asks the witness while something is dark, so that its word is at hand when that is paged. Never asks where all is seen. */
export class Witnessing {
  readonly #witness: Witness | undefined;
  readonly #stop = new AbortController();
  #askedAt = -Infinity;
  #asking = false;
  #word: { readonly answers: boolean; readonly at: number } | undefined;

  constructor(witness: Witness | undefined) {
    this.#witness = witness;
  }

  tick(at: Instant, dark: boolean): void {
    const witness = this.#witness;
    if (!witness || !dark || this.#asking || at.steady - this.#askedAt < EVERY_MS) return;
    this.#askedAt = at.steady;
    this.#asking = true;
    void this.#ask(witness, at);
  }

  async #ask(witness: Witness, { steady }: Instant): Promise<void> {
    const answers = await witness.answers(this.#stop.signal);
    this.#asking = false;
    // One that was told to stop says no, and means nothing by it.
    if (!this.#stop.signal.aborted) this.#word = { answers, at: steady };
  }

  /** What it said last; undefined where there is none, or it was not asked of late. */
  word(at: Instant): WitnessWord | undefined {
    if (!this.#witness || !this.#word || at.steady - this.#word.at > HOLDS_MS) return undefined;
    return { address: this.#witness.address, answers: this.#word.answers };
  }

  stop(): void {
    this.#stop.abort();
  }
}
