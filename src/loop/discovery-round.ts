import type { Resource } from '../core/expectation.ts';
import type { DiscoveryDepth, Found, Progress, Unexplored } from '../core/found.ts';
import type { Clock } from '../ports.ts';
import { clean } from '../values/text.ts';
import { toWanted } from './batch.ts';
import type { Source } from './sources.ts';

/** What one connection came to. */
export interface Discovered {
  readonly connection: string;
  readonly probe: string;
  readonly found: readonly Found[];
  readonly unexplored: readonly Unexplored[];
  /** Listings that were read to their end, where the probe names them. */
  readonly listed: readonly string[];
  /** False where its probe cannot be asked what is there. */
  readonly asked: boolean;
}

/** More of one connection are not kept: a bucket of accounts that somebody fills must not fill the watcher. */
const MOST = 20_000;
const AT_ONCE = 4;

export interface DiscoveryBounds {
  readonly depth: DiscoveryDepth;
  /** How long one connection may take without saying anything, ms. */
  readonly patience: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (connection: string, progress: Progress, found: number) => void;
}

/** Asks connections what is there, some at once. Never rejects: what throws or falls silent is `unexplored`, and what it said before stands. */
export async function discoverAll(
  sources: readonly Source[],
  resources: readonly Resource[],
  bounds: DiscoveryBounds,
): Promise<Discovered[]> {
  const done = new Map<string, Discovered>();
  const waiting = [...sources];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) done.set(next.connection, await discoverOne(next, resources, bounds));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sources.flatMap(({ connection }) => done.get(connection) ?? []);
}

async function discoverOne(source: Source, resources: readonly Resource[], bounds: DiscoveryBounds): Promise<Discovered> {
  const { connection, probe } = source;
  const found: Found[] = [];
  const unexplored: Unexplored[] = [];
  const listed: string[] = [];
  const whole = { connection, probe, found, unexplored, listed };
  const fail = (reason: Unexplored['reason'], say: string): void =>
    void unexplored.push({ kind: 'unexplored', on: connection, reason, say: clean(say, 200), hides: true });
  const over = new AbortController();
  let own: ReturnType<Source['open']> | undefined;
  try {
    const link = source.link ?? (own = source.open());
    if (!link.discover) return { ...whole, asked: false };
    const wanted = resources.filter((resource) => resource.connection === connection).map(toWanted);
    const saying = link.discover(wanted, bounds.depth, AbortSignal.any([bounds.signal, over.signal]))[Symbol.asyncIterator]();
    for (;;) {
      const next = await inTime(saying.next(), bounds);
      if (next === 'late') {
        fail('timeout', bounds.signal.aborted ? 'broken off' : `nothing more was said for ${Math.round(bounds.patience / 1000)} s`);
        break;
      }
      if (next.done) break;
      const said = next.value;
      if (said.kind === 'progress') bounds.onProgress?.(connection, said, found.length);
      else if (said.kind === 'unexplored') unexplored.push({ ...said, on: clean(said.on, 200), say: clean(said.say, 200) });
      else if (said.kind === 'listed') listed.push(clean(said.on, 200));
      else found.push(said);
      if (found.length >= MOST) {
        fail('partial-answer', `only the first ${MOST} things are kept`);
        break;
      }
    }
  } catch (error) {
    fail('threw', error instanceof Error ? error.message : String(error));
  } finally {
    over.abort(new Error('over'));
    await own?.close().catch(() => {});
  }
  // Whatever order it came in: two drafts of the same things are the same.
  found.sort((a, b) => compare(a.of, b.of) || compare(a.label, b.label));
  return { ...whole, asked: true };
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** What comes next, or `late`; the promise that is left behind is not waited for. */
async function inTime<T>(next: Promise<T>, { clock, patience, signal }: DiscoveryBounds): Promise<T | 'late'> {
  const bell = new AbortController();
  next.catch(() => {});
  const late = clock.sleep(patience, AbortSignal.any([signal, bell.signal])).then(
    () => 'late' as const,
    () => 'late' as const,
  );
  try {
    return await Promise.race([next, late]);
  } finally {
    bell.abort();
  }
}
