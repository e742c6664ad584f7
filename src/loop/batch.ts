import { dueFacets, type Resource } from '../core/expectation.ts';
import type { Blind, BlindReason, Depth, Facet, Listing, Report, ResourceReport } from '../core/report.ts';
import type { Clock } from '../ports.ts';
import type { Link, Wanted } from '../probe.ts';
import { clean } from '../values/text.ts';

/** What one `collect()` came to, however it ended. */
export interface BatchResult {
  /** By id; none where nothing was said of it. */
  readonly reports: ReadonlyMap<string, readonly ResourceReport[]>;
  readonly listings: readonly Listing[];
  readonly tookMs: number;
  /** How it ended, where it did not end by itself. */
  readonly broken: { readonly reason: BlindReason; readonly say: string } | null;
}

/** Given as the reason where nobody will read it, so that none has to make an error of its own. */
const HEARD = Symbol('heard');
const OUT_OF_PATIENCE = new Error('out of patience');

/** How long a probe has to settle once its signal aborted (the contract's 100 ms, with room for a loaded machine). */
const SETTLE_MS = 250;

/**
 * Runs one batch over one link. Never rejects and never outlasts `patience` by more than a moment: what a probe said before it hung
 * or threw stands, and what it had not said by then is blind. Reports about things nobody asked for are dropped.
 */
export async function runBatch(
  link: Link,
  resources: readonly Resource[],
  look: { readonly depth: Depth; readonly path: 'usual' | 'fresh' },
  bounds: { readonly clock: Clock; readonly patience: number; readonly signal: AbortSignal },
): Promise<BatchResult> {
  const { clock } = bounds;
  const began = clock.now();
  const wanted = resources.map(toWanted);
  const asked = new Set(resources.map(({ id }) => id));
  const reports = new Map<string, ResourceReport[]>();
  const listings: Listing[] = [];
  const over = new AbortController();
  const signal = AbortSignal.any([bounds.signal, over.signal]);
  let closed = false;
  const hear = (said: Report | readonly Report[]): boolean => {
    if (closed) return false;
    if (isSeveral(said)) for (const report of said) sort(report);
    else sort(said);
    return true;
  };
  const sort = (report: Report): void => {
    if (report.kind === 'listing') listings.push(report.listing);
    else if (asked.has(report.id)) {
      const others = reports.get(report.id);
      if (others) others.push(report);
      else reports.set(report.id, [report]);
    }
  };
  const reading = read(link, wanted, { ...look, signal }, hear);
  const bell = new AbortController();
  const deadline = clock.sleep(bounds.patience, AbortSignal.any([bell.signal, bounds.signal])).then(
    () => 'timeout' as const,
    () => 'aborted' as const,
  );
  const first = await Promise.race([reading, deadline]);
  bell.abort(HEARD);
  over.abort(OUT_OF_PATIENCE);
  let broken = first === 'timeout' || first === 'aborted' ? silence(bounds.patience) : first;
  // The last words said while it settles still count; the wait for them is bounded.
  const settled = new AbortController();
  if (first === 'timeout' || first === 'aborted') await Promise.race([reading, clock.sleep(SETTLE_MS, settled.signal).catch(() => {})]);
  settled.abort(HEARD);
  closed = true;
  const tookMs = clock.now().steady - began.steady;
  if (broken && bounds.signal.aborted) broken = { reason: 'timeout', say: 'the watcher is stopping' };
  if (!broken) return { reports, listings, tookMs, broken };
  const at = clock.now();
  for (const resource of resources) {
    const said = reports.get(resource.id) ?? [];
    const missing = unspoken(resource, said, look.depth);
    const evidence = { method: 'collect', vantage: resource.connection, at, excerpt: broken.say };
    const blind: Blind = { kind: 'blind', id: resource.id, facets: missing, reason: broken.reason, evidence };
    if (missing.length > 0) reports.set(resource.id, [...said, blind]);
  }
  return { reports, listings, tookMs, broken };
}

function isSeveral(said: Report | readonly Report[]): said is readonly Report[] {
  return Array.isArray(said);
}

async function read(
  link: Link,
  wanted: readonly Wanted<unknown>[],
  look: Parameters<Link['collect']>[1],
  /** False once nobody listens any more. */
  hear: (said: Report | readonly Report[]) => boolean,
): Promise<BatchResult['broken']> {
  try {
    for await (const said of link.collect(wanted, look)) if (!hear(said)) break;
    return null;
  } catch (error) {
    return { reason: 'threw', say: clean(error instanceof Error ? error.message : String(error)) };
  }
}

function silence(patience: number): { reason: BlindReason; say: string } {
  return { reason: 'timeout', say: `no answer within ${patience} ms` };
}

/** The facets due at this depth that nobody has spoken for. What is unseen has no others. */
function unspoken(resource: Resource, said: readonly ResourceReport[], depth: Depth): Facet[] {
  if (said.some((report) => report.kind === 'unseen')) return [];
  const spoken = new Set(said.flatMap((report) => (report.kind === 'seen' ? report.looked : report.kind === 'blind' ? report.facets : [])));
  return dueFacets(resource, depth).filter((facet) => !spoken.has(facet));
}

/** A roll entry as a probe is asked for it: the same object each time, since it is asked for every second. */
export function toWanted(resource: Resource): Wanted<unknown> {
  const known = asWanted.get(resource);
  if (known) return known;
  const wanted = { id: resource.id, kind: resource.kind, target: resource.target, checks: resource.checks };
  asWanted.set(resource, wanted);
  return wanted;
}

const asWanted = new WeakMap<Resource, Wanted<unknown>>();
