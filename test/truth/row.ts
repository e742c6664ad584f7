import type { VerdictKind } from '../../src/core/outcome.ts';
import type { PostgresVersion, TestPostgres } from '../support/postgres.ts';

/** What a row's operations work on. */
export interface Scene {
  /** The server that is watched: shared with other rows, or the row's own. */
  readonly server: TestPostgres;
  /** The watched database, filled with `orders`. */
  readonly database: string;
  /** As superuser in the watched database, or in the one named. Several statements are one transaction. */
  readonly run: (sql: string, database?: string) => Promise<Record<string, unknown>[]>;
  /** Where the watcher is told that the server is, from now on. */
  readonly pointAt: (url: string) => void;
  /** Ends something with the row, the last first. */
  readonly defer: (release: () => Promise<unknown>) => void;
}

/** The page that must come. */
export interface Paged {
  readonly verdict: VerdictKind;
  /** `kind path` of every breach, in any order. */
  readonly breaches?: readonly string[];
  /** The latest second, after the operation returned, at which it must have been accepted. */
  readonly within: number;
  /** What may truthfully be paged while the operation is still half done. */
  readonly meanwhile?: readonly VerdictKind[];
}

/** One operation of the truth table. */
export interface Row {
  readonly name: string;
  /** `own`: the operation concerns the whole server. `shared` is the default. */
  readonly server?: 'shared' | 'own';
  /** Where it cannot be played on every version: why, and on which it can. */
  readonly only?: { readonly versions: readonly PostgresVersion[]; readonly why: string };
  /** `name=value` of the row's own server. */
  readonly settings?: readonly string[];
  /** The manifest's `inspect`, ms, where it must be rarer than usual. */
  readonly inspect?: number;
  /** The manifest's `expect` of the database. */
  readonly expect: object;
  /** Before the watch begins; what it makes can be kept for `act` by closing over it. */
  readonly play: (scene: Scene) => Promise<Play> | Play;
  /** The page that must come, or `nothing` where any page is wrong. */
  readonly paged: Paged | 'nothing';
}

/** What is done once the watch has seen everything in order. */
export type Play = () => Promise<unknown>;
