import type { ManifestHead } from '../core/manifest-step.ts';
import { ACCEPTED, type Approval } from '../core/standing.ts';
import type { Rule } from './rule.ts';

/** What people last signed, as the store keeps it: enough to go on with when the files are tampered with. */
export interface Accepted {
  /** The manifest's text. */
  readonly manifest: string;
  /** SHA-256 of it, hexadecimal. */
  readonly sha256: string;
  /** What the next one is compared with; the signers it binds are those of `rule`. */
  readonly head: Omit<ManifestHead, 'signers'>;
  /** Who may sign what follows it; null where signing was given up. */
  readonly rule: Rule | null;
  readonly approval: Approval;
  /** The signatures, armored, for whoever asks later. */
  readonly signatures: readonly { readonly name: string; readonly text: string }[];
  /** By fingerprint of a security key: the highest number it said. */
  readonly counters: Readonly<Record<string, number>>;
}

export const saveAccepted = (accepted: Accepted): string => JSON.stringify(accepted);

/** What the store keeps, or undefined where it keeps nothing. The store is ours: what it holds was written by `saveAccepted`. */
export const loadAccepted = (meta: Readonly<Record<string, string>>): Accepted | undefined =>
  meta[ACCEPTED] === undefined ? undefined : (JSON.parse(meta[ACCEPTED]) as Accepted);
