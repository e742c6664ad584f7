import type { Instant } from '../core/report.ts';
import type { Heartbeat, Log } from '../ports.ts';

/** A beat may be lost; so many in a row, for so long, are not. */
const UNHEARD_BEATS = 3;
const UNHEARD_MS = 5 * 60_000;

/**
 * Tells the dead man's switch that all is well, and only when it is: a full round since the last beat, nothing overdue, no page
 * waiting. Otherwise it says why not. The beat is never what keeps the loop waiting.
 */
export class Pulse {
  readonly #heartbeat: { readonly to: Heartbeat; readonly every: number } | undefined;
  readonly #log: Log;
  readonly #note: () => string;
  #beatAt = -Infinity;
  #roundAt: Instant | undefined;
  #beating = false;
  #last: { readonly at: Instant; readonly heard: boolean } | null = null;
  #unheard: { readonly since: Instant; readonly beats: number } | undefined;

  /** `note`: what a good beat says besides, to be kept where it is heard. */
  constructor(
    ports: { readonly heartbeat: { readonly to: Heartbeat; readonly every: number } | undefined; readonly log: Log },
    note: () => string = () => '',
  ) {
    this.#note = note;
    this.#heartbeat = ports.heartbeat;
    this.#log = ports.log;
  }

  roundEnded(at: Instant): void {
    this.#roundAt = at;
  }

  /** When a sweep or an inspection last ended. */
  get roundAt(): Instant | undefined {
    return this.#roundAt;
  }

  /** What became of the last beat; null before the first, undefined where nobody listens. */
  get last(): { readonly at: Instant; readonly heard: boolean } | null | undefined {
    return this.#heartbeat && this.#last;
  }

  /** Since when nobody hears the beats, where that has lasted: then nobody would notice this watcher's end either (law 8). */
  unheardSince(at: Instant): Instant | undefined {
    const { since, beats } = this.#unheard ?? { since: at, beats: 0 };
    return beats >= UNHEARD_BEATS && at.steady - since.steady >= UNHEARD_MS ? since : undefined;
  }

  #answered(heard: boolean, at: Instant): void {
    this.#last = { at, heard };
    this.#unheard = heard ? undefined : { since: this.#unheard?.since ?? at, beats: (this.#unheard?.beats ?? 0) + 1 };
    if (!heard) this.#log.warn('heartbeat not heard');
  }

  /** `why`: reasons not to be trusted right now; `waiting`: pages without a receipt. */
  tick(at: Instant, why: readonly string[], waiting: number): void {
    const heartbeat = this.#heartbeat;
    if (!heartbeat || this.#beating || at.steady - this.#beatAt < heartbeat.every) return;
    const reasons = [...why];
    if ((this.#roundAt?.steady ?? -Infinity) <= this.#beatAt) reasons.push('no round has ended since the last beat');
    if (waiting > 0) reasons.push(`${waiting} messages wait for a receipt`);
    this.#beatAt = at.steady;
    this.#beating = true;
    void heartbeat.to
      .beat(reasons.length === 0, reasons.length === 0 ? this.#note() : reasons.join('; '), AbortSignal.timeout(10_000))
      .then((heard) => this.#answered(heard, at))
      .finally(() => (this.#beating = false));
  }
}
