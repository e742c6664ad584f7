/**
 * THE SEAM for a new kind. A kind is a folder under `kinds/`: `entry.ts` (what the manifest says of it, compiled; loads no SDK) and `look.ts`
 * (how it is listed, asked for by name, read and inspected; imported when a manifest has such a resource). Everything else, paging, pace,
 * timeouts, proof of absence, blindness, is the engine's (`sweep.ts`, `inspection.ts`), once for all kinds.
 */
import type * as z from 'zod';
import type { Compiled, DiscoveryDepth, Doom, Facet, Found, Identity, Kind, Measure, Parsed, Right } from '../../src/probe.ts';
import type { Vantage } from './vantage.ts';

/** What every target has; a kind adds its own. */
export interface AwsTarget {
  /** As the manifest says it, `aws.ebs.volume`: the key of the registry. */
  readonly kind: string;
  /** Undefined: the connection's own. */
  readonly region: string | undefined;
  /** What it is looked for by: one of the keys that `Looker.keys` gives for what is listed. */
  readonly key: string;
  /** Whose listing it is in, where there is one for each (a bucket, a vault); undefined where the listing is the region's. */
  readonly scope?: string;
  /** What it is by any name (a DbiResourceId), where the manifest pins it: an absence then says by what name it is there. */
  readonly pinned?: string;
}

export interface AwsKind<T extends AwsTarget = AwsTarget> {
  readonly name: string;
  readonly entry: z.ZodObject;
  compile(entry: unknown): Parsed<Compiled<T>>;
  readonly holds?: Kind['holds'];
  /** How long the API may contradict itself; ms. */
  readonly confirmAfterMs: number;
  /** The call that lists it, `rds:DescribeDBInstances`: kinds and entries of one listing, region and scope share it. */
  readonly listing: string;
  /** Where scopes are a few and everywhere the same (snapshots of instances, of clusters): the call of each. A discovery reads them all. */
  readonly listings?: Readonly<Record<string, string>>;
  /** Of sets that are listed only within something else: the call that lists what they are in. A discovery begins with it. */
  readonly explored?: string;
  /** True where a discovery looks for them only to make proposals: they are not listed by name for less. */
  readonly proposedOnly?: boolean;
  /** What of the kind a discovery takes, by its depth; actions on everything. */
  readonly discovers: (depth: DiscoveryDepth) => readonly Right[];
  /** Whether a target is the thing found, where no name of it says so. */
  covers?(target: T, found: Found): boolean;
  /** True where the listing speaks for all regions at once (buckets). */
  readonly global?: boolean;
  /** True where it can be looked at in a store without STS. */
  readonly withoutSts?: boolean;
  /** How an event of its service speaks of it: it makes a look due, and is never a verdict. */
  readonly heard: Heard<T>;
  /** IAM actions, each with what it is needed on; `sts:GetCallerIdentity` needs no right. `region` is never undefined here. */
  rights(target: T & { readonly region: string }, inspected: boolean): readonly Right[];
  load(): Promise<AnyLooker>;
}

interface Heard<T extends AwsTarget> {
  /** Its service as CloudTrail's `eventSource` has it (`rds`, before `.amazonaws.com`), and as its own events do where that is another. */
  readonly services: readonly string[];
  /** Each name, id or ARN by which an event may be about this one. */
  names(target: T): readonly string[];
  /** Calls and events that name a member of it and not itself (one snapshot of a set): they are about all of the kind in their region. */
  readonly members?: RegExp;
}

/** What was read of one thing, or of one set, in one look. */
export interface Reading {
  readonly pin: Identity;
  readonly measures: Readonly<Record<string, Measure>>;
  readonly doom?: Doom;
  /** Listed although there is nothing left (an EBS volume in state `deleted`): as if it were not in the listing. */
  readonly gone?: boolean;
  /** One sentence for the evidence: ids, states, dates. Cleaned and bounded by the engine. */
  readonly say: string;
  /** True where the members of a set disagree about whose they are: a part of them does not say which counts. */
  readonly mixed?: boolean;
  /** Facets that this reading cannot speak for, and why. */
  readonly blind?: readonly {
    readonly facets: readonly Facet[];
    readonly reason: 'denied' | 'partial-answer' | 'protocol';
    readonly say: string;
  }[];
}

/** A second listing by the same caller that cannot be empty, for where the first honestly is. */
export interface Second {
  /** `rds:DescribeDBParameterGroups`. */
  readonly call: string;
  /** How many things it shows; asked for at most one page. `scope` is the listing's. */
  count(vantage: Vantage, scope: string | undefined): Promise<number>;
}

/** One question of an inspection, and the facets that its answer speaks for. What it throws makes these blind, and no others. */
export interface Step {
  readonly facets: readonly Facet[];
  /** The call, for the evidence. */
  readonly call: string;
  ask(): Promise<{ readonly measures: Readonly<Record<string, Measure>>; readonly say: string }>;
}

/** What a discovery proposes; the kind, its region and its aliases are the engine's to add. Texts are from outside: not cleaned. */
export type Proposal = Omit<Found, 'kind' | 'of' | 'aliases'>;

