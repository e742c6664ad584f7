import type { Facet, Identity } from '../../src/probe.ts';

/** One wanted database. `identity` is what the manifest says of it, not what was learned. */
export interface DatabaseTarget {
  readonly database: number;
  readonly identity: Identity;
  /** Whether having no keys at all is nothing that it could be gone by. */
  readonly mayBeEmpty: boolean;
  readonly mark?: string;
  readonly sentinels: readonly string[];
  /** Whether CONFIG SET is counted, which servers before 7 do not do apart from CONFIG GET. */
  readonly configSets: boolean;
}

export const KEYS: Facet = 'content/keys';
export const FLUSHALL: Facet = 'content/flushall';
export const MARK: Facet = 'content/mark';
export const FLUSHDB: Facet = 'precursor/flushdb';
export const ATTEMPTS: Facet = 'precursor/attempts';
export const SETTINGS: Facet = 'precursor/settings';
export const PERSISTENCE: Facet = 'protection/persistence';
export const EVICTION: Facet = 'protection/eviction';
export const REPLICAS: Facet = 'protection/replicas';
export const SAVES: Facet = 'freshness/saves';
// Each has a right of its own: a lack of one must not blind the others.
export const sentinelFacet = (key: string): Facet => `content/sentinels.${key}`;
