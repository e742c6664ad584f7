import { concerns, type Claim } from '../core/claim.ts';
import { isOpen, openMembers } from '../core/incident.ts';
import type { Instant } from '../core/report.ts';
import { clean } from '../values/text.ts';
import { Budget } from './budget.ts';
import type { Desk } from './desk.ts';
import type { Journal } from './journal.ts';

/** A claim as it comes in, from whoever holds a token. */
export interface ClaimGiven {
  readonly by: string;
  readonly text: string;
  readonly about: readonly string[];
}

/** What became of it; `afterMs` says when there is room for another. */
export type ClaimTaken = { readonly taken: true; readonly id: string } | { readonly taken: false; readonly afterMs: number };

const LONGEST_TEXT = 500;
const LONGEST_NAME = 80;
const ABOUT_AT_MOST = 20;
/** Claims kept at hand for pages; the ledger keeps them all. */
const KEPT = 100;
/** All claimants together. Who holds a token may fill neither the disk nor anybody's channel. */
const PER_MINUTE = 30;
const DAY_MS = 86_400_000;
const PER_DAY = 1000;
/** How often claims alone may bring an update of an open page. */
const SHOW_MS = 60_000;

/** What an earlier run kept: the claims at hand, and how many came in since when (steady ms). */
interface Kept {
  readonly claims: readonly Claim[];
  readonly day: number;
  readonly count: number;
}

/** Takes in what agents and pipelines report. It is written down and shown, and decides nothing. */
export class ClaimBook {
  readonly #desk: Desk;
  readonly #journal: Journal;
  readonly #newId: (at: Instant) => string;
  readonly #budget: Budget;
  #kept: Kept;
  /** Open incidents that a claim came in about which no page has shown yet. */
  readonly #unshown = new Set<string>();
  #shownAt = -Infinity;

  /** `saved`: what an earlier run kept. */
  constructor(desk: Desk, journal: Journal, newId: (at: Instant) => string, saved: string | undefined, at: Instant) {
    this.#desk = desk;
    this.#journal = journal;
    this.#newId = newId;
    this.#budget = new Budget(PER_MINUTE, at.steady);
    this.#kept = saved === undefined ? { claims: [], day: at.steady, count: 0 } : (JSON.parse(saved) as Kept);
  }

  /** Oldest first. */
  get claims(): readonly Claim[] {
    return this.#kept.claims;
  }

  take(given: ClaimGiven, at: Instant): ClaimTaken {
    const { claims, day, count } = at.steady - this.#kept.day >= DAY_MS ? { ...this.#kept, day: at.steady, count: 0 } : this.#kept;
    if (count >= PER_DAY) return { taken: false, afterMs: day + DAY_MS - at.steady };
    if (this.#budget.take(1, at.steady) === 0) return { taken: false, afterMs: this.#budget.wait(at.steady) };
    const claim: Claim = {
      id: this.#newId(at),
      by: clean(given.by, LONGEST_NAME),
      at,
      text: clean(given.text, LONGEST_TEXT),
      about: given.about.slice(0, ABOUT_AT_MOST).map((id) => clean(id, LONGEST_NAME)),
    };
    this.#kept = { claims: [...claims, claim].slice(-KEPT), day, count: count + 1 };
    this.#journal.record('claim', claim.by, { id: claim.id, text: claim.text, about: claim.about });
    this.#journal.keepMeta('claims', JSON.stringify(this.#kept));
    for (const incident of this.#desk.open())
      if (isOpen(incident) && concerns(claim, new Set(openMembers(incident)))) this.#unshown.add(incident.id);
    return { taken: true, id: claim.id };
  }

  /** Brings new claims into the pages that stand open, all of them once a minute at most. */
  tick(at: Instant): void {
    if (this.#unshown.size === 0 || at.steady - this.#shownAt < SHOW_MS) return;
    this.#shownAt = at.steady;
    for (const incident of this.#desk.open()) {
      const [member] = openMembers(incident);
      if (this.#unshown.has(incident.id) && member !== undefined) this.#desk.change(member, incident.class === 'blind');
    }
    this.#unshown.clear();
  }
}
