import { sign, verify, type KeyObject } from 'node:crypto';
import { ED25519, ID_BYTES, keyId, parseKey, ROOT_BYTES } from './note-key.ts';

/** The heads of a log as C2SP specifies them (c2sp.org/tlog-checkpoint), signed as a note (c2sp.org/signed-note). */
export interface Checkpoint {
  /** The log: `rollcall/` and the watchdog's name. */
  readonly origin: string;
  /** How many entries. */
  readonly size: number;
  /** The Merkle root over them, base64. */
  readonly root: string;
}

export interface SignedCheckpoint extends Checkpoint {
  readonly signatures: readonly { readonly name: string; readonly id: string; readonly bytes: Uint8Array }[];
  /** What the signatures are over. */
  readonly text: string;
}

const LONGEST = 64 * 1024;

/** Three lines and a signature by the watcher's key; the key goes by the origin's name. */
export function signCheckpoint({ origin, size, root }: Checkpoint, key: KeyObject): string {
  const text = `${origin}\n${size}\n${root}\n`;
  const signature = Buffer.concat([keyId(origin, key, ED25519), sign(null, Buffer.from(text), key)]);
  return `${text}\n\u2014 ${origin} ${signature.toString('base64')}\n`;
}

/** Undefined for what is no checkpoint. Says nothing of who signed: `isSignedBy`. */
export function parseCheckpoint(note: string): SignedCheckpoint | undefined {
  const end = note.length > LONGEST ? -1 : note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, end + 1);
  const [origin = '', count = '', root = ''] = text.split('\n');
  const size = Number(count);
  if (origin === '' || !/^(0|[1-9]\d*)$/.test(count) || !Number.isSafeInteger(size)) return undefined;
  if (Buffer.from(root, 'base64').length !== ROOT_BYTES || Buffer.from(root, 'base64').toString('base64') !== root) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.flatMap((line) => parseSignature(line) ?? []);
  return signatures.length === lines.length ? { origin, size, root, signatures, text } : undefined;
}

/** The first checkpoint in a text that holds more: a mail as it was saved, a message of a chat, also quoted; undefined where there is none. */
export function findCheckpoint(text: string): SignedCheckpoint | undefined {
  const bounded = text.slice(0, LONGEST);
  return findPlain(bounded) ?? findPlain(unquote(bounded));
}

function findPlain(text: string): SignedCheckpoint | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/^[\s>|]+/, '').trimEnd());
  const bare = `${lines.join('\n')}\n`;
  const [note] = /^[^\s+]+\n(?:0|[1-9]\d*)\n[A-Za-z0-9+/]{43}=\n\n(?:\u2014 \S+ \S+\n)+/m.exec(bare) ?? [];
  return note === undefined ? undefined : parseCheckpoint(note);
}

/** Quoted-printable (RFC 2045 §6.7), as mail travels and is saved, as text. */
function unquote(text: string): string {
  const bytes = text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A line of signature (c2sp.org/signed-note); undefined for what is none. */
export function parseSignature(line: string): SignedCheckpoint['signatures'][number] | undefined {
  const [, name, base64] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
  if (name === undefined || base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length > ID_BYTES ? { name, id: bytes.toString('hex', 0, ID_BYTES), bytes: bytes.subarray(ID_BYTES) } : undefined;
}

/** True where one of its signatures is of this key, whose line is `printKey`'s. */
export function isSignedBy(checkpoint: SignedCheckpoint, line: string): boolean {
  const key = parseKey(line, ED25519);
  if (!key) return false;
  return checkpoint.signatures.some(
    ({ name, id, bytes }) => name === key.name && id === key.id && verify(null, Buffer.from(checkpoint.text), key.public, bytes),
  );
}
