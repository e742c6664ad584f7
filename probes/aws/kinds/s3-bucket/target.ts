import type { Facet } from '../../../../src/probe.ts';
import type { AwsTarget } from '../../kind.ts';
import type { Canaries } from '../../s3/fields.ts';

/** One bucket; `key` is its name. All are in one listing, whatever their region: `region` is always undefined. */
export interface BucketTarget extends AwsTarget {
  /** The region that the entry says it is in; undefined: the connection's own. */
  readonly at: string | undefined;
  /** False: the store's dates of creation say nothing, and its canaries are its identity. */
  readonly dated: boolean;
  /** True where the manifest pins the region, which not every store shows. */
  readonly placed: boolean;
  readonly canaries: Canaries;
  /** The facets that are inspected, for the rights that this takes. */
  readonly inspected: readonly Facet[];
}

/** How strongly what is written is locked by default. */
export const LOCKS = { none: 0, enabled: 1, governance: 2, compliance: 3 } as const;
/** By what it is encrypted by default. */
export const ENCRYPTIONS = { none: 0, aes256: 1, kms: 2, dsse: 3 } as const;
/** How many switches a public access block has. */
export const SWITCHES = 4;