/** What `explore` finds: of the region that it was asked in, or of another; what it was not let into; how far it has got, since nothing found is no silence. */
export type Explored =
  | {
      readonly is: 'set';
      readonly keys: readonly string[];
      readonly proposal: Proposal;
      readonly region?: string;
      readonly aliases?: readonly string[];
    }
  | { readonly is: 'progress'; readonly done: number; readonly what: string }
  | { readonly is: 'closed'; readonly on: string; readonly error: unknown };

interface LookerBase<Item, T extends AwsTarget> {
  /** One page after another, as they come; the engine stops asking where one throws. Every call goes through `vantage.ask`. */
  list(vantage: Vantage, scope: string | undefined): AsyncIterable<readonly Item[]>;
  /** What it may be wanted by: ids, names. */
  keys(item: Item): readonly string[];
  /** The account that the item itself says it belongs to; undefined where it does not say. Another than the asserted one ends the look. */
  account?(item: Item): string | undefined;
  readonly second: Second;
  /** Keys of what is listed and nobody's to put on a roll (what AWS's own services manage), for a discovery. */
  readonly leaves?: {
    /** `kms:ListAliases`. Where it is refused, what is listed cannot be told apart, and nothing of it is said. */
    readonly call: string;
    keys(vantage: Vantage): Promise<ReadonlySet<string>>;
  };
  /** What is inspected of it beyond the listing. */
  steps?(vantage: Vantage, target: T): readonly Step[];
}

/** Of things that are wanted one by one. `Detail` is what `direct` answers: the same as what is listed, where the listing shows all. */
export interface OneLooker<Item, T extends AwsTarget = AwsTarget, Detail = Item> extends LookerBase<Item, T> {
  readonly of: 'one';
  /** True where the listing gives only names: whatever is listed and wanted is then read from `direct`. */
  readonly namesOnly?: boolean;
  /** The call by name, `rds:DescribeDBInstances`, and the codes by which it says that there is no such thing. */
  readonly directCall: string;
  readonly notFound: readonly string[];
  /** Throws what the API throws, the codes of `notFound` included; undefined where it answered with an empty list. */
  direct(vantage: Vantage, target: T): Promise<Detail | undefined>;
  read(item: Detail, target: T, now: number, account: string): Reading;
  /** What a discovery makes of it; `detail` is undefined where only names are asked for and the listing has no more. */
  found?(item: Item, detail: Detail | undefined, account: string): Proposal | undefined;
  /** What `pinned` of a target is compared with. */
  id?(item: Item): string | undefined;
}

/** Of sets: everything in the listing that has the target's key, read at once when the listing has been read to its end. */
export interface SetLooker<Item, T extends AwsTarget = AwsTarget> extends LookerBase<Item, T> {
  readonly of: 'set';
  /** What a discovery makes of everything that has this key. `now` in ms since 1970. */
  found?(key: string, items: readonly Item[], account: string, now: number): Proposal | undefined;
  /** Instead of `found`, of sets that are listed only within something else. */
  explore?(vantage: Vantage, exploration: { readonly depth: DiscoveryDepth; readonly home: boolean }): AsyncIterable<Explored>;
  /**
   * Not called for an empty set, which is absent. Where a listing broke off, `items` is what was seen of the set: of that, the pin alone is
   * believed.
   */
  read(items: readonly Item[], target: T, now: number, account: string): Reading;
  /** Asks for one set alone, where its listing shows nothing of it: what is then shown is there, and the listing was behind. */
  readonly narrow?: {
    /** `rds:DescribeDBSnapshots by instance`, and the codes by which it says that there is no such thing. */
    readonly call: string;
    readonly notFound: readonly string[];
    /** Throws what the API throws. */
    ask(vantage: Vantage, target: T): Promise<readonly Item[]>;
  };
  /**
   * Asked where nothing of the set is listed: what is only hidden and can be brought back (objects under delete markers), with its `doom`.
   * What it throws changes nothing: the listing has proven that nothing is there.
   */
  hidden?(vantage: Vantage, target: T, now: number): Promise<Reading | undefined>;
}

/** The call that lists what is in `scope`. */
export function listingOf({ listing, listings }: Pick<AwsKind, 'listing' | 'listings'>, scope: string | undefined): string {
  return (scope === undefined ? undefined : listings?.[scope]) ?? listing;
}

/** The call with which a discovery of this depth begins; undefined where it leaves the kind alone. */
export function exploredBy({ listing, explored, proposedOnly }: AwsKind, depth: DiscoveryDepth): string | undefined {
  return proposedOnly === true && depth === 'names' ? undefined : (explored ?? listing);
}

/** A kind as the engine knows it: its items and targets are its own affair, and only meet what its own `list` and `compile` made. */
export type AnyOneLooker = OneLooker<unknown>;
export type AnySetLooker = SetLooker<unknown>;
export type AnyLooker = AnyOneLooker | AnySetLooker;

/** Erases a kind's own types for the registry. */
export function defineKind<T extends AwsTarget>(kind: AwsKind<T>): AwsKind {
  return kind;
}

/** Erases a looker's own types for the engine. */
export function defineOne<Item, T extends AwsTarget, Detail = Item>(looker: OneLooker<Item, T, Detail>): AnyOneLooker {
  return looker;
}

/** Erases a looker's own types for the engine. */
export function defineSet<Item, T extends AwsTarget>(looker: SetLooker<Item, T>): AnySetLooker {
  return looker;
}
