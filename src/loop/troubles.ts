import type { Severity } from '../core/expectation.ts';
import { isAcknowledged } from '../core/incident.ts';
import { printTrouble } from '../core/page-words.ts';
import type { PrintedResource } from '../core/page.ts';
import type { Instant } from '../core/report.ts';
import type { Desk } from './desk.ts';

/** What can be wrong with the watcher itself; each is a page about `@watchdog`. */
export type TroubleName =
  | 'manifest.expires'
  | 'manifest.changed'
  | 'manifest.tampered'
  | 'signers.changed'
  | 'signers.cloned'
  | 'config.changed'
  | 'reload.failed'
  | 'store.failing'
  | 'store.empty'
  | 'batch.overdue'
  | 'heartbeat.unheard'
  | 'ledger.disputed'
  | 'ledger.unanchored'
  | 'ledger.unarchived'
  | 'ledger.uncosigned'
  | 'ledger.witnessed'
  | 'loop.stalled'
  | 'loop.blocked'
  | 'clock.stopped'
  | 'certificate.ends'
  | 'coverage.fell'
  | 'credential.too-strong'
  | 'events.unheard'
  | 'pager.refused'
  | 'unmanaged.declared'
  | 'window.declared'
  | 'grant.approved'
  | 'grant.forged'
  | 'grant.refused'
  | 'grant.unended'
  | 'grant.unused'
  | 'grant.void';

interface Trouble {
  readonly path: TroubleName;
  readonly what: string;
  readonly severity: Severity;
  readonly since: Instant;
  /** Steady time at which an announcement is over; null for what lasts until it is mended. */
  readonly until: number | null;
  /** Of what was announced: each time is a happening of its own. */
  readonly nth?: number;
}

const PREFIX = '@watchdog/';

/** Keeps the watcher's own troubles, and raises and resolves their incidents. */
export class Troubles {
  readonly #desk: Desk;
  readonly #episode: () => number;
  readonly #known = new Map<string, Trouble>();

  /** `episode` counts up for the dedup key: all troubles share the name `@watchdog`. `saved`: what `save()` gave before a restart. */
  constructor(desk: Desk, episode: () => number, saved: string | undefined) {
    this.#desk = desk;
    this.#episode = episode;
    if (saved !== undefined) for (const trouble of JSON.parse(saved) as Trouble[]) this.#known.set(nameOf(trouble), trouble);
  }

  save(): string {
    return JSON.stringify([...this.#known.values()]);
  }

  /**
   * Pages once per trouble, and again only after it has been mended, or has changed while somebody acknowledged it: such a key is deaf.
   * `forMs` for what lasts no longer than that.
   */
  raise(path: TroubleName, what: string, severity: Severity, at: Instant, forMs?: number): void {
    const resource = PREFIX + path;
    const known = this.#known.get(resource);
    const until = forMs === undefined ? null : at.steady + forMs;
    const standing = this.#desk.incidentOf(resource, false);
    const since = standing && known ? known.since : at;
    this.#known.set(resource, { path, what, severity, since, until });
    if (standing && known?.what === what) return;
    if (standing && !(severity === 'critical' && isAcknowledged(standing, at))) return this.#desk.change(resource, false);
    this.#open(resource, severity, this.#episode(), at);
  }

  /**
   * Pages what has happened once for `forMs`. What happens meanwhile is another page: one that only reworded the first would take its place
   * where nobody has it yet, and be heard by nobody where somebody has.
   */
  announce(path: TroubleName, what: string, severity: Severity, at: Instant, forMs: number): void {
    const nth = this.#episode();
    const trouble: Trouble = { path, what, severity, since: at, until: at.steady + forMs, nth };
    this.#known.set(nameOf(trouble), trouble);
    this.#open(nameOf(trouble), severity, nth, at);
  }

  #open(resource: string, severity: Severity, episode: number, at: Instant): void {
    this.#desk.raise({ resource, label: '@watchdog', connection: resource, class: 'degraded', severity, episode, at });
  }

  clear(path: TroubleName, at: Instant): void {
    this.#desk.leave(PREFIX + path, false, 'resolved', at);
  }

  tick(at: Instant): void {
    for (const [resource, { until, nth }] of this.#known) {
      if (until === null || until > at.steady) continue;
      this.#desk.leave(resource, false, 'resolved', at);
      // Its end may still have to be worded anew, for a pager that takes another's place.
      const told = nth === undefined || this.#desk.open().some(({ members }) => resource in members);
      if (!told) this.#known.delete(resource);
    }
  }

  /** True for members of incidents that are troubles rather than resources. */
  static owns(member: string): boolean {
    return member.startsWith(PREFIX);
  }

  print(member: string): PrintedResource | undefined {
    const trouble = this.#known.get(member);
    return trouble && printTrouble(trouble);
  }
}

function nameOf({ path, nth }: Pick<Trouble, 'path' | 'nth'>): string {
  return nth === undefined ? PREFIX + path : `${PREFIX}${path}/${nth}`;
}
