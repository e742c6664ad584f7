import type { Discovery } from '../../src/probe.ts';

/** One folder, or the mount table, to be looked through, as it is sent to the child process. */
export interface DiscoveryJob {
  /** Names the job to the crew: a folder that hangs is asked by one process at a time. */
  readonly id: string;
  readonly explore: 'folder' | 'mounts';
  readonly path: string;
  /** Now, in ms since 1970. */
  readonly now: number;
  readonly proposals: boolean;
}

export interface DiscoveryAnswer {
  readonly said: readonly Discovery[];
  /** Folders in it, still to be looked through. */
  readonly folders: readonly string[];
}
