import type { Delivery } from '../ports.ts';
import { clean } from '../values/text.ts';

/** Attempts that those who have not accepted are given where others have. */
const PATIENT_TRIES = 5;
/** Letters whose partial acceptance is remembered. */
const MAX_LETTERS = 1000;

interface Standing {
  readonly accepted: Set<string>;
  tries: number;
}

/**
 * One letter to several receivers behind one pager (replicas, mailboxes): who has accepted is not asked again, the others are. In
 * memory only: after a restart everybody is asked again, under the same id.
 */
export class SeveralReceivers {
  readonly #letters = new Map<string, Standing>();

  /** Those of `receivers` that have not accepted this letter yet. */
  missing(letter: string, receivers: readonly string[]): string[] {
    const accepted = this.#letters.get(letter)?.accepted;
    return receivers.filter((receiver) => !accepted?.has(receiver));
  }

  /**
   * What one attempt at the `missing` ones comes to. All have it: delivered. None has it: the failure that is worth another try, if any.
   * Some have it: worth another try, for a while; then delivered, with who lacks it, because the letters that follow under this key (the
   * resolve, first of all) must not wait for a receiver that is gone. `insist` waits for all of them, whatever it takes.
   */
  settle(letter: string, results: ReadonlyMap<string, Delivery>, insist: boolean): { delivery: Delivery; lacking: readonly string[] } {
    const standing = this.#letters.get(letter) ?? { accepted: new Set(), tries: 0 };
    const failures: [string, Exclude<Delivery, { kind: 'delivered' }>][] = [];
    for (const [receiver, result] of results)
      if (result.kind === 'delivered') standing.accepted.add(receiver);
      else failures.push([receiver, result]);
    standing.tries++;
    const lacking = failures.map(([receiver]) => receiver);
    const worthwhile = failures.some(([, { kind }]) => kind === 'retryable');
    const enough = standing.accepted.size > 0 && !insist && (!worthwhile || standing.tries >= PATIENT_TRIES);
    if (failures.length === 0 || enough) {
      this.#letters.delete(letter);
      return { delivery: { kind: 'delivered', ref: null }, lacking };
    }
    this.#remember(letter, standing);
    const many = results.size + standing.accepted.size > 1;
    const why = clean(failures.map(([receiver, failure]) => (many ? `${receiver}: ${failure.why}` : failure.why)).join('; '));
    if (!worthwhile) return { delivery: { kind: 'refused', why }, lacking };
    const waits = failures.flatMap(([, failure]) => ('afterMs' in failure && failure.afterMs !== undefined ? [failure.afterMs] : []));
    return { delivery: { kind: 'retryable', why, ...(waits.length > 0 && { afterMs: Math.max(...waits) }) }, lacking };
  }

  #remember(letter: string, standing: Standing): void {
    this.#letters.delete(letter);
    this.#letters.set(letter, standing);
    for (const oldest of this.#letters.keys()) {
      if (this.#letters.size <= MAX_LETTERS) break;
      this.#letters.delete(oldest);
    }
  }
}
