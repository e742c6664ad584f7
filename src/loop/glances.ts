import type { Resource } from '../core/expectation.ts';
import { glanceAt, looksAlike, type Glance } from '../core/glance.ts';
import type { ResourceState } from '../core/state.ts';

interface Known {
  readonly facets: ResourceState['facets'];
  readonly glance: Glance;
}

/** Keeps how each resource stands until its facets do otherwise. One object as long as a reader would see no difference. */
export class Glances {
  readonly #known = new Map<string, Known>();

  /** What moved from `before` to `now` is nothing that a glance shows: it need not be taken anew. */
  still(id: string, before: ResourceState | undefined, now: ResourceState | undefined): void {
    const known = this.#known.get(id);
    if (known && now && known.facets === before?.facets) this.#known.set(id, { ...known, facets: now.facets });
  }

  of(resource: Resource, state: ResourceState): Glance {
    const known = this.#known.get(resource.id);
    if (known?.facets === state.facets) return known.glance;
    const now = glanceAt(resource, state);
    const glance = known && looksAlike(known.glance, now) ? known.glance : now;
    this.#known.set(resource.id, { facets: state.facets, glance });
    return glance;
  }
}
