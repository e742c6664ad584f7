import type { Facet } from '../../../../src/probe.ts';
import type { AwsTarget } from '../../kind.ts';

/** How firmly a vault is locked. A lock without a date may be lifted at any time, one whose date is ahead until then. */
export const LOCKS = { none: 0, removable: 1, cooling_off: 2, final: 3 } as const;
export const POINTS: Facet = 'content/points';
export const POLICY: Facet = 'protection/policy';

/** One vault; `key` is its name. */
export interface VaultTarget extends AwsTarget {
  readonly inspected: readonly Facet[];
}
