// Crockford's base 32: no I, L, O and U.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_BITS = 48n;
const RANDOM_BITS = 80n;
const LENGTH = 26;

/**
 * A ULID (26 characters, sorted by time): `wall` in ms since 1970 and ten random bytes. Where `after`, the last one made, is of the same
 * millisecond or a later one (the clock was set back), the answer is `after` plus one, so that what is made later always sorts later.
 * @throws RangeError where fewer than ten bytes are given.
 */
export function ulid(wall: number, bytes: Uint8Array, after?: string): string {
  if (bytes.length < 10) throw new RangeError('a ULID takes ten random bytes');
  const time = BigInt.asUintN(Number(TIME_BITS), BigInt(Math.trunc(wall)));
  const made = bytes.subarray(0, 10).reduce((sum, byte) => (sum << 8n) | BigInt(byte), time);
  const last = after === undefined ? undefined : decode(after);
  return encode(last !== undefined && last >> RANDOM_BITS >= time ? last + 1n : made);
}

function encode(value: bigint): string {
  let text = '';
  for (let place = 0, rest = value; place < LENGTH; place++, rest >>= 5n) text = ALPHABET.charAt(Number(rest & 31n)) + text;
  return text;
}

function decode(text: string): bigint {
  let value = 0n;
  for (const letter of text) value = (value << 5n) | BigInt(Math.max(0, ALPHABET.indexOf(letter)));
  return value;
}

/** Makes ids one after another, each after the one before it. */
export function ulidMaker(random: { bytes(count: number): Uint8Array }): (at: { readonly wall: number }) => string {
  let last: string | undefined;
  return (at) => (last = ulid(at.wall, random.bytes(10), last));
}
