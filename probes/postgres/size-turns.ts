import type { Wanted } from '../../src/probe.ts';
import { ACTIVITY, sweptFacets, type DatabaseTarget } from './target.ts';

/** Whose size a sweep asks for: one database a sweep, in turn, of those that are inspected where it falls. */
export class SizeTurns {
  /** Names whose size could not be had: not asked for again over this link. */
  readonly #given = new Set<string>();
  #turn = 0;

  next(wanted: readonly Wanted<DatabaseTarget>[]): string[] {
    // The next one that counts, and no further: a sweep of a thousand databases must not go through all of them for this.
    for (let tried = 0; tried < wanted.length; tried++) {
      const { target } = wanted[this.#turn++ % wanted.length] ?? {};
      if (target && !this.#given.has(target.name) && sweptFacets(target).includes(ACTIVITY)) return [target.name];
    }
    return [];
  }

  giveUp(names: readonly string[]): void {
    for (const name of names) this.#given.add(name);
  }
}
