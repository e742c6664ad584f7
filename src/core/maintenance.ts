import type { Resource } from './expectation.ts';
import type { BlindReason } from './report.ts';
import type { ResourceState } from './state.ts';
import { formatInstant } from './wording.ts';

/** A span in which some of the roll is worked on. The looks go on; what may stay quiet meanwhile is `isExcusable`, and only until `until`. */
export interface MaintenanceWindow {
  readonly name: string;
  readonly author: string;
  readonly reason: string;
  /** Ids of the roll. */
  readonly resources: readonly string[];
  /** Everything behind these connections. */
  readonly connections: readonly string[];
  /** Wall time, ms since 1970; `until` is the first moment after it. */
  readonly from: number;
  readonly until: number;
}

/** A window as pages, `status` and the API show it. */
export interface PrintedWindow {
  readonly name: string;
  readonly author: string;
  readonly reason: string;
  readonly from: string;
  readonly until: string;
}

export type Track = 'harm' | 'sight';

/**
 * What a server that is being worked on does: not answer, or answer late. A refusal, another identity or a broken protocol is nothing that
 * work announces: rights revoked and endpoints turned elsewhere look like that.
 */
const ANNOUNCED: ReadonlySet<BlindReason> = new Set(['timeout', 'unreachable', 'throttled', 'partial-answer', 'stale-vantage']);

export function isInScope(window: MaintenanceWindow, { id, connection }: Pick<Resource, 'id' | 'connection'>): boolean {
  return window.resources.includes(id) || window.connections.includes(connection);
}

/**
 * Whether all that is wrong on this track is what a window may keep quiet: backups that grow stale, and blindness of the announced kind.
 * What is lost, another, shrunk, less protected or about to be harmed is excused by no window.
 */
export function isExcusable(track: Track, state: ResourceState): boolean {
  if (track === 'sight')
    return Object.values(state.facets).every(({ sight }) => !sight.blindNow || (sight.reason !== null && ANNOUNCED.has(sight.reason)));
  return Object.values(state.facets).every(
    ({ standing, outcome }) =>
      standing !== 'bad' || (outcome?.is === 'breach' && outcome.breaches.every((breach) => breach.kind === 'stale')),
  );
}

/** Whether something is wrong on this track at this moment, and not only not yet proven good again. */
export function isBadNow(track: Track, state: ResourceState): boolean {
  return Object.values(state.facets).some(({ standing, sight }) => (track === 'sight' ? sight.blindNow : standing === 'bad'));
}

export function printWindow({ name, author, reason, from, until }: MaintenanceWindow): PrintedWindow {
  return { name, author, reason, from: formatInstant(from), until: formatInstant(until) };
}
