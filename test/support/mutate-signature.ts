import type { Random } from '../../src/ports.ts';
import { armor, str, u32 } from './ssh-signer.ts';

type Dice = Pick<Random, 'unit'>;
type Mutation = (blob: Buffer, dice: Dice) => Buffer;

const below = (dice: Dice, bound: number): number => Math.floor(dice.unit() * bound);
const pick = <T>(dice: Dice, list: readonly T[]): T => list[below(dice, list.length)]!;

/** Where every length-prefixed field of a signature starts, one level deep, and how long it is. */
function fields(blob: Buffer): { readonly at: number; readonly length: number }[] {
  const found: { at: number; length: number }[] = [];
  for (let at = 10; at + 4 <= blob.length;) {
    const length = blob.readUInt32BE(at);
    if (length > blob.length - at - 4) break;
    found.push({ at, length });
    at += 4 + length;
  }
  return found;
}

const field = (blob: Buffer, nth: number): Buffer => {
  const { at, length } = fields(blob)[nth] ?? { at: 0, length: 0 };
  return blob.subarray(at + 4, at + 4 + length);
};

/** The same signature with one of its fields replaced: 0 key, 1 namespace, 2 reserved, 3 hash, 4 signature. */
function replace(blob: Buffer, nth: number, content: Uint8Array | string): Buffer {
  const parts = fields(blob).map((_, index) => str(index === nth ? content : field(blob, index)));
  return Buffer.concat([blob.subarray(0, 10), ...parts]);
}

/** The inner signature: the algorithm, the numbers, what follows. */
function rewriteNumbers(blob: Buffer, rewrite: (number: Buffer) => Uint8Array): Buffer {
  const inner = Buffer.concat([Buffer.alloc(10), field(blob, 4)]);
  const [algorithm, signature] = [field(inner, 0), field(inner, 1)];
  const rest = inner.subarray(10 + 8 + algorithm.length + signature.length);
  const numbers = fields(Buffer.concat([Buffer.alloc(10), signature]));
  const whole = numbers.length === 2 && 8 + numbers[0]!.length + numbers[1]!.length === signature.length;
  const rewritten = whole
    ? Buffer.concat(numbers.map((_, nth) => str(rewrite(field(Buffer.concat([Buffer.alloc(10), signature]), nth)))))
    : rewrite(signature);
  return replace(blob, 4, Buffer.concat([str(algorithm), str(rewritten), rest]));
}

/** These break a signature, as a rule. */
const BREAKING: readonly Mutation[] = [
  (blob, dice) => {
    const out = Buffer.from(blob);
    for (let times = 1 + below(dice, 3); times > 0; times--) out[below(dice, out.length)]! ^= 1 << below(dice, 8);
    return out;
  },
  (blob, dice) => blob.subarray(0, below(dice, blob.length)),
  (blob, dice) => Buffer.concat([blob, Buffer.alloc(1 + below(dice, 8), below(dice, 256))]),
  (blob, dice) => {
    const at = below(dice, blob.length);
    return Buffer.concat([blob.subarray(0, at), Buffer.of(below(dice, 256)), blob.subarray(at)]);
  },
  (blob, dice) => {
    const at = below(dice, blob.length);
    return Buffer.concat([blob.subarray(0, at), blob.subarray(at + 1)]);
  },
  (blob, dice) => {
    const out = Buffer.from(blob);
    const { at } = pick(dice, fields(blob));
    out.writeUInt32BE(pick(dice, [0, 1, 0x7fffffff, 0xffffffff, out.readUInt32BE(at) + 1, Math.max(0, out.readUInt32BE(at) - 1)]), at);
    return out;
  },
];

/** These may leave it as good as it was. */
const SUBTLE: readonly Mutation[] = [
  (blob, dice) => replace(blob, 2, 'x'.repeat(below(dice, 200))),
  (blob, dice) => Buffer.concat([blob.subarray(0, 6), u32(pick(dice, [0, 1, 2, 0xffffffff])), blob.subarray(10)]),
  (blob, dice) =>
    replace(
      blob,
      pick(dice, [1, 3]),
      pick(dice, ['', 'file', 'sha256', 'sha512', 'manifest@rollcall', 'manifest@rollcall\0', 'sha512\0', 'sha256\0']),
    ),
  (blob, dice) => replace(blob, 0, Buffer.concat([field(blob, 0), Buffer.alloc(below(dice, 3))])),
  (blob, dice) => rewriteNumbers(blob, (number) => Buffer.concat([Buffer.alloc(1 + below(dice, 3)), number])),
  (blob, dice) => rewriteNumbers(blob, (number) => (dice.unit() < 0.5 && number[0] === 0 ? number.subarray(1) : number)),
  (blob, dice) =>
    rewriteNumbers(blob, (number) => pick(dice, [Buffer.alloc(0), Buffer.of(0), Buffer.of(1), Buffer.alloc(2100, 1), number.subarray(1)])),
];

const TEXTS: readonly ((text: string, dice: Dice) => string)[] = [
  (text) => text,
  (text, dice) => text.replace(/\n/g, () => pick(dice, ['\n', '\r\n', '\n\n', '\n \t', '\n'])),
  (text, dice) => `${text}${pick(dice, ['more', '\n\n', '\0', text])}`,
  (text, dice) => {
    const at = below(dice, text.length);
    return text.slice(0, at) + pick(dice, ['', ' ', '\n', '=', '-', 'A', '\0', '\u000b', '!']) + text.slice(at + below(dice, 2));
  },
  (text, dice) => text.replace(/=*\n-----END/, `${pick(dice, ['', '=', '==', '===', 'A'])}\n-----END`),
];

/** A signature file made of a signature by one mutation of its bytes, its text, or both. Some still say the same. */
export function mutate(blob: Buffer, dice: Dice): string {
  const roll = dice.unit();
  const bytes = roll < 0.7 ? pick(dice, BREAKING)(blob, dice) : roll < 0.95 ? pick(dice, SUBTLE)(blob, dice) : blob;
  const text = armor(bytes);
  return dice.unit() < 0.35 ? pick(dice, TEXTS)(text, dice) : text;
}
