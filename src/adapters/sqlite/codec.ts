import { hash as digest } from 'node:crypto';
import { entryBytes, type LedgerEntry, type LedgerHead, type LedgerKind } from '../../core/chain.ts';
import type { Incident } from '../../core/incident.ts';
import { storeError } from './error.ts';

/** A ledger entry in its place in the chain. */
export type ChainedEntry = LedgerEntry & LedgerHead;

/** JSON of a document. What JSON cannot hold (a bigint, a cycle) is refused, and with it the whole change. */
export function encodeDocument(document: object): string {
  return JSON.stringify(document);
}

/** @throws StoreError `corrupt`, naming the table and the id. */
export function decodeDocument(text: unknown, table: string, id: unknown): unknown {
  try {
    return JSON.parse(String(text)) as unknown;
  } catch (error) {
    throw storeError('corrupt', `the record ${String(id)} of table ${table} cannot be read`, error);
  }
}

/** Only whether an incident is over matters to a query; the rest of it is the state machine's own. */
export function phaseOf(incident: Incident): string {
  return (incident as Incident & { readonly phase: string }).phase;
}

/** The bytes and the hash of the entry that follows `previous`. */
export function chainEntry(seq: number, previous: string, entry: LedgerEntry): { readonly bytes: string; readonly hash: string } {
  const bytes = entryBytes(seq, previous, entry);
  return { bytes, hash: digest('sha256', bytes) };
}

/** @throws StoreError `corrupt` where the bytes are not those of an entry with this number. */
export function decodeEntry(seq: number, bytes: string, hash: string): ChainedEntry {
  const fields = decodeDocument(bytes, 'ledger', seq);
  if (!Array.isArray(fields) || fields.length !== 7 || fields[0] !== seq) {
    throw storeError('corrupt', `the record ${seq} of table ledger is not the entry of that number`);
  }
  const [, , wall, steady, kind, about, body] = fields as [number, string, number, number, LedgerKind, string, LedgerEntry['body']];
  return { seq, hash, at: { wall, steady }, kind, about, body };
}
