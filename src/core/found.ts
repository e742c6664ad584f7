import type { Severity } from './expectation.ts';
import type { BlindReason, Identity } from './report.ts';

/** The vocabulary of a discovery: what a probe may say of what is there, whether or not it is on the roll. Plain data. */

/** One thing that is there. What it proposes is for people to judge: nothing of it is watched by having been found. */
export interface Found {
  readonly kind: 'found';
  /** The kind that it would be on the roll. */
  readonly of: string;
  /** What people call it; unique among what this connection has of the kind: a database's name, a path, an ARN. From outside: not cleaned. */
  readonly label: string;
  /** What to make an id of; whoever makes it sees to its form and that no other has it. */
  readonly name: string;
  /** The kind's own keys that say which one it is, in the form of the manifest: `{ name: orders }`. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** What makes it this one; empty where that cannot be told. */
  readonly pin: Identity;
  /** Proposed expectations, in the form of the manifest. */
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly severity?: Severity;
  /** Proposed cadences, in the form of the manifest. */
  readonly sweep?: string;
  readonly inspect?: string;
  /** What was seen, for the comment above the entry: sizes, counts, ages, and why something is not proposed. */
  readonly facts?: readonly string[];
  /** Comments on proposed keys, by their path in the entry (`notePath`). */
  readonly notes?: ReadonlyMap<string, string>;
  /** Other names by which an entry of the roll may mean it, for the kind's `covers` or `alias`. */
  readonly aliases?: readonly string[];
  /** The listing that showed it, by the `on` of its `Listed`: what a listing shows the first time that it may be made is no news. */
  readonly listing?: string;
}

/** What could not be looked into: never left out, so that a short list is not taken for a whole one. */
export interface Unexplored {
  readonly kind: 'unexplored';
  /** On what: `the server`, `database orders`, a folder. */
  readonly on: string;
  readonly reason: BlindReason;
  readonly say: string;
  /** True where something may be there that was not listed; false where all was listed, and one could not be looked into. */
  readonly hides: boolean;
  /**
   * The kind of what it would have shown, where this credential may not make the listing `on` at all and nothing on the roll needs it: a credential
   * of the least rights is refused most of them. `hides` is then true.
   */
  readonly beyond?: string;
}

/** A listing that was read to its end. Said by probes whose credential may be let into some and not into others. */
export interface Listed {
  readonly kind: 'listed';
  /** Unique within the connection, and the same at every look: `rds:DescribeDBInstances in eu-west-1`. */
  readonly on: string;
}

/** How far it has got; `of` where the end is known. */
export interface Progress {
  readonly kind: 'progress';
  readonly done: number;
  readonly of?: number;
  readonly what: string;
}

export type Discovery = Found | Listed | Unexplored | Progress;

/** `names`: only what is there, as cheaply as can be. `proposals`: with sizes and expectations. */
export type DiscoveryDepth = 'names' | 'proposals';
