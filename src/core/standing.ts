import type { RefusalKind } from './manifest-step.ts';

/** Under this name the store keeps what people last signed. */
export const ACCEPTED = 'accepted';

/** What signed something, for the ledger and for `check --json`. */
export interface Approval {
  /** Ms since 1970: when it was received, which is when the keys had to be valid. */
  readonly at: number;
  readonly people: readonly string[];
  readonly sense: 'first' | 'weakening' | 'harmless';
  /** Digest of the signers' rule that holds from then on; `none` where signing was given up. */
  readonly signers: string;
}

/** Why what lies on the disk is not what is watched. */
export interface Tampering {
  readonly kind: RefusalKind | 'unreadable';
  readonly why: string;
  /** What it would change, in sentences. */
  readonly change?: string;
}

/** Where the manifest that is watched stands with the people who sign. */
export interface Standing {
  /**
   * `unsigned`: nobody has to sign. `signed`: enough people did. `unapproved`: they have to and did not, and there is no earlier manifest
   * to go on with: what is there is watched, and paged about.
   */
  readonly state: 'unsigned' | 'signed' | 'unapproved';
  /** Of the manifest that is watched. */
  readonly approval?: Approval;
  readonly tampering?: Tampering;
  /** How the signers on the disk differ from those in force. */
  readonly signersChanged?: string;
  /** Security keys whose counter went backwards: two of one key. */
  readonly cloned: readonly string[];
  /** What the store is to keep of what people signed; undefined where it keeps that already. */
  readonly keep?: string;
}

export const UNSIGNED: Standing = { state: 'unsigned', cloned: [] };

/** What is wrong with the manifest on the disk, and what is watched instead; undefined where nothing is. */
export function sayTampering({ state, tampering }: Standing, version: number): string | undefined {
  if (!tampering) return undefined;
  const { kind, why, change } = tampering;
  const would = change === undefined ? '' : `; it would change: ${change}`;
  return state === 'unapproved'
    ? `the manifest is not signed by enough people (${kind}: ${why}), and there is no earlier one to go on with: it is watched as it is${would}`
    : `the manifest on the disk is not what people signed (${kind}: ${why}): watching on with version ${version}${would}`;
}
