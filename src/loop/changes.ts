import { diffManifests, isWeakening, toRemembered, type ManifestDiff, type Remembered } from '../core/manifest-diff.ts';
import type { Plan } from './plan.ts';

const NAMED = 20;

/** What a plan changes of what was watched before, in sentences; undefined where there is nothing to page. */
export interface PlanChange {
  readonly diff: ManifestDiff;
  readonly manifest: string | undefined;
  readonly config: string | undefined;
}

/** Compares a plan with the roll and the config digests that stood before it. */
export function comparePlans(before: readonly Remembered[], digests: Readonly<Record<string, string>>, plan: Plan): PlanChange {
  const diff = diffManifests(before, plan.resources.map(toRemembered));
  const parts = [
    ...diff.removed.map((id) => `${id} left the roll`),
    ...diff.repinned.map((id) => `${id} is pinned to another identity`),
    ...diff.weakened.map(({ id, what }) => `${id}: ${what}`),
  ];
  const more = parts.length > NAMED ? `; and ${parts.length - NAMED} more` : '';
  const changed = Object.keys({ ...digests, ...plan.configDigests }).filter((part) => digests[part] !== plan.configDigests[part]);
  return {
    diff,
    manifest: isWeakening(diff) ? `the manifest asks less than before: ${parts.slice(0, NAMED).join('; ')}${more}` : undefined,
    config: changed.length > 0 ? `config.yaml was changed: ${changed.join(', ')}` : undefined,
  };
}

/** The store's copy of what is watched, for the comparison after a restart. */
export function rememberPlan(plan: Plan): { readonly roll: string; readonly roll_of: string; readonly config: string } {
  const roll = plan.resources.map(toRemembered);
  return { roll: JSON.stringify(roll), roll_of: plan.manifest.sha256, config: JSON.stringify(plan.configDigests) };
}

/** The roll of before a restart, as the store has it; undefined where it has none. */
export function recallRoll(meta: Readonly<Record<string, string>>, plan: Plan): Remembered[] | undefined {
  if (meta['roll'] === undefined) return undefined;
  const roll = JSON.parse(meta['roll']) as Remembered[];
  if (meta['roll_of'] !== plan.manifest.sha256) return roll;
  // Of the same bytes nobody has changed a key: what differs is what a newer version of the program fills in by itself.
  return roll.map(({ asked: _asked, ...kept }) => kept);
}
