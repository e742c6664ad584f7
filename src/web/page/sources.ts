import type { LedgerEntry } from '../../core/chain.ts';
import type { Incident } from '../../core/incident.ts';
import type { Measured } from '../../core/measured.ts';
import type { Survey } from '../../core/survey.ts';

/** An entry of the ledger, in its place. */
export type Entry = LedgerEntry & { readonly seq: number };

/** What the last audit round came to. One object until the next has ended. */
export interface Surveyed extends Survey {
  /** ISO 8601. */
  readonly at: string;
}

/** A head of the ledger that somebody else cosigned. */
export interface Cosigned {
  readonly witness: string;
  /** `at`: seconds since 1970. */
  readonly head: { readonly size: number; readonly at: number };
}

/** Where the pages have what the status does not tell. None of it rejects: what cannot be read is not shown. */
export interface PageSources {
  /** The latest entries about a resource or an incident, oldest first. */
  story(about: string, limit: number): Promise<readonly Entry[]>;
  measured(id: string): Promise<readonly Measured[]>;
  /** Incidents, open and closed, the newest first. */
  history(limit: number): Promise<readonly Incident[]>;
  /** Undefined before the first audit has ended. */
  survey(): Surveyed | undefined;
  cosigned(): readonly Cosigned[];
}

const NONE: PageSources = {
  story: async () => [],
  measured: async () => [],
  history: async () => [],
  survey: () => undefined,
  cosigned: () => [],
};

/** All of them: what is not given, or cannot be read, has nothing to tell. A store that fails is paged already. */
export function wholeSources(given: Partial<PageSources>): PageSources {
  const { story, measured, history } = { ...NONE, ...given };
  return {
    ...NONE,
    ...given,
    story: (about, limit) => story(about, limit).catch(() => []),
    measured: (id) => measured(id).catch(() => []),
    history: (limit) => history(limit).catch(() => []),
  };
}
