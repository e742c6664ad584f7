import type { AwsTarget } from '../../kind.ts';

/** How firmly a snapshot may be locked: what somebody with the right to can take off, and what nobody can. */
export type LockMode = 'governance' | 'compliance';

export interface EbsSnapshotsTarget extends AwsTarget {
  /** Of which volume they are; or by which tag they are found. */
  readonly volume: string | undefined;
  readonly tag: { readonly key: string; readonly value: string } | undefined;
  /** Accounts with which they may be shared; undefined: not asked. */
  readonly sharedWith: readonly string[] | undefined;
  /** What counts as locked: no less firmly than this, and for no less than `lockedFor`, ms. */
  readonly lock: LockMode;
  readonly lockedFor: number;
}

/** What a set is looked for by. */
export function keyOfVolume(volume: string): string {
  return `volume ${volume}`;
}

/** What a set is looked for by. */
export function keyOfTag(key: string, value: string): string {
  return `tag ${key}=${value}`;
}
