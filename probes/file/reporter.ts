import type { Blind, BlindReason, Evidence, Facet, Identity, Measure, Seen, Unseen, WholeListing } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { errorCode, refusal } from './refusal.ts';
import type { Job } from './job.ts';

/** What a whole listing proves to be absent. */
export interface Absence {
  readonly scope: string;
  /** What else was in it and needs no asking for: the positive control, unless `control` names another. */
  readonly others: number;
  readonly control?: WholeListing['control'];
  readonly said: string;
}

/** Writes one job's reports: every text in them passes through here, cleaned and bounded. */
export class Reporter {
  readonly #job: Job;

  constructor(job: Job) {
    this.#job = job;
  }

  evidence(method: string, excerpt: string): Evidence {
    return { method: clean(method, 120), vantage: this.#job.vantage, at: this.#job.at, excerpt: clean(excerpt) };
  }

  seen(pin: Identity, looked: readonly Facet[], measures: Readonly<Record<string, Measure>>, evidence: Evidence): Seen {
    return { kind: 'seen', id: this.#job.id, pin, looked: looked.filter((facet) => this.#job.facets.includes(facet)), measures, evidence };
  }

  /** Blind for the named facets, as far as they are due; nothing where none is. */
  blind(facets: readonly Facet[], reason: BlindReason, method: string, excerpt: string): Blind[] {
    const due = facets.filter((facet) => this.#job.facets.includes(facet));
    return due.length === 0 ? [] : [{ kind: 'blind', id: this.#job.id, facets: due, reason, evidence: this.evidence(method, excerpt) }];
  }

  blindToAll(reason: BlindReason, method: string, excerpt: string): Blind[] {
    return this.blind(this.#job.facets, reason, method, excerpt);
  }

  /** What a file system call that failed says: a refusal is never an absence. */
  refused(facets: readonly Facet[], method: string, error: unknown): Blind[] {
    return this.blind(facets, refusal(error), method, errorCode(error) ?? String(error));
  }

  /** Not there, by a listing that was read to its end. */
  unseen({ scope, others, control, said }: Absence): Unseen {
    const evidence = this.evidence(`readdir ${scope}`, `${others} other entries, read to the end`);
    const proof = control ?? { by: 'sibling' as const, what: `${others} other entries` };
    const safe = proof.by === 'typed-not-found' ? proof : { ...proof, what: clean(proof.what) };
    const listing: WholeListing = {
      scope: clean(scope),
      caller: this.#job.caller,
      pages: 1,
      complete: true,
      control: safe,
      strangers: others,
      evidence,
    };
    return { kind: 'unseen', id: this.#job.id, listing, direct: this.evidence(`readdir ${scope}`, said) };
  }

  get facets(): readonly Facet[] {
    return this.#job.facets;
  }
}

export function exact(value: number, unit: Measure['unit']): Measure {
  return { value, unit, how: 'exact' };
}

export function flag(value: boolean): Measure {
  return exact(value ? 1 : 0, 'flag');
}

export function text(value: string): Measure {
  return { value: clean(value), unit: 'text', how: 'exact' };
}
