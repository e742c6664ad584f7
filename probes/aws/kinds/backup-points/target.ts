import type { Facet } from '../../../../src/probe.ts';
import type { AwsTarget } from '../../kind.ts';

export const PLAN: Facet = 'protection/plan';

/** The recovery points of a vault, or those of one resource in it; `key` and `scope` are the vault. */
export interface PointsTarget extends AwsTarget {
  readonly scope: string;
  /** ARN of what they are backups of; undefined: of whatever. */
  readonly resource: string | undefined;
  readonly plan: string | undefined;
}
