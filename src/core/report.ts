/**
 * The vocabulary of a probe: what one look at a provider may say. A probe says what it saw, never what it means;
 * comparing it with what is wanted is `verdict.ts`.
 */

/** `wall` is for people and files (ms since 1970); `steady` is for arithmetic: it never runs backwards, across restarts too. */
export interface Instant {
  readonly wall: number;
  readonly steady: number;
}

export type FacetClass = 'presence' | 'identity' | 'content' | 'freshness' | 'protection' | 'precursor';

/** One thing judged of a resource. Where a class has several, each is named: `content/tables.public.orders`. */
export type Facet = 'presence' | 'identity' | `${Exclude<FacetClass, 'presence' | 'identity'>}/${string}`;

/** Cheap and frequent, everything behind one connection at once; or dear and rare, some of it. */
export type Depth = 'sweep' | 'inspect';

export type BlindReason =
  | 'timeout'
  | 'unreachable'
  | 'denied'
  | 'throttled'
  | 'partial-answer'
  | 'wrong-caller'
  | 'stale-vantage'
  | 'protocol'
  | 'omitted'
  | 'threw';

/** What makes a resource this one and not another of the same name, as named strings: `{ system_identifier, oid }`. */
export type Identity = Readonly<Record<string, string>>;

/** How something was learned. `excerpt` is cleaned and bounded (`values/text.ts`) and never holds a secret or a row's contents. */
export interface Evidence {
  readonly method: string;
  readonly vantage: string;
  readonly at: Instant;
  readonly excerpt: string;
}

/** What else the same listing showed, so that an absence in it means something. */
export type Control =
  | { readonly by: 'builtin' | 'sibling' | 'declared'; readonly what: string }
  | { readonly by: 'typed-not-found'; readonly call: string; readonly code: string };

/** One complete or broken-off enumeration by an asserted caller. Held once a round, not once a resource. */
export interface Listing {
  readonly scope: string;
  readonly caller: Identity;
  readonly pages: number;
  readonly complete: boolean;
  readonly control?: Control;
  /** How many things were listed that nobody asked for. */
  readonly strangers: number;
  readonly evidence: Evidence;
}

/** The only listing an absence may rest on: read to its last page, with a positive control in it. */
export type WholeListing = Listing & { readonly complete: true; readonly control: Control };

export type Unit = 'rows' | 'bytes' | 'count' | 'ms' | 'flag' | 'text';

/** `epoch` names the span in which a counter only rises (statistics reset plus server start): another epoch, another counter. */
export interface Measure {
  readonly value: number | string;
  readonly unit: Unit;
  readonly how: 'exact' | 'estimate' | 'counter';
  readonly epoch?: string;
}

/**
 * Marked for deletion and still undoable, until `undoBefore` (ms since 1970) where the provider says; `undo` is the very call or link that
 * undoes it, for a person to make.
 */
export interface Doom {
  readonly what: string;
  readonly undo?: string;
  readonly undoBefore?: number;
}

export interface Seen {
  readonly kind: 'seen';
  readonly id: string;
  readonly pin: Identity;
  /** The facets this look speaks for; it says nothing about any other. */
  readonly looked: readonly Facet[];
  readonly measures: Readonly<Record<string, Measure>>;
  readonly doom?: Doom;
  readonly evidence: Evidence;
}

/** Not there. Does not compile without the proof. */
export interface Unseen {
  readonly kind: 'unseen';
  readonly id: string;
  readonly listing: WholeListing;
  readonly direct?: Evidence;
}

/** Could not look at these facets. */
export interface Blind {
  readonly kind: 'blind';
  readonly id: string;
  readonly facets: readonly Facet[];
  readonly reason: BlindReason;
  readonly evidence: Evidence;
}

/** One resource may get several reports in one look, as long as no two speak for the same facet. */
export type Report = { readonly kind: 'listing'; readonly listing: Listing } | Seen | Unseen | Blind;
export type ResourceReport = Exclude<Report, { kind: 'listing' }>;
