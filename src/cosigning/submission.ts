import { parseCheckpoint, type SignedCheckpoint } from '../adapters/checkpoint.ts';
import { ROOT_BYTES } from '../adapters/note-key.ts';

/** What a log sends to a witness (c2sp.org/tlog-witness, `add-checkpoint`). */
export interface Submission {
  /** The size from which `proof` shows that the log has grown. */
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: SignedCheckpoint;
  /** The checkpoint with its signatures, as it came. */
  readonly note: string;
}

const MOST_HASHES = 63;

/** The body of the request. */
export function printSubmission(old: number, proof: readonly string[], note: string): string {
  return `${[`old ${old}`, ...proof].join('\n')}\n\n${note}`;
}

/** Undefined for what is none. */
export function parseSubmission(text: string): Submission | undefined {
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\n');
  const [, digits] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  const note = text.slice(end + 2);
  const checkpoint = parseCheckpoint(note);
  const proof = lines.map((line) => Buffer.from(line, 'base64'));
  const whole = proof.every((hash, place) => hash.length === ROOT_BYTES && hash.toString('base64') === lines[place]);
  if (end < 0 || digits === undefined || !checkpoint || !whole || proof.length > MOST_HASHES) return undefined;
  return { old: Number(digits), proof, checkpoint, note };
}
