/**
 * The Merkle tree of the ledger, RFC 9162 §2.1 (the same as RFC 6962 §2.1): leaves are hashed behind a 0x00 byte, nodes behind a 0x01, so
 * that none can pass for the other. Pure: the hash function is handed in.
 */

/** SHA-256. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/** A tree of `size` leaves as the roots of its complete subtrees, from left to right, so the largest first: all that is needed to go on. */
export interface Edge {
  readonly size: number;
  readonly subtrees: readonly Uint8Array[];
}

export const NO_LEAVES: Edge = { size: 0, subtrees: [] };

/** The hash of one entry. */
export function leafHash(hash: Hash, data: Uint8Array): Uint8Array {
  return hash(behind(0, data));
}

/** The tree with one leaf more. */
export function appendLeaf(hash: Hash, edge: Edge, leaf: Uint8Array): Edge {
  const subtrees = [...edge.subtrees];
  let last = leaf;
  // Each complete subtree of the size reached so far, from the smallest on, becomes one with its neighbour of the same size.
  for (let rest = edge.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = subtrees.pop();
    if (left) last = node(hash, left, last);
  }
  return { size: edge.size + 1, subtrees: [...subtrees, last] };
}

/** The tree's root; that of no leaves is the hash of nothing. */
export function rootOf(hash: Hash, edge: Edge): Uint8Array {
  return (
    edge.subtrees.reduceRight<Uint8Array | undefined>((right, left) => (right ? node(hash, left, right) : left), undefined) ??
    hash(new Uint8Array())
  );
}

/** The root over leaf hashes. */
export function treeRoot(hash: Hash, leaves: readonly Uint8Array[]): Uint8Array {
  return rootOf(
    hash,
    leaves.reduce((edge, leaf) => appendLeaf(hash, edge, leaf), NO_LEAVES),
  );
}

/** What shows that the leaf of this index (from 0) is in the tree over these leaf hashes: RFC 9162 §2.1.3.1. */
export function inclusionProof(hash: Hash, leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (leaves.length <= 1) return [];
  const split = largestPowerBelow(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionProof(hash, left, index), treeRoot(hash, right)]
    : [...inclusionProof(hash, right, index - split), treeRoot(hash, left)];
}

/** True where the proof leads from the leaf to the root of a tree of that size: RFC 9162 §2.1.3.2. */
export function provesInclusion(
  hash: Hash,
  proof: readonly Uint8Array[],
  of: { readonly leaf: Uint8Array; readonly index: number; readonly size: number; readonly root: Uint8Array },
): boolean {
  if (of.index >= of.size || of.index < 0) return false;
  let [position, last, found] = [of.index, of.size - 1, of.leaf];
  for (const other of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      found = node(hash, other, found);
      // A node at the right end without a neighbour is lifted until it is a right child.
      while (position % 2 === 0 && position > 0) [position, last] = [half(position), half(last)];
    } else found = node(hash, found, other);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && same(found, of.root);
}

/** A tree of a size by its root. */
export interface Root {
  readonly size: number;
  readonly root: Uint8Array;
}

/** The root over the leaves from `start` (from 0) up to `end`, which is not included. */
export type RangeRoot = (start: number, end: number) => Uint8Array;

/** Roots of ranges, from those that `known` has: it must have each that is split no further. */
export function rangeRoots(hash: Hash, known: (start: number, end: number) => Uint8Array | undefined): RangeRoot {
  const rangeRoot: RangeRoot = (start, end) => {
    const there = known(start, end);
    if (there) return there;
    const split = start + largestPowerBelow(end - start);
    return node(hash, rangeRoot(start, split), rangeRoot(split, end));
  };
  return rangeRoot;
}

/** What shows that the tree of the first `older` leaves is the beginning of that of the first `newer`: RFC 9162 §2.1.4.1. */
export function consistencyProof(rangeRoot: RangeRoot, older: number, newer: number): Uint8Array[] {
  return older <= 0 || older >= newer ? [] : subproof(rangeRoot, older, [0, newer], true);
}

function subproof(rangeRoot: RangeRoot, older: number, [start, end]: readonly [number, number], whole: boolean): Uint8Array[] {
  if (older === end) return whole ? [] : [rangeRoot(start, end)];
  const split = start + largestPowerBelow(end - start);
  return older <= split
    ? [...subproof(rangeRoot, older, [start, split], whole), rangeRoot(split, end)]
    : [...subproof(rangeRoot, older, [split, end], false), rangeRoot(start, split)];
}

/** True where the older tree is the beginning of the newer one: RFC 9162 §2.1.4.2. */
export function provesConsistency(hash: Hash, proof: readonly Uint8Array[], older: Root, newer: Root): boolean {
  if (older.size > newer.size || older.size < 0) return false;
  if (older.size === newer.size) return proof.length === 0 && same(older.root, newer.root);
  // Every tree begins with none at all.
  if (older.size === 0) return proof.length === 0 && same(older.root, hash(new Uint8Array()));
  const path = Number.isInteger(Math.log2(older.size)) ? [older.root, ...proof] : [...proof];
  let [position, last] = [older.size - 1, newer.size - 1];
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  const first = path.shift();
  if (!first) return false;
  let [was, is] = [first, first];
  for (const other of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      [was, is] = [node(hash, other, was), node(hash, other, is)];
      while (position % 2 === 0 && position > 0) [position, last] = [half(position), half(last)];
    } else is = node(hash, is, other);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && same(was, older.root) && same(is, newer.root);
}

function node(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return hash(behind(1, both));
}

function behind(prefix: 0 | 1, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 1);
  bytes[0] = prefix;
  bytes.set(data, 1);
  return bytes;
}

/** Not by shifting bits: a ledger may have more entries than 32 bits count. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}
