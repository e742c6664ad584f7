import type { EXIT } from '../core/exit.ts';

/** What each exit code says, for the manual and the reference. */
export const EXIT_WORDS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'everything on the roll is present and whole; of other commands: done',
  warning: 'warnings only',
  critical:
    'something critical: absent, another one under its name, marked for deletion, shrunk; of `ledger verify`: not as it was written',
  unknown: 'unknown: could not look, or nothing was compared',
  usage: 'wrong usage; an id that is not on the roll',
  software: 'our own bug',
  config: 'wrong config or manifest, or a state folder that cannot be used',
};
