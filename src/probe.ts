/**
 * THE CONTRACT between rollcall and a probe, and the only file under `src/` (besides `src/values/` and `src/probe-kit/`)
 * that `probes/` may import.
 *
 * A probe looks at resources of some kinds over one connection, many per call. It observes; it never compares, decides,
 * retries, schedules or pages. The rules that types cannot hold are held by `testProbe()` in `test/contract/`:
 * - the wanted list is the authority: each wanted id's facets at the asked depth are spoken for once, or the caller calls them blind;
 * - `unseen` rests on a complete listing by the asserted caller with a positive control; a refusal is `blind: denied`, never `unseen`;
 * - an answer that cannot be read is `blind: protocol`;
 * - when `signal` aborts, `collect` ends within 100 ms and the work on the watched side is ended too;
 * - no secret and no row contents in any report.
 */
import type * as z from 'zod';
import type { Agent, AuditReport, Reach } from './core/audit-report.ts';
import type { Check } from './core/expectation.ts';
import type { Discovery, DiscoveryDepth, Found } from './core/found.ts';
import type { Depth, Identity, Instant, Report } from './core/report.ts';
import type { Secret, SecretRef } from './values/secret.ts';

export type { Check } from './core/expectation.ts';
export type * from './core/audit-report.ts';
export type { Discovery, DiscoveryDepth, Found, Unexplored } from './core/found.ts';
export type * from './core/report.ts';

/** A complaint about raw input: where below the thing parsed, what is wrong and what would be right. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Either a value or every complaint at once; parsing never throws. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly Issue[] };

/** What a manifest entry of some kind compiles to. */
export interface Compiled<T> {
  readonly target: T;
  readonly identity: Identity;
  /** The key of the identity that names the vantage itself: `system_identifier`, `account`. */
  readonly vantageKey?: string;
  readonly tripwire?: boolean;
  readonly checks: readonly Check[];
}

export interface Kind<T = unknown> {
  /** The keys of a manifest entry beyond the common ones, `identity` and `expect` included: feeds validation and the JSON Schema. */
  readonly entry: z.ZodObject;
  /** Turns an entry already valid against `entry` into target and checks; complaints about combinations come from here. */
  compile(entry: unknown): Parsed<Compiled<T>>;
  /** What its loss would cost: data of its own (default), copies of other resources, or nothing that could be lost. */
  readonly holds?: 'data' | 'copies' | 'nothing';
  /**
   * Whether a resource of the roll is the thing found. Where absent: it is if each key of `found.entry` stands in the manifest with the same
   * value. For kinds of which several entries may mean one thing: patterns, aliases.
   */
  covers?(target: T, found: Found): boolean;
  /** Instead of `covers`, where the thing found lists in `aliases` each name by which an entry may mean it: the name by which this one does. */
  alias?(target: T): string;
  /** Wait between the first and the second look at an absence, for providers that are eventually consistent; ms. */
  readonly confirmAfterMs: number;
}

/** A right the watcher's credential needs, as `grants` prints it and `audit` compares it. */
export interface Right {
  readonly right: string;
  readonly on: string;
  readonly why: string;
}

/** One thing to run so that a credential may do what it must. */
export interface GrantStatement {
  /** Where it is run: a database, a host, an account. */
  readonly at: string;
  readonly run: string;
  readonly why: string;
}

/** What makes the least credential for a part of the roll, in the provider's own language. */
export interface Grants {
  readonly language: 'sql' | 'sh' | 'json';
  /** The role or account that gets it. */
  readonly role: string;
  readonly statements: readonly GrantStatement[];
  /** The same, fit to be read and to be fed to the provider's own tool; every name in it is quoted. */
  readonly script: string;
  /** What the statements hand over as documents, for whoever hands them over otherwise: policies for Terraform. */
  readonly documents?: readonly { readonly name: string; readonly document: unknown }[];
}

export interface Wanted<T> {
  readonly id: string;
  readonly kind: string;
  readonly target: T;
  readonly checks: readonly Check[];
}

export interface Look {
  readonly depth: Depth;
  /** `fresh`: on a new connection, past every cache, so that a second look is not the first one's echo. */
  readonly path: 'usual' | 'fresh';
  readonly signal: AbortSignal;
}

/** Something happened that makes a look due at once. Never a verdict. */
export interface Nudge {
  readonly ids: readonly string[];
  readonly why: string;
  /**
   * True where somebody else says so, who may be wrong or lie (a message of a queue): then the usual look is due, within every budget and
   * behind whatever is under way. Else the probe noticed it itself (its session ended), and a sweep on a fresh path is owed.
   */
  readonly told?: true;
}

/** What `hold` waits for is out of its reach, and why; null: it is heard. */
export interface Hearing {
  readonly deaf: string | null;
}

export interface Link<T = unknown> {
  /** One report at a time, or at once what one answer said of many: a thousand hand-overs cost more than a thousand comparisons. */
  collect(wanted: readonly Wanted<T>[], look: Look): AsyncIterable<Report | readonly Report[]>;
  /**
   * Held sessions, watches, queues. Called once with everything wanted over this link; for what of it something is held is the probe's to know,
   * and where that is nothing it ends at once. Ends when `signal` aborts; an error inside is the probe's to survive. It says nothing that a look
   * would not find by itself, later: what it misses costs time alone.
   */
  hold?(wanted: readonly Wanted<T>[], signal: AbortSignal): AsyncIterable<Nudge | Hearing>;
  /** True where what `hold` waits for can be out of reach without any look being blind: it then says how it hears, first of all. */
  readonly listens?: boolean;
  /**
   * What this credential can do beyond looking, what the agents could do to what is wanted, and where all of it is. Changes nothing; ends
   * when `signal` aborts. What cannot be found out is `unaudited`, never left out.
   */
  audit?(wanted: readonly Wanted<T>[], agents: readonly Agent[], signal: AbortSignal): AsyncIterable<AuditReport>;
  /**
   * What is there, on the roll or not, one thing at a time as it is listed, so that a listing of many pages is shown as it comes. `wanted`:
   * what of the roll is on this connection, for those who look near it. `names` is asked every hour by the daemon: let it cost little.
   * Changes nothing; ends when `signal` aborts. What cannot be listed or looked into is `unexplored`, never left out.
   */
  discover?(wanted: readonly Wanted<T>[], depth: DiscoveryDepth, signal: AbortSignal): AsyncIterable<Discovery>;
  close(): Promise<void>;
}

