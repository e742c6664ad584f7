import type { LedgerHead } from '../core/chain.ts';
import type { Claim } from '../core/claim.ts';
import type { Glance } from '../core/glance.ts';
import type { Incident } from '../core/incident.ts';
import type { PrintedWindow } from '../core/maintenance.ts';
import type { PrintedResource } from '../core/page.ts';
import type { Instant } from '../core/report.ts';
import type { Standing } from '../core/standing.ts';
import type { PrintedCoverage } from './coverage-book.ts';
import type { PagerHealth } from './outbox.ts';
import type { Troubles } from './troubles.ts';

const DAY_MS = 86_400_000;
/** CONTRACT §3: an expiry is told this long ahead. */
const EXPIRY_NOTICE_MS = 14 * DAY_MS;

/** What the daemon knows of itself right now. */
export interface WatchStatus {
  readonly ready: boolean;
  /** How the manifest stands with the people who sign; absent where nobody has to. */
  readonly standing?: Standing;
  readonly why: readonly string[];
  /** All of it, printed when it is first asked for: that costs what ten thousand judgments cost. */
  readonly resources: readonly PrintedResource[];
  /** How all of it stands, at a glance, which costs nearly nothing. One that is the same object as before has not changed. */
  readonly glances: readonly Glance[];
  /** One of them, printed. */
  readonly print: (id: string) => PrintedResource | undefined;
  /** What one of them protects. */
  readonly protects: (id: string) => readonly string[];
  /** When all that is expected of one was last seen good, ms since 1970. */
  readonly healthyAt: (id: string) => number | null;
  readonly incidents: readonly Incident[];
  /** Maintenance windows that are open now. */
  readonly windows?: readonly PrintedWindow[];
  /** Requests whose loss would be expected from now on. */
  readonly armed?: readonly string[];
  /** What agents and pipelines reported of late, oldest first: never believed. */
  readonly claims: readonly Claim[];
  readonly pagers: PagerHealth;
  /** The last beat that was answered, or not; null before the first, absent where there is no dead man's switch. */
  readonly heartbeat?: { readonly at: Instant; readonly heard: boolean } | null;
  readonly head: LedgerHead | null;
  readonly watcher: { readonly name: string; readonly manifest: string; readonly version: number };
  /** Age of the last complete round, ms; null before the first. */
  readonly roundAge: number | null;
  /** When a sweep or an inspection last ended. */
  readonly roundAt: Instant | undefined;
  /** How much of what is there is on the roll, by connection; absent where nobody asks. */
  readonly coverage?: readonly PrintedCoverage[];
  /** By group: how far the budget stretches inspections beyond what was asked. */
  readonly stretch: ReadonlyMap<string, { readonly wantedMs: number; readonly actualMs: number }>;
}

/** Why not to trust this watcher right now; empty where it may be trusted. */
export function reasonsNotReady(swept: boolean, overdue: readonly string[], pagers: PagerHealth, storeError: string | null): string[] {
  return [
    ...(swept ? [] : ['the first full round is not over']),
    ...overdue.map((group) => `sweep overdue: ${groupLabel(group)}`),
    ...[...pagers].flatMap(([name, { error }]) => (error === null ? [] : [`last attempt of pager ${name} failed: ${error}`])),
    ...(storeError === null ? [] : [`store: ${storeError}`]),
  ];
}

/** Raises and clears what the watcher can see wrong with itself. */
export function watchItself(
  troubles: Troubles,
  self: {
    readonly overdue: readonly string[];
    readonly expires: number | undefined;
    readonly storeError: string | null;
    readonly unheard: Instant | undefined;
  },
  at: Instant,
): void {
  if (self.overdue.length > 0)
    troubles.raise('batch.overdue', `sweeps do not end in time: ${self.overdue.map(groupLabel).join(', ')}`, 'critical', at);
  else troubles.clear('batch.overdue', at);
  if (self.storeError !== null)
    troubles.raise(
      'store.failing',
      `the store cannot write (${self.storeError}); pages go out from memory and may repeat after a restart`,
      'critical',
      at,
    );
  else troubles.clear('store.failing', at);
  if (self.unheard)
    troubles.raise(
      'heartbeat.unheard',
      `nobody has heard the heartbeat since ${new Date(self.unheard.wall).toISOString()}: this watcher's own end would go unnoticed`,
      'warning',
      at,
    );
  else troubles.clear('heartbeat.unheard', at);
  const expiry = expiryWarning(self.expires, at.wall);
  if (expiry === undefined) troubles.clear('manifest.expires', at);
  else troubles.raise('manifest.expires', expiry, 'warning', at);
}

/** What to say of a manifest's end (ms since 1970), if it is near or past; an expired manifest is still watched. */
export function expiryWarning(expires: number | undefined, now: number): string | undefined {
  const left = expires === undefined ? Infinity : expires - now;
  if (left >= EXPIRY_NOTICE_MS) return undefined;
  return left < 0 ? 'the manifest has expired; what it names is still watched' : `the manifest expires in ${Math.ceil(left / DAY_MS)} days`;
}

/** A group's name starts with its connection. */
export function groupLabel(group: string): string {
  return group.split('\n', 1)[0] ?? group;
}
