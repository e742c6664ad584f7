import type { Readable, Writable } from 'node:stream';

/** What a command may know of the process it runs in; only `cli.ts` has the process itself. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The result: for machines and pipes. */
  readonly out: (text: string) => void;
  /** For people. */
  readonly err: (text: string) => void;
  /** Colours and progress only where true. */
  readonly isTerminal: boolean;
  /** Whether `err` is a terminal, where a line may be written over. */
  readonly showsProgress: boolean;
  /** Where questions are asked with arrows and masks; undefined where nobody sits at a terminal. */
  readonly terminal?: { readonly input: Readable; readonly output: Writable } | undefined;
  /** What a person types as the answer; undefined where nobody sits at a terminal. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** The standard input as it comes; ended when the process is told to end. */
  readonly input: () => AsyncIterable<Buffer>;
  /** The first line of the standard input. */
  readonly readLine: () => Promise<string | undefined>;
  /** Aborts when the process is told to end (SIGINT, SIGTERM). */
  readonly signal: AbortSignal;
  /** Calls back at every SIGHUP. */
  readonly onHangup: (reload: () => void) => void;
  /** Ids of the process, for what must not run as root. */
  readonly uid: number | undefined;
  readonly pid: number;
  /** CLOCK_MONOTONIC in microseconds, as systemd counts. */
  readonly monotonicUsec: () => bigint;
  /** Node's own flags, as this process was started with them. */
  readonly flags: readonly string[];
  /** Whether this Node has a flag. */
  readonly knows: (flag: string) => boolean;
  /** Starts over in this very process, with further flags of Node; undefined where that cannot be, or Node's permission model is on already. */
  readonly become: ((flags: readonly string[]) => void) | undefined;
}
