import type { Instant } from '../core/report.ts';
import type { Heartbeat, Log } from '../ports.ts';

/**
 * Tells the dead man's switch that all is well, and only when it is: a full round since the last beat, nothing overdue, no page
 * waiting. Otherwise it says why not. The beat is never what keeps the loop waiting.
 */
export class Pulse {
  readonly #heartbeat: { readonly to: Heartbeat; readonly every: number } | undefined;
  readonly #log: Log;
  #beatAt = -Infinity;
  #roundAt: Instant | undefined;
  #beating = false;

  constructor(ports: { readonly heartbeat: { readonly to: Heartbeat; readonly every: number } | undefined; readonly log: Log }) {
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
      .beat(reasons.length === 0, reasons.join('; '), AbortSignal.timeout(10_000))
      .then((heard) => heard || this.#log.warn('heartbeat not heard'))
      .finally(() => (this.#beating = false));
  }
}
