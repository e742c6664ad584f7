import type { Severity } from './expectation.ts';
import type { BlindReason } from './report.ts';

/** The vocabulary of an audit: what a probe may say of what credentials can do. Like a look it says what it saw; what that means is judged elsewhere. */

/** Something that the watcher's own credential can do beyond looking. */
export interface Strong {
  readonly kind: 'strong';
  /** One of the probe's `strengths`: what a connection may be told to accept. */
  readonly right: string;
  /** On what: `the server`, `DATABASE "orders"`. */
  readonly on: string;
  readonly severity: Severity;
  readonly what: string;
  /** What takes it away, to be read and run; nothing where the provider has no such thing. */
  readonly fix: readonly string[];
}

/** Something that an agent could do to what is watched. */
export interface Reach {
  readonly kind: 'reach';
  /** Name of the agent in config.yaml. */
  readonly agent: string;
  /** As whom: `role app_agent on orders-pg`. */
  readonly as: string;
  /** Ids of the resources that it could destroy by this. */
  readonly ids: readonly string[];
  readonly right: string;
  readonly what: string;
  /** Where `fix` is run: a database, a host; anywhere at the provider where absent. */
  readonly at?: string;
  readonly fix: readonly string[];
}

/** Something that the watcher has in common with an agent. */
export interface Shared {
  readonly kind: 'shared';
  readonly agent: string;
  readonly what: string;
  readonly fix: readonly string[];
}

/**
 * What takes everything in it with it when it goes, or when somebody has it in hand: a host, a server, a file system, an account. A region says how far
 * apart two things are; nobody has one in hand.
 */
export interface Plane {
  readonly kind: 'account' | 'host' | 'server' | 'filesystem' | 'region';
  readonly name: string;
}

/** Where resources are, as the provider tells and not as the manifest says. */
export interface Placed {
  readonly kind: 'placed';
  readonly ids: readonly string[];
  readonly plane: Plane;
}

/** Could not be audited. */
export interface Unaudited {
  readonly kind: 'unaudited';
  readonly on: string;
  readonly reason: BlindReason;
  readonly say: string;
}

export type AuditReport = Strong | Reach | Shared | Placed | Unaudited;

/** An identity that the watcher is told of, in the words of one probe. */
export interface Agent {
  readonly name: string;
  /** What the probe's own `agent` schema put out. */
  readonly is: unknown;
}
