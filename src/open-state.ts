import { StoreError, type StoreErrorCode } from './adapters/sqlite/error.ts';
import { acquireLock } from './adapters/store-lock.ts';
import { openStore } from './adapters/store-sqlite.ts';
import { openWatcherKey, type WatcherKey } from './adapters/watcher-key.ts';
import type { Log, Snapshot, Store } from './ports.ts';

/** Closed incidents that stay in the store, for those who ask later. */
const CLOSED_KEPT = 1000;

/** What a person has just set up wrongly, and sees at once. Everything else may befall a watcher that restarts at night. */
const REFUSED: ReadonlySet<StoreErrorCode> = new Set(['locked', 'foreign', 'newer']);

export interface State {
  readonly store: Store;
  readonly snapshot: Snapshot;
  release(): Promise<void>;
}

/**
 * Takes the state folder and what is remembered there. Where it cannot be used (damaged, full, read-only) the watch starts all the same,
 * from memory, and says so by a page (law 5): its commits fail with the reason until somebody mends the folder and restarts.
 * `archives`: where archives of the ledger lie.
 * @throws StoreError where another daemon watches with this folder, or it holds what is not of this program or of a newer one.
 */
export async function openState(dir: string, log: Log, archives?: string): Promise<State> {
  const releasers: (() => Promise<void> | void)[] = [];
  const release = async (): Promise<void> => {
    for (let next = releasers.pop(); next; next = releasers.pop()) await next();
  };
  try {
    const lock = acquireLock(dir);
    releasers.push(() => lock.release());
    const store = await openStore(dir, { archives });
    releasers.push(() => store.close());
    await store.prune(CLOSED_KEPT);
    return { store, snapshot: await store.load(), release };
  } catch (error) {
    if (!(error instanceof StoreError) || REFUSED.has(error.code)) {
      await release();
      throw error;
    }
    log.error('the state folder cannot be used, watching from memory', { error: error.message });
    return { store: brokenStore(error), snapshot: await readWhatIsLeft(dir), release };
  }
}

/** The watcher's key. Where it cannot be had the heads of the ledger stay unsigned; that stops nothing. */
export function openKey(dir: string, watchdog: string, log: Log): WatcherKey | undefined {
  try {
    return openWatcherKey(dir, watchdog);
  } catch (error) {
    log.error("the watcher's key cannot be used", { error: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

function brokenStore(error: StoreError): Store {
  const refuse = async (): Promise<never> => {
    throw error;
  };
  const none = async (): Promise<readonly never[]> => [];
  const nothing = async (): Promise<undefined> => {};
  return {
    load: refuse,
    commit: refuse,
    ledger: none,
    story: none,
    trend: async () => ({}),
    history: none,
    head: refuse,
    consistency: refuse,
    archive: refuse,
    incident: nothing,
    orders: none,
    requests: none,
    requestRevisions: async () => new Map(),
    request: nothing,
    close: async () => {},
  };
}

/** What cannot be written may still be read; else nothing is known. */
async function readWhatIsLeft(dir: string): Promise<Snapshot> {
  try {
    const store = await openStore(dir, { readOnly: true });
    try {
      return await store.load();
    } finally {
      await store.close();
    }
  } catch {
    return { resources: new Map(), incidents: [], posts: [], meta: { forgotten: 'all' }, head: null };
  }
}
