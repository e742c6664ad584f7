import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unreadable } from '../config/complaint.ts';
import type { Complaint, Config, Loaded, Manifest } from '../config/types.ts';
import { LARGEST_SIGNATURE } from '../signing/armor.ts';
import { LARGEST_FILE, type FilesContext } from '../files.ts';
import { readPlainFile } from '../plain-file.ts';
import { sha256 } from '../signing/digest.ts';
import { fingerprintOf } from '../signing/ssh-key.ts';
import { clean } from '../values/text.ts';
import { readRule, type Rule, type Signers } from './rule.ts';
import { NAMESPACE, readVotes, type SignatureFile } from './votes.ts';

/** Nobody has so many signers; somebody who fills the folder must not keep the watcher busy. */
const MOST_FILES = 1024;
/** Of those that count for nobody: enough to say why. */
const MOST_OTHERS = 16;
const LARGEST_LIST = 1024 * 1024;

const CODE_OF = {
  allowed: 'RC_SIGNERS_LINE',
  revoked: 'RC_SIGNERS_LINE',
  people: 'RC_SIGNERS_PRINCIPAL',
  own: 'RC_SIGNERS_WATCHER',
} as const;

export interface SignersFiles {
  readonly rule: Rule;
  readonly signers: Signers;
}

/** The signers as they lie on the disk; undefined where config.yaml names none. */
export async function readSigners(
  config: Pick<Config, 'signers' | 'watchdog'>,
  context: Pick<FilesContext, 'ownKey'>,
): Promise<Loaded<SignersFiles> | undefined> {
  const { signers } = config;
  if (!signers) return undefined;
  const { allowed, revoked, people, agents } = signers;
  const [first, second] = await Promise.all([
    readBounded(allowed, LARGEST_LIST),
    revoked === undefined ? '' : readBounded(revoked, LARGEST_LIST),
  ]);
  const lost = [first, second].flatMap((text) => (typeof text === 'string' ? [] : [text]));
  if (typeof first !== 'string' || typeof second !== 'string') return { ok: false, complaints: lost };
  const rule: Rule = { allowed: first, revoked: second, people, agents };
  const { signers: understood, faults } = readRule(rule, ownFingerprint(config, context));
  const complaints = faults.map(({ in: where, line, message }): Complaint => {
    const file = (where === 'revoked' ? revoked : allowed) ?? allowed;
    return { file, line, column: 1, path: 'signers', message, code: CODE_OF[where] };
  });
  return complaints.length > 0 ? { ok: false, complaints } : { ok: true, value: { rule, signers: understood } };
}

/** The watcher's own key as people's keys are named; undefined where it has none yet. */
export function ownFingerprint({ watchdog }: Pick<Config, 'watchdog'>, { ownKey }: Pick<FilesContext, 'ownKey'>): string | undefined {
  const raw = ownKey(watchdog.state);
  return raw && fingerprintOf(raw);
}

/**
 * The signatures beside a manifest (CONTRACT §3): `manifest.yaml.sig` and `manifest.yaml.<anything>.sig`, in order of name, as they are read. Returns how many
 * bear such names and were not read: too many.
 */
async function* signatureFiles(manifest: string): AsyncGenerator<SignatureFile, number> {
  const [folder, base] = [dirname(manifest), basename(manifest)];
  const names = await readdir(folder).catch(() => []);
  const ours = names.filter((name) => name === `${base}.sig` || (name.startsWith(`${base}.`) && name.endsWith('.sig'))).toSorted();
  for (const name of ours.slice(0, MOST_FILES)) {
    const text = await readBounded(join(folder, name), LARGEST_SIGNATURE);
    // What cannot be read is no signature; one that is missing shows as one signature too few.
    if (typeof text === 'string') yield { name: clean(name, 100), bytes: Buffer.from(text, 'latin1') };
  }
  return Math.max(0, ours.length - MOST_FILES);
}

/**
 * The signature files that count for somebody over `message`, one for each thing that a key said, and some of the others for the reasons: whoever fills the
 * folder hides nobody's, and fills nothing else with it. `unread`: how many more there are than are read.
 */
export async function readSignatures(
  manifest: string,
  message: Uint8Array,
  about: { readonly signers: Signers; readonly at: number },
): Promise<{ readonly files: readonly SignatureFile[]; readonly unread: number }> {
  const files: SignatureFile[] = [];
  const said = new Set<string>();
  let others = 0;
  const all = signatureFiles(manifest);
  for (let next = await all.next(); ; next = await all.next()) {
    if (next.done === true) return { files, unread: next.value };
    const { votes } = readVotes([next.value], message, { ...about, namespace: NAMESPACE.manifest });
    const key = JSON.stringify(votes);
    if (votes.length === 0 ? others++ < MOST_OTHERS : !said.has(key)) files.push(next.value);
    if (votes.length > 0) said.add(key);
  }
}

/** A small file as text, a byte a character; a complaint where it cannot be had, is too large, or is no plain file. */
async function readBounded(path: string, largest: number): Promise<string | Complaint> {
  try {
    return (await readPlainFile(path, largest)).toString('latin1');
  } catch (error) {
    return unreadable(path, reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** One text for all the bytes that signing depends on; it changes where any of them does. */
export async function fingerprintSigning(config: Pick<Config, 'manifest' | 'signers'> | undefined): Promise<string> {
  // Where nobody signs, nobody tampers: a change of the file is told when it is loaded.
  if (!config) return '';
  const { manifest, signers } = config;
  const lists = [signers?.allowed, signers?.revoked].filter((path) => path !== undefined);
  const read = (path: string, largest: number): Promise<Buffer> =>
    readPlainFile(path, largest).catch((error: unknown) => Buffer.from(`unreadable: ${reasonOf(error)}`));
  const texts = await Promise.all([read(manifest, LARGEST_FILE), ...lists.map((path) => read(path, LARGEST_LIST))]);
  const digests = texts.map(sha256);
  for await (const { bytes } of signatureFiles(manifest)) digests.push(sha256(bytes));
  return sha256(digests.join('\n'));
}

/** What a next manifest names: this one's digest as its `previous`, and that of the signers as they lie on the disk. */
export async function digestsOf(
  config: Pick<Config, 'signers' | 'watchdog'>,
  manifest: Pick<Manifest, 'sha256'>,
  context: Pick<FilesContext, 'ownKey'>,
): Promise<Readonly<Record<string, string>>> {
  const signers = await readSigners(config, context);
  return { sha256: `sha256:${manifest.sha256}`, ...(signers?.ok && { signers: signers.value.signers.digest }) };
}
