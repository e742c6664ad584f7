import { toWanted } from './batch.ts';
import type { Plan } from './plan.ts';

/**
 * Starts the held sessions of every group that has a resource with a tripwire; each promise ends when `signal` aborts.
 * Whatever a session notices only makes a look due (`nudged`); it is never a verdict.
 */
export function holdSessions(plan: Plan, signal: AbortSignal, nudged: (ids: readonly string[], group: string) => void): Promise<void>[] {
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
