import { hash } from 'node:crypto';
import { entryBytes, GENESIS, type LedgerHead } from '../core/chain.ts';
import type { Store } from '../ports.ts';
import { StoreError } from './sqlite/error.ts';

/** `bad` is the first entry that is missing, unreadable or not what its hash was taken over; `head` the last good one. */
export interface LedgerVerdict {
  readonly entries: number;
  readonly head: LedgerHead | null;
  readonly bad?: { readonly seq: number; readonly why: string };
}

const PAGE = 1000;

/**
 * Walks the ledger from its first entry and takes every hash anew. Entries cut off at the end show only against a `trusted` head that
 * was kept elsewhere: each page carries one.
 */
export async function verifyLedger(store: Pick<Store, 'ledger'>, trusted?: LedgerHead): Promise<LedgerVerdict> {
  let head: LedgerHead = { seq: 0, hash: GENESIS };
  const verdict = (why?: string): LedgerVerdict => ({
    entries: head.seq,
    head: head.seq === 0 ? null : head,
    ...(why === undefined ? {} : { bad: { seq: head.seq + 1, why } }),
  });
  for (;;) {
    const page = await readPage(store, head.seq + 1);
    if (page instanceof StoreError) return verdict(page.message);
    for (const entry of page) {
      if (entry.seq !== head.seq + 1) return verdict('the entry is missing');
      const expected = hash('sha256', entryBytes(entry.seq, head.hash, entry));
      if (expected !== entry.hash) return verdict('the entry is not what its hash was taken over');
      if (trusted?.seq === entry.seq && trusted.hash !== entry.hash) return verdict('the hash is not that of the trusted head');
      head = { seq: entry.seq, hash: entry.hash };
    }
    if (page.length === 0) break;
  }
  return trusted && trusted.seq > head.seq ? verdict('the entry is missing: the trusted head is later') : verdict();
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
  if (failure instanceof StoreError && failure.code === 'corrupt') return failure;
  throw failure;
}
