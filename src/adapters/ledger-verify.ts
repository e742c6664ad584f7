import { hash } from 'node:crypto';
import { entryBytes, GENESIS, type LedgerHead } from '../core/chain.ts';
import { NO_LEAVES, type Edge } from '../core/merkle.ts';
import type { Store } from '../ports.ts';
import { BLOCK } from './sqlite/block-size.ts';
import { StoreError } from './sqlite/error.ts';
import { growTree, printRoot } from './sqlite/tree.ts';

/** A head that was kept elsewhere: in a page, a heartbeat, a file. At least one of the two says what the ledger was. */
export interface AnchoredHead {
  readonly seq: number;
  /** Of the entry of that number, in hexadecimal. */
  readonly hash?: string;
  /** Of the tree up to it, in base64. */
  readonly root?: string;
  /** What it is, where it is no head that was kept elsewhere. */
  readonly of?: string;
}

/** `bad` is the first entry that is missing, unreadable or not what its hash was taken over; `head` the last good one. */
export interface LedgerVerdict {
  readonly entries: number;
  readonly head: LedgerHead | null;
  readonly bad?: { readonly seq: number; readonly why: string };
}

/** As many as lie in one archive, so that each is unpacked once. */
const PAGE = BLOCK;

/**
 * Walks the ledger from its first entry and takes every hash anew: each entry's own, and the tree's over all of them. Entries cut off at the
 * end, and a ledger written anew from some entry on, show only against a head that was kept elsewhere: each page carries one.
 */
export function verifyLedger(store: Pick<Store, 'ledger'>, ...anchored: readonly AnchoredHead[]): Promise<LedgerVerdict> {
  return verifyFrom(store, { seq: 0, hash: GENESIS, tree: NO_LEAVES }, ...anchored);
}

/** Where a walk begins: how many entries lie before it, the hash of the last of them, and the tree over them, which are believed. */
interface Beginning {
  readonly seq: number;
  readonly hash: string;
  readonly tree: Edge;
}

/** The same from a later entry on. What is believed of those before it shows to be right where the root of a head that was kept elsewhere is met. */
export async function verifyFrom(
  store: Pick<Store, 'ledger'>,
  from: Beginning,
  ...anchored: readonly AnchoredHead[]
): Promise<LedgerVerdict> {
  let head: LedgerHead = { seq: from.seq, hash: from.hash };
  let { tree } = from;
  const heads = new Map<number, AnchoredHead[]>();
  for (const one of anchored) heads.set(one.seq, [...(heads.get(one.seq) ?? []), one]);
  const verdict = (why?: string): LedgerVerdict => ({
    entries: head.seq,
    head: head.seq === 0 ? null : { ...head, root: printRoot(tree) },
    ...(why === undefined ? {} : { bad: { seq: head.seq + 1, why } }),
  });
  for (;;) {
    const page = await readPage(store, head.seq + 1);
    if (page instanceof StoreError) return verdict(page.message);
    for (const entry of page) {
      if (entry.seq !== head.seq + 1) return verdict('the entry is missing');
      const bytes = entryBytes(entry.seq, head.hash, entry);
      if (hash('sha256', bytes) !== entry.hash) return verdict('the entry is not what its hash was taken over');
      const grown = growTree(tree, bytes);
      const other = heads.get(entry.seq)?.flatMap((known) => contradicts(known, entry.hash, grown) ?? [])[0];
      if (other !== undefined) return verdict(other);
      tree = grown;
      head = { seq: entry.seq, hash: entry.hash };
    }
    if (page.length === 0) break;
  }
  const latest = Math.max(0, ...heads.keys());
  return latest > head.seq ? verdict('the entry is missing: a head that was kept elsewhere is later') : verdict();
}

function contradicts(known: AnchoredHead, own: string, tree: Edge): string | undefined {
  const { of = 'the head that was kept elsewhere' } = known;
  if (known.hash !== undefined && known.hash !== own) return `the hash is not that of ${of}: it, or one before it, was written anew`;
  if (known.root !== undefined && known.root !== printRoot(tree))
    return `the root is not that of ${of}: this entry, or one before it, was written anew`;
  return undefined;
}

/** A page of entries. Where one of them cannot be read, the page is asked for one by one, so that the error is that of its first entry. */
async function readPage(store: Pick<Store, 'ledger'>, from: number): Promise<Awaited<ReturnType<Store['ledger']>> | StoreError> {
  let failure: unknown;
  for (const limit of [PAGE, 1]) {
    try {
      return await store.ledger(from, limit);
    } catch (error) {
      failure = error;
    }
  }
  if (failure instanceof StoreError && (failure.code === 'corrupt' || failure.code === 'archive')) return failure;
  throw failure;
}
