import type { Complaint, Config, Loaded, Manifest } from '../config/types.ts';
import { toRemembered } from '../core/manifest-diff.ts';
import { compareManifests, NO_SIGNERS, sayChange, type ManifestHead } from '../core/manifest-step.ts';
import { UNSIGNED, type Standing, type Tampering } from '../core/standing.ts';
import { compileManifest, FilesError, readManifestFile, type ConfigRead, type Files, type FilesContext } from '../files.ts';
import { saveAccepted, type Accepted } from './accepted.ts';
import { judgeManifest, type Judged } from './judge-manifest.ts';
import { readSignatures, readSigners, type SignersFiles } from './read-signing.ts';
import { describeSigners } from './describe-signers.ts';
import { readRule, type Rule } from './rule.ts';

/** What is to be watched, and how that stands with the people who sign. */
export interface Settled extends Files {
  readonly standing: Standing;
  /** What the store keeps, or is to keep. */
  readonly accepted: Accepted | undefined;
}

/** The disk, read once: what is judged is what is used. */
interface Disk {
  readonly config: Config;
  readonly bytes: Uint8Array | undefined;
  readonly manifest: Loaded<Manifest>;
  readonly signers: Loaded<SignersFiles> | undefined;
  readonly at: number;
}

/**
 * Decides which manifest is watched: the one on the disk where nobody has to sign, or where enough people did; else the last one they
 * signed, which `accepted` holds. Throws `FilesError` with every complaint where there is nothing that can be watched. `at`: now, in ms
 * since 1970. Once signers hold they hold: neither an edit of their file nor of config.yaml lifts them.
 */
export async function settle(read: ConfigRead, context: FilesContext, accepted: Accepted | undefined, at: number): Promise<Settled> {
  const { config } = read;
  if (read.complaints.length > 0) {
    const { loaded } = await readManifestFile(config, context, true);
    throw new FilesError([...read.complaints, ...(loaded.ok ? [] : loaded.complaints)]);
  }
  const rule = accepted?.rule ?? undefined;
  const signers = await readSigners(config);
  const { bytes, loaded: manifest } = await readManifestFile(config, context, signers !== undefined || rule !== undefined);
  const disk: Disk = { config, bytes, manifest, signers, at };
  if (accepted && rule) return follow(disk, context, accepted, rule);
  if (!signers) return { config, manifest: need(manifest), standing: UNSIGNED, accepted };
  if (!signers.ok || !manifest.ok) throw new FilesError([...complaintsOf(signers), ...complaintsOf(manifest)]);
  return begin(disk, manifest.value, signers.value);
}

/** The first manifest under signers: its own policy is all there is to ask. */
async function begin(disk: Disk, manifest: Manifest, { rule, signers }: SignersFiles): Promise<Settled> {
  const { config, at, bytes = new Uint8Array() } = disk;
  const judged = await judge(disk, { manifest, bytes, signers, ready: signers, current: undefined });
  if (!judged.step.ok) {
    const tampering: Tampering = { kind: judged.step.kind, why: judged.step.why };
    return { config, manifest, standing: { state: 'unapproved', tampering, cloned: [] }, accepted: undefined };
  }
  const accepted = accept(manifest, bytes, { judged, rule, digest: signers.digest, counters: {}, at });
  return { config, manifest, standing: { ...signed(accepted, judged.cloned), keep: saveAccepted(accepted) }, accepted };
}

