import { toWanted } from './batch.ts';
import type { Plan } from './plan.ts';

type Nudged = (ids: readonly string[], group: string) => void;

/** The sessions that are held for the plan now standing. */
export class Holding {
  readonly #nudged: Nudged;
  #over = new AbortController();
  #isStopped = false;

  constructor(nudged: Nudged) {
    this.#nudged = nudged;
  }

  /** Lets go of those of the plan before; each promise ends when this one's do. */
  begin(plan: Plan): Promise<void>[] {
    this.end();
    // Nobody would let go of these again, and the end would wait for them for ever.
    if (this.#isStopped) return [];
    this.#over = new AbortController();
    return holdSessions(plan, this.#over.signal, this.#nudged);
  }

  end(): void {
    this.#over.abort();
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true;
    this.end();
  }
}

/**
 * Starts the held sessions of every group that has a resource with a tripwire; each promise ends when `signal` aborts.
 * Whatever a session notices only makes a look due (`nudged`); it is never a verdict.
 */
function holdSessions(plan: Plan, signal: AbortSignal, nudged: Nudged): Promise<void>[] {
  return [...plan.groups.values()].flatMap(({ name, link }) => {
    const wanted = plan.resources.filter(({ id, tripwire }) => tripwire && plan.groupOf.get(id) === name).map(toWanted);
    if (wanted.length === 0 || !link.hold) return [];
    const nudges = link.hold(wanted, signal);
    return [
      (async () => {
        for await (const { ids } of nudges) nudged(ids, name);
      })(),
    ];
  });
}
