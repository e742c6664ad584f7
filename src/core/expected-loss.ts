import type { Resource } from './expectation.ts';
import type { Memory } from './memory.ts';
import type { Identity, Instant } from './report.ts';
import type { ResourceState } from './state.ts';
import { wantedIdentity } from './verdict.ts';

/** An approved disappearance: which identity of which resource, and when. */
export interface ExpectedLoss {
  readonly request: string;
  readonly people: readonly string[];
  readonly resource: string;
  readonly identity: Identity;
  /** Wall time, ms since 1970; `until` is the first moment after it. */
  readonly from: number;
  readonly until: number;
  /** When the watcher learned of the approval. */
  readonly since: Instant;
  /** Steady time at which it ends, whatever becomes of the wall clock. */
  readonly ends: number;
}

/** Whether the resource is gone, or marked for deletion, and nothing worse: another one under its name is no disappearance. */
export function isGone({ harm, facets }: ResourceState): boolean {
  const { presence, identity } = facets;
  if (harm !== 'lost' || identity?.standing === 'bad') return false;
  const { outcome, standing } = presence ?? {};
  return standing === 'bad' && outcome?.is === 'lost' && outcome.how !== 'impostor';
}

/**
 * Why a loss that was just proven is not the expected one; null where it is. It is where the resource was seen in its place after the
 * approval and after the window began, first missed before the window ended, and is the one that people saw when they approved.
 */
export function refuteLoss(loss: ExpectedLoss, resource: Resource, state: ResourceState, memory: Memory): string | null {
  const { presence } = state.facets;
  if (!isGone(state)) return 'it is not gone, but something else is wrong';
  if (!sameIdentity(wantedIdentity(resource, memory), loss.identity)) return 'another identity is held of it than people approved';
  const marks = presence?.marks ?? [];
  // Of the last run: what flapped while the window was open may have gone for good after it.
  const [good, missed] = [presence?.goodAt, marks[marks.findLastIndex(({ harm }) => harm === null) + 1]?.at];
  if (!good || good.steady < loss.since.steady) return 'it was not seen in its place since the approval';
  if (good.wall < loss.from) return 'it was not seen in its place since the window began';
  if (!missed || missed.wall >= loss.until || missed.steady >= loss.ends) return 'it went after the window';
  return null;
}

function sameIdentity(one: Identity, other: Identity): boolean {
  const names = Object.keys(other);
  return names.length > 0 && names.length === Object.keys(one).length && names.every((name) => one[name] === other[name]);
}
