import type { Complaint, Config, Loaded, Manifest } from '../config/types.ts';
import { toRemembered } from '../core/manifest-diff.ts';
import { compareManifests, NO_SIGNERS, sayChange, type ManifestHead } from '../core/manifest-step.ts';
import { UNSIGNED, type Standing, type Tampering } from '../core/standing.ts';
import { compileManifest, FilesError, readManifestFile, type ConfigRead, type Files, type FilesContext } from '../files.ts';
import { saveAccepted, type Accepted } from './accepted.ts';
import { judgeManifest, type Judged } from './judge-manifest.ts';
import { ownFingerprint, readSignatures, readSigners, type SignersFiles } from './read-signing.ts';
import { describeSigners } from './describe-signers.ts';
import { readRule, type Rule } from './rule.ts';

/** What is to be watched, and how that stands with the people who sign. */
export interface Settled extends Files {
  readonly standing: Standing;
  /** What the store keeps, or is to keep. */
  readonly accepted: Accepted | undefined;
  /** Fingerprint of the watcher's own key, which counts for nobody. */
  readonly own?: string;
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
  const own = ownFingerprint(read.config, context);
  return { ...(await decide(read, context, accepted, at)), ...(own !== undefined && { own }) };
}

async function decide(read: ConfigRead, context: FilesContext, accepted: Accepted | undefined, at: number): Promise<Settled> {
  const { config } = read;
  if (read.complaints.length > 0) {
    const { loaded } = await readManifestFile(config, context, true);
    throw new FilesError([...read.complaints, ...(loaded.ok ? [] : loaded.complaints)]);
  }
  const rule = accepted?.rule ?? undefined;
  const signers = await readSigners(config, context);
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
  const { config, bytes, manifest: next } = disk;
  const force = await inForce(disk, context, accepted, was);
  const { old, standing, kept, signers, ready } = force;
  const before = Buffer.from(accepted.manifest);
  if (bytes && before.equals(bytes)) return { config, manifest: need(next), standing, accepted: kept };
  if (!bytes || !next.ok) {
    const [first] = complaintsOf(next);
    const tampering: Tampering = { kind: 'unreadable', why: first ? `${first.path} ${first.message} ${first.code}` : 'it is not there' };
    return { config, manifest: need(old), standing: { ...standing, tampering }, accepted: kept };
  }
  const proposal = { manifest: next.value, bytes, signers, ready: ready?.signers, current: force.current, before, counters: kept.counters };
  const judged = await judge(disk, proposal);
  if (judged.step.ok) return take(disk, next.value, bytes, judged, force);
  const { kind, why, change } = judged.step;
  const tampering: Tampering = { kind, why, change: sayChange(change ?? compareManifests(force.current, judged.head)) };
  // A config that the last good manifest cannot be read with: watching what is there, and saying so, is more than watching nothing.
  if (!old.ok) return { config, manifest: next.value, standing: { ...standing, state: 'unapproved', tampering }, accepted: kept };
  return { config, manifest: old.value, standing: { ...standing, tampering }, accepted: kept };
}

type Force = Awaited<ReturnType<typeof inForce>>;

/** What holds now: the rule that was accepted, less the keys that have been revoked since. */
async function inForce({ config, signers: found }: Disk, context: FilesContext, accepted: Accepted, was: Rule) {
  const ready = found?.ok ? found.value : undefined;
  // A key that is revoked is revoked at once and for good; to bring one back is a change of signers like any other.
  const revoked = new Set([was.revoked, ready?.rule.revoked ?? ''].flatMap((text) => text.split('\n')));
  const rule: Rule = { ...was, revoked: [...revoked].join('\n') };
  const { signers } = readRule(rule, ownFingerprint(config, context));
  const grown = signers.revoked.size > readRule(was).signers.revoked.size;
  const old = await compileManifest(Buffer.from(accepted.manifest), config, context);
  const resources = old.ok ? old.value.resources.map(toRemembered) : accepted.head.resources;
  const current: ManifestHead = { ...accepted.head, signers: signers.digest, resources };
  const changed = ready?.signers.digest === signers.digest ? undefined : describeSigners(was, found, config.signers !== undefined);
  const kept: Accepted = grown ? { ...accepted, rule } : accepted;
  const standing: Standing = {
    ...signed(kept, []),
    ...(changed !== undefined && { signersChanged: changed }),
    ...(grown && { keep: saveAccepted(kept) }),
  };
  return { rule, signers, ready, old, current, changed, kept, standing };
}

/** A manifest that enough people signed is in force from now on, with the signers it binds. */
function take({ config, at }: Disk, manifest: Manifest, bytes: Uint8Array, judged: Judged, force: Force): Settled {
  const { signers: bound = force.signers.digest } = judged.head;
  const moves = bound !== force.signers.digest;
  const rule = !moves ? force.rule : bound === NO_SIGNERS ? null : (force.ready?.rule ?? force.rule);
  const accepted = accept(manifest, bytes, { judged, rule, digest: bound, counters: force.kept.counters, at });
  const standing: Standing = {
    ...(rule ? signed(accepted, judged.cloned) : UNSIGNED),
    approval: accepted.approval,
    keep: saveAccepted(accepted),
    ...(!moves && force.changed !== undefined && { signersChanged: force.changed }),
  };
  return { config, manifest, standing, accepted };
}

async function judge({ config, at }: Disk, about: Omit<Parameters<typeof judgeManifest>[0], 'files' | 'unread' | 'at'>): Promise<Judged> {
  return judgeManifest({ ...about, ...(await readSignatures(config.manifest, about.bytes, { signers: about.signers, at })), at });
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
