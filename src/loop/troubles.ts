import type { Severity } from '../core/expectation.ts';
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
  | 'loop.stalled'
  | 'loop.blocked'
  | 'clock.stopped'
  | 'credential.too-strong'
  | 'pager.refused'
  | 'window.declared';

interface Trouble {
  readonly path: TroubleName;
  readonly what: string;
  readonly severity: Severity;
  readonly since: Instant;
  /** Steady time at which an announcement is over; null for what lasts until it is mended. */
  readonly until: number | null;
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
    if (saved !== undefined) for (const trouble of JSON.parse(saved) as Trouble[]) this.#known.set(PREFIX + trouble.path, trouble);
  }

  save(): string {
    return JSON.stringify([...this.#known.values()]);
  }

  /** Pages once per trouble, and again only after it has been mended. `forMs` for what is an announcement rather than a state. */
  raise(path: TroubleName, what: string, severity: Severity, at: Instant, forMs?: number): void {
    const resource = PREFIX + path;
    const known = this.#known.get(resource);
    const until = forMs === undefined ? null : at.steady + forMs;
    const standing = this.#desk.incidentOf(resource, false) !== undefined;
    this.#known.set(resource, { path, what, severity, since: standing && known ? known.since : at, until });
    if (standing) {
      if (known?.what !== what) this.#desk.change(resource, false);
      return;
    }
    this.#desk.raise({ resource, label: '@watchdog', connection: resource, class: 'degraded', severity, episode: this.#episode(), at });
  }

  clear(path: TroubleName, at: Instant): void {
    this.#desk.leave(PREFIX + path, false, 'resolved', at);
  }

  tick(at: Instant): void {
    for (const [resource, { until }] of this.#known)
      if (until !== null && until <= at.steady) this.#desk.leave(resource, false, 'resolved', at);
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
