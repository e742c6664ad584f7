import type { Io } from '../commands/io.ts';

/** What a command needs of the process. */
export interface Running {
  readonly io: Io;
  readonly config: () => string | undefined;
  readonly exit: (code: number) => void;
}
