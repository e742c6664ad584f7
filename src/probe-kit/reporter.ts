import type { Blind, Control, Evidence, Facet, Identity, Instant, Measure, Seen, Unseen, WholeListing } from '../probe.ts';
import { clean } from '../values/text.ts';
import type { Failure } from './failure.ts';

const VANTAGE_LENGTH = 120;

/** Writes the reports of one look: every text in them passes through here, cleaned and bounded. */
export class Reporter {
  readonly #vantage: string;
  readonly #now: () => Instant;

  constructor(vantage: string, now: () => Instant) {
    this.#vantage = clean(vantage, VANTAGE_LENGTH);
    this.#now = now;
  }

  evidence(method: string, excerpt: string): Evidence {
    return { method: clean(method, VANTAGE_LENGTH), vantage: this.#vantage, at: this.#now(), excerpt: clean(excerpt) };
  }

  seen(id: string, pin: Identity, looked: readonly Facet[], measures: Readonly<Record<string, Measure>>, evidence: Evidence): Seen {
    return { kind: 'seen', id, pin, looked, measures, evidence };
  }

  /** The same as before, seen once more at `at`. */
  again(report: Seen, at: Instant): Seen {
    const { method, excerpt } = report.evidence;
    return { ...report, evidence: { method, vantage: this.#vantage, at, excerpt } };
  }

  blind(id: string, facets: readonly Facet[], method: string, failure: Pick<Failure, 'reason' | 'say'>): Blind {
    return { kind: 'blind', id, facets, reason: failure.reason, evidence: this.evidence(method, failure.say) };
  }

  unseen(id: string, listing: WholeListing, direct: Evidence): Unseen {
    return { kind: 'unseen', id, listing, direct };
  }

  /** The files are gone under a server that still answers: the typed refusal is the proof, there is no listing left to read. */
  filesGone(caller: Identity, call: string, failure: Failure, scope: string): WholeListing {
    const control: Control = { by: 'typed-not-found', call: clean(call, VANTAGE_LENGTH), code: failure.code };
    return { scope: clean(scope), caller, pages: 1, complete: true, control, strangers: 0, evidence: this.evidence(call, failure.say) };
  }
}
