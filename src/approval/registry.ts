import type { LedgerEntry } from '../core/chain.ts';
import type { Instant } from '../core/report.ts';
import type { RequestRecord } from '../core/request-state.ts';
import type { Store } from '../ports.ts';

/** Where requests are kept. */
export type Registry = Pick<Store, 'request' | 'requests' | 'commit'>;

/** What to make of a request: the next of it, if it is another one then, and what the ledger is told. */
export interface Turn<T> {
  readonly next?: RequestRecord | undefined;
  readonly ledger: readonly Omit<LedgerEntry, 'at'>[];
  readonly result: T;
}

const ATTEMPTS = 10;

/** Changes a request as it stands in the store at that moment, with what the ledger is told of it: all of it or nothing. */
export async function turnRequest<T>(
  store: Registry,
  id: string,
  at: Instant,
  turn: (record: RequestRecord | undefined) => Turn<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const { next, ledger, result } = turn(await store.request(id));
    if (!next && ledger.length === 0) return result;
    try {
      await store.commit({ ...(next && { requests: [next] }), ledger: ledger.map((entry) => ({ at, ...entry })) });
      return result;
    } catch (error) {
      // Somebody else changed it meanwhile, and what was decided of it is decided anew.
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
    }
  }
}

export const isConflict = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'conflict';

/** Puts a new request on record. */
export async function openRequest(store: Registry, record: RequestRecord, at: Instant): Promise<void> {
  await store.commit({
    requests: [record],
    ledger: [{ at, kind: 'request', about: record.id, body: { is: 'asked', request: record.document } }],
  });
}
