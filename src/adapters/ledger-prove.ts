import { entryBytes, GENESIS, type LedgerEntry } from '../core/chain.ts';
import { inclusionProof, leafHash, treeRoot } from '../core/merkle.ts';
import type { Store } from '../ports.ts';
import { BLOCK } from './sqlite/block-size.ts';
import { sha256 } from './sqlite/tree.ts';

/** An entry, the bytes that were hashed, and what leads from them to the root of the tree of `size` entries. */
export interface ProvenEntry {
  readonly seq: number;
  readonly entry: LedgerEntry;
  readonly bytes: string;
  /** Hashes of RFC 9162 §2.1.3, base64. */
  readonly proof: readonly string[];
}

export interface Proven {
  /** How many entries in all were picked; only the newest are proven. */
  readonly total: number;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly entries: readonly ProvenEntry[];
}

/** As many as lie in one archive, so that each is unpacked once. */
const PAGE = BLOCK;

/** The newest `most` entries that `wanted` picks, each with its proof. Reads the whole ledger, and hashes it once for each. */
export async function proveEntries(store: Pick<Store, 'ledger'>, wanted: (entry: LedgerEntry) => boolean, most: number): Promise<Proven> {
  const leaves: Uint8Array[] = [];
  let picked: Omit<ProvenEntry, 'proof'>[] = [];
  let [previous, total] = [GENESIS, 0];
  for (;;) {
    const page = await store.ledger(leaves.length + 1, PAGE);
    for (const { seq, hash, ...entry } of page) {
      const bytes = entryBytes(seq, previous, entry);
      leaves.push(leafHash(sha256, Buffer.from(bytes)));
      previous = hash;
      if (!wanted(entry)) continue;
      total++;
      picked.push({ seq, entry, bytes });
    }
    picked = picked.slice(-most);
    if (page.length === 0) break;
  }
  const entries = picked.map((one) => ({ ...one, proof: inclusionProof(sha256, leaves, one.seq - 1).map(base64) }));
  return { total, size: leaves.length, root: base64(treeRoot(sha256, leaves)), entries };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
