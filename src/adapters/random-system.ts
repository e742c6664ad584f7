import { randomBytes } from 'node:crypto';
import type { Random } from '../ports.ts';

/** Randomness from the operating system: identifiers made of it cannot be guessed. */
export const systemRandom: Random = {
  // A double holds 53 bits: 48 are more than a jitter needs, and come without arithmetic beyond exact integers.
  unit: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  bytes: (count) => randomBytes(count),
};
