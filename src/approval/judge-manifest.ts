import type { Manifest } from '../config/types.ts';
import { sayLeftOut } from '../core/coverage.ts';
import { toRemembered } from '../core/manifest-diff.ts';
import { judgeStep, proofsOf, type ManifestHead, type Step } from '../core/manifest-step.ts';
import { countPeople } from '../core/quorum.ts';
import { openSignature } from '../signing/sshsig.ts';
import type { Accepted } from './accepted.ts';
import type { Signers } from './rule.ts';
import { NAMESPACE, readVotes, type SignatureFile } from './votes.ts';

export interface Proposal {
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
  readonly files: readonly SignatureFile[];
  /** How many more lie beside it than are read. */
  readonly unread: number;
  /** Those in force, by whom it is judged. */
  readonly signers: Signers;
  /** Those that lie ready on the disk. */
  readonly ready: Signers | undefined;
  readonly current: ManifestHead | undefined;
  /** The bytes in force: a signature over them beside another manifest is a replay. */
  readonly before?: Uint8Array;
  readonly counters?: Accepted['counters'];
  readonly at: number;
}

export interface Judged {
  readonly step: Step;
  readonly head: ManifestHead;
  readonly people: readonly string[];
  readonly signatures: Accepted['signatures'];
  readonly counters: Accepted['counters'];
  readonly cloned: readonly string[];
}

/** Counts the people who signed a manifest, and judges whether it may follow the one in force. */
export function judgeManifest(proposal: Proposal): Judged {
  const { manifest, bytes, files, unread, signers, ready, current, before, at } = proposal;
  const head = headOf(manifest);
  const { votes, dropped, counters } = readVotes(files, bytes, { signers, namespace: NAMESPACE.manifest, at });
  const counted = countPeople(votes, proofsOf((current ?? head).policy));
  const crowd = unread > 0 ? [`${unread} more files are named as its signatures are than are read: take away those that are none`] : [];
  const quorum = { people: counted.people, dropped: [...crowd, ...counted.dropped, ...dropped] };
  const replayed = before !== undefined && files.some(({ bytes: file }) => openSignature(file, before, NAMESPACE.manifest).ok);
  const step = judgeStep(current, head, { quorum, files: files.length, replayed, ready, reach: signers.reach }, at);
  const seen = proposal.counters ?? {};
  // Keys that do not count say 0 for ever.
  const cloned = Object.entries(counters).flatMap(([key, count]) => (count <= (seen[key] ?? -1) && seen[key] !== 0 ? [key] : []));
  const signatures = files.map(({ name, bytes: file }) => ({ name, text: Buffer.from(file).toString('latin1') }));
  return { step, head, people: quorum.people, signatures, counters, cloned };
}

/** What is compared of a manifest when another wants to follow it. */
export function headOf(manifest: Manifest): ManifestHead {
  const { id, version, sha256, previous, expires, policy, signers } = manifest;
  return {
    id,
    version,
    sha256,
    policy,
    ...(previous !== undefined && { previous }),
    ...(expires !== undefined && { expires }),
    ...(signers !== undefined && { signers }),
    resources: manifest.resources.map(toRemembered),
    windows: manifest.windows.map((window) => JSON.stringify(window)),
    leftOut: manifest.leftOut.map(sayLeftOut),
  };
}
