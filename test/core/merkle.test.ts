import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { assert as assertProperty, integer, nat, property } from 'fast-check';
import {
  appendLeaf,
  consistencyProof,
  inclusionProof,
  leafHash,
  NO_LEAVES,
  provesConsistency,
  provesInclusion,
  rangeRoots,
  rootOf,
  treeRoot,
  type Hash,
  type RangeRoot,
} from '../../src/core/merkle.ts';

const sha256: Hash = (bytes) => createHash('sha256').update(bytes).digest();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const unhex = (text: string) => Buffer.from(text, 'hex');

/** The eight entries that the reference implementation of Certificate Transparency tests its trees with. */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(unhex);
const LEAVES = ENTRIES.map((entry) => leafHash(sha256, entry));
/** Its roots over the first one to eight of them. */
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const some = (count: number) => Array.from({ length: count }, (_, n) => leafHash(sha256, Buffer.from(String(n))));
/** Of leaves at hand; the smallest pieces are of two. */
const rangesOf = (leaves: readonly Uint8Array[]): RangeRoot =>
  rangeRoots(sha256, (start, end) => (end - start <= 2 ? treeRoot(sha256, leaves.slice(start, end)) : undefined));
const size = integer({ min: 1, max: 70 });

describe('the Merkle tree', () => {
  it('has the roots that Certificate Transparency has, grown entry by entry or made at once', () => {
    let edge = NO_LEAVES;
    assert.equal(hex(rootOf(sha256, edge)), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    for (const [index, leaf] of LEAVES.entries()) {
      edge = appendLeaf(sha256, edge, leaf);
      assert.equal(edge.size, index + 1);
      assert.equal(hex(rootOf(sha256, edge)), ROOTS[index]);
      assert.equal(hex(treeRoot(sha256, LEAVES.slice(0, index + 1))), ROOTS[index]);
    }
  });

  it('proves entries as the examples of RFC 6962 §2.1.3 do', () => {
    const d = LEAVES.slice(0, 7);
    const of = (from: number, to: number) => hex(treeRoot(sha256, d.slice(from, to)));
    assert.deepEqual(inclusionProof(sha256, d, 0).map(hex), [of(1, 2), of(2, 4), of(4, 7)]);
    assert.deepEqual(inclusionProof(sha256, d, 6).map(hex), [of(4, 6), of(0, 4)]);
  });

  it('proves every entry of every tree, and no other entry, place, size or root', () => {
    assertProperty(
      property(size, nat(), nat(), (count, at, change) => {
        const leaves = some(count);
        const index = at % count;
        const [leaf, root] = [leaves[index] ?? assert.fail(), treeRoot(sha256, leaves)];
        const proof = inclusionProof(sha256, leaves, index);
        assert.ok(provesInclusion(sha256, proof, { leaf, index, size: count, root }));
        const other = leafHash(sha256, Buffer.from('another'));
        assert.ok(!provesInclusion(sha256, proof, { leaf: other, index, size: count, root }));
        assert.ok(!provesInclusion(sha256, proof, { leaf, index, size: count, root: other }));
        assert.ok(!provesInclusion(sha256, [...proof, other], { leaf, index, size: count, root }));
        if (proof.length > 0) {
          const place = change % proof.length;
          assert.ok(!provesInclusion(sha256, proof.with(place, other), { leaf, index, size: count, root }));
          assert.ok(!provesInclusion(sha256, proof.slice(1), { leaf, index, size: count, root }));
        }
        assert.ok(!provesInclusion(sha256, proof, { leaf, index: count, size: count, root }));
        assert.ok(!provesInclusion(sha256, proof, { leaf, index: -1, size: count, root }));
      }),
    );
  });

  it('proves nothing of a tree by the root of a part of it', () => {
    const [leaf] = LEAVES;
    assert.ok(leaf);
    assert.equal(provesInclusion(sha256, [], { leaf, index: 0, size: 1, root: leaf }), true);
    assert.equal(provesInclusion(sha256, [], { leaf, index: 0, size: 5, root: leaf }), false, 'the proof ends below the top');
    assert.equal(provesInclusion(sha256, [], { leaf, index: 0, size: 1, root: leaf.subarray(0, 8) }), false);
    assert.equal(
      provesInclusion(sha256, [], { leaf: leaf.subarray(0, 8), index: 0, size: 1, root: leaf }),
      false,
      'the beginning of a root',
    );
  });

  it('shows that it has grown as the examples of RFC 6962 §2.1.3 do', () => {
    const d = LEAVES.slice(0, 7);
    const of = (from: number, to: number) => hex(treeRoot(sha256, d.slice(from, to)));
    const ranges = rangesOf(d);
    assert.deepEqual(consistencyProof(ranges, 3, 7).map(hex), [of(2, 3), of(3, 4), of(0, 2), of(4, 7)]);
    assert.deepEqual(consistencyProof(ranges, 4, 7).map(hex), [of(4, 7)]);
    assert.deepEqual(consistencyProof(ranges, 6, 7).map(hex), [of(4, 6), of(6, 7), of(0, 4)]);
  });

  it('shows of no tree that it has grown from a larger one, or from one of a size that there is none of, by whatever proof', () => {
    const root = sha256(Buffer.from('one root for both'));
    for (const [older, newer, proof] of [
      [4, 1, []],
      [2, 1, []],
      [8, 3, [root]],
      [-1, 1, [root]],
      [-2, 2, [root]],
      [1, 0, []],
    ] as const)
      assert.equal(provesConsistency(sha256, proof, { size: older, root }, { size: newer, root }), false, `${older} ${newer}`);
    // Of a size that is no power of two the proof must hold at least what it begins with.
    assert.equal(provesConsistency(sha256, [], { size: 3, root }, { size: 5, root }), false);
  });

  it('shows of every tree that it has grown from every smaller one, and from no other', () => {
    assertProperty(
      property(size, nat(), nat(), (count, at, change) => {
        const leaves = some(count);
        const older = at % (count + 1);
        const [was, is] = [
          { size: older, root: treeRoot(sha256, leaves.slice(0, older)) },
          { size: count, root: treeRoot(sha256, leaves) },
        ];
        const proof = consistencyProof(rangesOf(leaves), older, count);
        assert.ok(provesConsistency(sha256, proof, was, is));
        const other = leafHash(sha256, Buffer.from('another'));
        assert.ok(!provesConsistency(sha256, proof, { ...was, root: other }, is));
        // Where there was none before, nothing binds the new root.
        assert.equal(provesConsistency(sha256, proof, was, { ...is, root: other }), older === 0);
        assert.ok(!provesConsistency(sha256, [...proof, other], was, is));
        assert.ok(older === count || !provesConsistency(sha256, proof, is, was), 'a tree never shrinks');
        if (older > 0 && proof.length > 0) assert.ok(!provesConsistency(sha256, proof.with(change % proof.length, other), was, is));
        // Written anew from some entry before the older size on.
        if (older > 0) {
          const forged = leaves.with(change % older, other);
          const claimed = { size: count, root: treeRoot(sha256, forged) };
          assert.ok(!provesConsistency(sha256, consistencyProof(rangesOf(forged), older, count), was, claimed));
        }
      }),
    );
  });
});