/** A manifest is in force: another one follows it by its rule, or does not count. */
async function follow(disk: Disk, context: FilesContext, accepted: Accepted, was: Rule): Promise<Settled> {
  const { config, bytes, at } = disk;
  const ready = disk.signers?.ok ? disk.signers.value : undefined;
  // A key that is revoked is revoked at once and for good; to bring one back is a change of signers like any other.
  const rule = ready ? { ...was, revoked: `${was.revoked}\n${ready.rule.revoked}` } : was;
  const { signers } = readRule(rule);
  const grown = signers.revoked.size > readRule(was).signers.revoked.size;
  const old = compileManifest(Buffer.from(accepted.manifest), config, context);
  const current: ManifestHead = {
    ...accepted.head,
    signers: signers.digest,
    ...(old.ok && { resources: old.value.resources.map(toRemembered) }),
  };
  const changed = ready?.signers.digest === signers.digest ? undefined : describeSigners(was, disk.signers, config.signers !== undefined);
  const kept: Accepted = grown ? { ...accepted, rule } : accepted;
  const base: Standing = {
    ...signed(kept, []),
    ...(changed !== undefined && { signersChanged: changed }),
    ...(grown && { keep: saveAccepted(kept) }),
  };
  if (bytes && Buffer.from(accepted.manifest).equals(bytes))
    return { config, manifest: need(disk.manifest), standing: base, accepted: kept };

  const next = disk.manifest;
  if (!bytes || !next.ok) {
    const [first] = complaintsOf(next);
    const tampering: Tampering = { kind: 'unreadable', why: first ? `${first.path} ${first.message} ${first.code}` : 'it is not there' };
    return { config, manifest: need(old), standing: { ...base, tampering }, accepted: kept };
  }
  const judged = await judge(disk, {
    manifest: next.value,
    bytes,
    signers,
    ready: ready?.signers,
    current,
    before: Buffer.from(accepted.manifest),
    counters: kept.counters,
  });
  const { step, head } = judged;
  if (step.ok) {
    const moves = head.signers !== undefined && head.signers !== signers.digest;
    const then = !moves ? rule : head.signers === NO_SIGNERS ? null : (ready?.rule ?? rule);
    const taken = accept(next.value, bytes, {
      judged,
      rule: then,
      digest: moves ? (head.signers ?? '') : signers.digest,
      counters: kept.counters,
      at,
    });
    const standing: Standing = { ...(then ? signed(taken, judged.cloned) : UNSIGNED), approval: taken.approval, keep: saveAccepted(taken) };
    const still = !moves && changed !== undefined ? { signersChanged: changed } : {};
    return { config, manifest: next.value, standing: { ...standing, ...still }, accepted: taken };
  }
  const tampering: Tampering = { kind: step.kind, why: step.why, change: sayChange(step.change ?? compareManifests(current, head)) };
  // A config that the last good manifest cannot be read with: watching what is there, and saying so, is more than watching nothing.
  if (!old.ok) return { config, manifest: next.value, standing: { ...base, state: 'unapproved', tampering }, accepted: kept };
  return { config, manifest: old.value, standing: { ...base, tampering }, accepted: kept };
}

async function judge(disk: Disk, about: Omit<Parameters<typeof judgeManifest>[0], 'files' | 'at'>): Promise<Judged> {
  return judgeManifest({ ...about, files: await readSignatures(disk.config.manifest), at: disk.at });
}

interface Acceptance {
  readonly judged: Judged;
  readonly rule: Rule | null;
  readonly digest: string;
  readonly counters: Accepted['counters'];
  readonly at: number;
}

function accept(manifest: Manifest, bytes: Uint8Array, { judged, rule, digest, counters, at }: Acceptance): Accepted {
  const sense = judged.step.ok ? judged.step.sense : 'first';
  const { signers: _signers, ...head } = judged.head;
  return {
    manifest: Buffer.from(bytes).toString('utf8'),
    sha256: manifest.sha256,
    head,
    rule,
    approval: { at, people: judged.people, sense, signers: digest },
    signatures: judged.signatures,
    counters: { ...counters, ...judged.counters },
  };
}

const signed = (accepted: Accepted, cloned: readonly string[]): Standing => ({ state: 'signed', approval: accepted.approval, cloned });

const complaintsOf = (loaded: Loaded<unknown>): readonly Complaint[] => (loaded.ok ? [] : loaded.complaints);

function need(loaded: Loaded<Manifest>): Manifest {
  if (!loaded.ok) throw new FilesError(loaded.complaints);
  return loaded.value;
}