export interface ProbeContext {
  /** The connection's name in config.yaml, for evidence. */
  readonly connection: string;
  readonly clock: { now(): Instant; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  /** Reads a secret anew each time, so that a rotated credential is picked up by the next fresh connection. */
  readonly secret: (ref: SecretRef) => Promise<Secret>;
}

export interface GrantContext extends Pick<ProbeContext, 'connection' | 'secret'> {
  readonly role?: string | undefined;
  /** Those that this probe has a name for: an audit that is to look at them may need rights of its own. */
  readonly agents?: readonly Agent[];
  /** Also what a discovery of this depth takes. */
  readonly discovery?: DiscoveryDepth | undefined;
}

export interface Probe<C = unknown, T = unknown> {
  readonly name: string;
  readonly kinds: ReadonlyMap<string, Kind<T>>;
  /** Whether it looks through processes of its own: a confined daemon is let start some only then. */
  readonly spawns?: boolean;
  /** Whether it finds credentials by the chain of the AWS SDK, which reads files that no config names. */
  readonly chained?: boolean;
  /** The keys of a connection beyond `probe`; its output is what `open` receives. */
  readonly connection: z.ZodObject;
  /** Names of what `audit` may find of a credential: what a connection may be told to `accept`. */
  readonly strengths?: readonly [string, ...string[]];
  /** The keys by which an agent is named to this probe; its output is what `audit` receives. */
  readonly agent?: z.ZodObject;
  /** Equal keys within one connection: one endpoint and one credential, so one `collect()` serves them all. */
  batchKey(connection: C, target: T): string;
  /** How many resources may be inspected per minute over one batch key; undefined where inspections cost the provider nothing. */
  inspectionsPerMinute(connection: C): number | undefined;
  /** How long one look may take before what it has not said is blind; ms. */
  patience(connection: C, depth: Depth): number;
  /** `connection`: where it is known, with what that asks for beside what is wanted. */
  needs(wanted: readonly Wanted<T>[], connection?: C): readonly Right[];
  /** What else than time makes a look at it due, in words: `the end of the session that is held in it`; undefined where nothing does. */
  prompted?(connection: C, target: T): string | undefined;
  /** What a discovery takes beside what is on the roll: of everything else the listing. Absent where `needs` is all that it takes. */
  discovers?(connection: C, depth: DiscoveryDepth): readonly Right[];
  /**
   * What makes a credential of exactly `needs`; none where the provider knows nothing finer than what was given. `role`: whom to name
   * instead of the one that the connection names. Contacts nothing. @throws where the connection's own address cannot be read.
   */
  grants?(connection: C, wanted: readonly Wanted<T>[], context: GrantContext): Promise<Grants>;
  /**
   * What takes from an agent that `audit` found to reach too far what it could destroy, and a credential of the size of a task in its place;
   * none where the provider knows no such thing. Contacts nothing.
   */
  disarm?(connection: C, wanted: readonly Wanted<T>[], reach: AgentReach, context: GrantContext): Promise<Grants>;
  /** What a person is asked to set up a connection; absent where that takes more than a few questions. */
  readonly setup?: { readonly title: string; readonly questions: readonly Question[] };
  /** Entries for what another tool's file declares; empty where it is none of this probe's. Contacts nothing, and repeats no secret. */
  imports?(declared: Declared): readonly Imported[];
  open(connection: C, context: ProbeContext): Link<T>;
}

/** One thing that `init` asks of a person to set a connection up. */
export interface Question {
  /** Key of the connection's settings that gets the answer; what its schema refuses is asked again. */
  readonly key: string;
  readonly ask: string;
  /** `secret`: is kept in a file of its own, to which the setting refers. `list`: separated by commas. */
  readonly answer: 'text' | 'secret' | 'list';
  readonly example?: string;
  /** True where nothing may be answered: then the setting is left out. */
  readonly optional?: boolean;
}

export interface AgentReach {
  readonly agent: Agent;
  readonly reaches: readonly Reach[];
}

/**
 * One thing that a file of another tool declares: of Terraform's state an instance of a managed resource (`type`: `aws_db_instance`), of a
 * compose file a `service` or a `volume`, of Kubernetes manifests an object (`type`: its kind). Values that the file marks as sensitive are not in it.
 */
export interface Declared {
  readonly format: 'terraform' | 'compose' | 'kubernetes';
  readonly type: string;
  /** As its file calls it: `module.db.aws_db_instance.orders`, `db`, `prod/orders`. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What an import makes of a declared thing: an entry, with what people still have to fill in; or why none is made of it. */
export type Imported =
  | {
      readonly entry: Found;
      readonly todo: readonly string[];
      /** Settings that its connection has, where several of the probe are to be told apart: `{ account: '111122223333' }`. */
      readonly on?: Readonly<Record<string, unknown>>;
    }
  | { readonly skipped: string };

/** Erases a probe's own types for the registry. Safe because `open` and `compile` only ever meet values their own schemas produced. */
export function defineProbe<C, T>(probe: Probe<C, T>): Probe {
  return probe;
}
