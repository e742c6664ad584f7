import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { cosign } from './cosignature.ts';
import { COSIGNATURE, ED25519, parseKey, printKey, rawPublic } from './note-key.ts';

const FILE = 'watcher.key';
const PUBLIC_FILE = 'watcher.pub';

/** The watcher's own key: it signs the heads of its ledger, cosigns those of other watchers, and nothing else. */
export interface WatcherKey {
  /** Its public half in a line, for those who verify. */
  readonly line: string;
  /** The head of the ledger as a checkpoint. */
  readonly sign: (head: { readonly seq: number; readonly root?: string }) => string | undefined;
  /** The same key as that of a witness, in a line: another line, because what it says is another thing. */
  readonly witnessLine: string;
  /** A line of cosignature under another log's checkpoint; `seconds` since 1970. */
  readonly cosign: (checkpoint: Pick<SignedCheckpoint, 'text'>, seconds: number) => string;
}

/**
 * The key in the state folder `dir` (`watcher.key`, PKCS #8, mode 0600), made at the first start; its public half lies beside it.
 * @throws Error where the file is no Ed25519 key or others can read it.
 */
export function openWatcherKey(dir: string, watchdog: string): WatcherKey {
  const key = signer(readKey(join(dir, FILE)) ?? makeKey(join(dir, FILE)), watchdog);
  if (readWatcherLine(dir) !== key.line) writeFileSync(join(dir, PUBLIC_FILE), `${key.line}\n`);
  return key;
}

/** The same, for who only looks: undefined where there is none yet. @throws Error as `openWatcherKey` does. */
export function readWatcherKey(dir: string, watchdog: string): WatcherKey | undefined {
  const key = readKey(join(dir, FILE));
  return key && signer(key, watchdog);
}

function signer(key: KeyObject, watchdog: string): WatcherKey {
  const origin = originOf(watchdog);
  return {
    line: printKey(origin, key, ED25519),
    witnessLine: printKey(origin, key, COSIGNATURE),
    cosign: (checkpoint, seconds) => cosign(checkpoint, origin, key, seconds),
    sign: ({ seq, root }) => (root === undefined ? undefined : signCheckpoint({ origin, size: seq, root }, key)),
  };
}

/** What the log of a watchdog is called. Names of keys hold neither blanks nor `+`. */
function originOf(watchdog: string): string {
  return `rollcall/${encodeURIComponent(watchdog)}`;
}

/** The public half, as a store's folder has it; undefined where there is none yet. */
export function readWatcherLine(dir: string): string | undefined {
  return readIfThere(join(dir, PUBLIC_FILE))?.trim();
}

/** The same as bare bytes; undefined also for what is no key. */
export function readWatcherPublic(dir: string): Uint8Array | undefined {
  const key = parseKey(readWatcherLine(dir) ?? '', ED25519);
  return key && rawPublic(key.public);
}

function readKey(path: string): KeyObject | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  if ((statSync(path).mode & 0o077) !== 0) throw new Error(`${path} can be read by others than its owner; chmod 600 it`);
  const key = createPrivateKey(text);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} is no Ed25519 key`);
  return key;
}

function makeKey(path: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
  return privateKey;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
