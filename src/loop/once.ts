import type { PrintedResource } from '../core/page.ts';
import type { Depth, Identity, Instant } from '../core/report.ts';
import type { Clock, ResourceRecord } from '../ports.ts';
import { wantedIdentity } from '../core/verdict.ts';
import { runBatch } from './batch.ts';
import type { Plan } from './plan.ts';
import { Roll } from './roll.ts';

/** Looks at one depth before a flapping answer is taken as it stands: more than any confirmation takes. */
const MOST_LOOKS = 12;
const AT_ONCE = 8;

interface Turn {
  readonly depth: Depth;
  readonly path: 'usual' | 'fresh';
  readonly ids: readonly string[];
}

/**
 * One round without the daemon: everything named is swept, then inspected, each suspicion followed up on a fresh path until it is
 * confirmed or gone, as the daemon would. Nothing is written down and nobody is paged. `known` is what a store remembers.
 */
export async function rollOnce(
  plan: Plan,
  ids: readonly string[],
  known: ReadonlyMap<string, ResourceRecord>,
  clock: Clock,
  signal: AbortSignal,
): Promise<PrintedResource[]> {
  const wanted = new Set(ids);
  const resources = plan.resources.filter((resource) => wanted.has(resource.id));
  const roll = new Roll(resources, forget(known), clock.now(), 0, false);
  await rounds(plan, roll, { depth: 'sweep', path: 'usual', ids }, clock, signal);
  const inspectable = resources.filter(({ id, checks }) => !roll.isUninspectable(id) && checks.some((check) => check.depth === 'inspect'));
  await rounds(plan, roll, { depth: 'inspect', path: 'usual', ids: inspectable.map(({ id }) => id) }, clock, signal);
  return resources.flatMap(({ id }) => roll.print(id) ?? []);
}

/** What one look found of a resource's identity, and what that means. */
export interface Identified {
  readonly printed: PrintedResource;
  /** As it was seen now and judged to be the right one; undefined where it was not. */
  readonly pin: Identity | undefined;
}

/** The identities of everything named as a sweep sees them, suspicions followed up as in `rollOnce`. What is inside is not looked at. */
export async function identifyOnce(
  plan: Plan,
  ids: readonly string[],
  known: ReadonlyMap<string, ResourceRecord>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Identified[]> {
  const wanted = new Set(ids);
  const resources = plan.resources.filter((resource) => wanted.has(resource.id));
  const roll = new Roll(resources, forget(known), clock.now(), 0, false);
  await rounds(plan, roll, { depth: 'sweep', path: 'usual', ids }, clock, signal);
  return resources.flatMap((resource) => {
    const [printed, record] = [roll.print(resource.id), roll.record(resource.id)];
    if (!printed || !record) return [];
    const lost = ['absent', 'impostor', 'doomed'].includes(printed.verdict);
    const unseen = printed.skipped.some(({ facet }) => facet === 'presence' || facet === 'identity');
    return [{ printed, pin: lost || unseen ? undefined : wantedIdentity(resource, record.memory) }];
  });
}

/** What is remembered of identity, baselines and dates counts; where things stood does not: a check looks for itself. */
function forget(known: ReadonlyMap<string, ResourceRecord>): Map<string, ResourceRecord> {
  return new Map(
    [...known].map(([id, { state, memory }]) => {
      const { lastHealthy, firstBad, episodes } = state;
      return [id, { memory, state: { facets: {}, harm: null, blind: false, lastHealthy, firstBad, episodes } }];
    }),
  );
}

async function rounds(plan: Plan, roll: Roll, first: Turn, clock: Clock, signal: AbortSignal): Promise<void> {
  let turn: Turn = first;
  for (let look = 1; turn.ids.length > 0 && look <= MOST_LOOKS && !signal.aborted; look++) {
    const again = await lookAt(plan, roll, turn, clock, signal);
    if (again.afterMs > 0) await clock.sleep(again.afterMs, signal).catch(() => {});
    turn = { depth: first.depth, path: 'fresh', ids: again.ids };
  }
}

/** Looks at every group of a turn, some at once; returns which resources are owed another look, and after how long. */
async function lookAt(plan: Plan, roll: Roll, turn: Turn, clock: Clock, signal: AbortSignal): Promise<{ ids: string[]; afterMs: number }> {
  const waiting = [...Map.groupBy(turn.ids, (id) => plan.groupOf.get(id) ?? '')];
  const again: { ids: string[]; afterMs: number } = { ids: [], afterMs: 0 };
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const group = plan.groups.get(next[0]);
      if (!group) continue;
      const resources = next[1].flatMap((id) => roll.resources.get(id) ?? []);
      const result = await runBatch(group.link, resources, turn, { clock, patience: group.patience(turn.depth), signal });
      const at: Instant = clock.now();
      for (const { id, kind } of resources) {
        const outcomes = roll.look(id, result.reports.get(id) ?? [], turn, at, result.tookMs);
        const owed = outcomes?.effects.find((effect) => effect.do === 'recheck' && effect.urgent && effect.depth === turn.depth);
        if (owed?.do !== 'recheck') continue;
        again.ids.push(id);
        again.afterMs = Math.max(again.afterMs, owed.afterMs, plan.confirmAfterMs(kind));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return again;
}
