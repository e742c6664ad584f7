/** A place where things of one kind can be made to happen: an emulator, or the stub where there is none that can. */
export interface World extends AsyncDisposable {
  /** Of a connection that may look; its account is the one that holds the things. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** Things that are there at first, named `a`, `b` and so on; there are three at least. */
  readonly names: readonly string[];
  /** True where each name is a set: a part of it on a first page shows that it is there, and not that it is whole. */
  readonly areSets?: boolean;
  /** The manifest's own keys for one of them, with what is expected of it: `expect` is given by tests. */
  entry(name: string, expect?: object): object;
  destroy(name: string): Promise<void>;
  destroyAll(): Promise<void>;
  /** What happens only where it can be made: a kind's list of what it cannot is in `gaps.ts`. */
  readonly can: {
    /** Deletes it and makes another under its name. */
    recreate?(name: string): Promise<void>;
    /** Marks it for deletion. */
    doom?(name: string): Promise<void>;
    /** Weakens one protection that it has at first; resolves with the facet. */
    weaken?(name: string): Promise<string>;
    /** From now on everything but the caller's own identity is refused. */
    deny?(): Promise<void>;
    /** From now on the second page of the listing is throttled; resolves with the names on the first. */
    throttleSecondPage?(): Promise<readonly string[]>;
    /** A connection whose credentials are those of another account, which has things of the same names. */
    elsewhere?(): Promise<Readonly<Record<string, unknown>>>;
    /** From now on the listing does not show it, though it is there by name. */
    hide?(name: string): Promise<void>;
    /** From now on the listing shows everything again. */
    show?(): Promise<void>;
    /** From now on the calls of the listing are taken and never answered: all of them, or those of the second page. */
    hang?(from: 'first page' | 'second page'): Promise<void>;
  };
}

/** What a kind can be made to go through, and where. */
export interface KindWorlds {
  readonly stub: () => Promise<World>;
  /** `endpoint`: of moto's server. Each world gets an account of its own. */
  readonly emulator?: (endpoint: string) => Promise<World>;
}

export type Happening = keyof World['can'];
