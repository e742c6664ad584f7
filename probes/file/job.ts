import type { Agent, Depth, Facet, Identity, Instant, Report } from '../../src/probe.ts';

/** A folder that must be there, with what must be in it. `path` is absolute. */
export interface VolumeTarget {
  readonly is: 'volume';
  readonly path: string;
  /** The pins that the manifest states: they also say which device or server to look for where nothing is mounted. */
  readonly identity: Identity;
  /** True where `path` must be a mount point. */
  readonly mounted: boolean;
  /** Paths relative to `path`. */
  readonly contains: readonly string[];
  readonly sentinels: readonly string[];
}

/** A set of backup files. */
export interface BackupsTarget {
  readonly is: 'backups';
  /** Absolute, with `*`, `?` and `[a-z]` in any part after the first. */
  readonly pattern: string;
  readonly identity: Identity;
  /** How many whole backups an inspection looks for, newest first. */
  readonly wholeWanted: number;
  /** True where the manifest says `complete: true`: then a format that cannot be judged is blindness instead of nothing. */
  readonly strict: boolean;
}

export type FileTarget = VolumeTarget | BackupsTarget;

/** The mount that an earlier look found under a target: so that its absence is known for what it is. Plain data, no trust in it. */
export interface KnownMount {
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  /** `major:minor`, as the kernel names the device. */
  readonly device: string;
}

/** One look at one target, as it is sent to the child process. */
export interface Job {
  readonly id: string;
  readonly target: FileTarget;
  readonly depth: Depth;
  /** The facets that this depth must answer for. */
  readonly facets: readonly Facet[];
  readonly at: Instant;
  readonly vantage: string;
  readonly caller: Identity;
  readonly known?: KnownMount;
}

export interface Answer {
  readonly reports: readonly Report[];
  readonly mount?: KnownMount;
}

/** A question of what accounts could do to one target, as it is sent to the child process. */
export interface AuditJob {
  readonly id: string;
  readonly target: FileTarget;
  readonly agents: readonly Agent[];
}
