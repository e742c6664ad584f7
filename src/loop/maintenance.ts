import type { Resource } from '../core/expectation.ts';
import { openMembers, type Incident } from '../core/incident.ts';
import { isBadNow, isExcusable, isInScope, printWindow, type MaintenanceWindow, type Track } from '../core/maintenance.ts';
import type { PrintedResource } from '../core/page.ts';
import type { Instant } from '../core/report.ts';
import type { ResourceState } from '../core/state.ts';
import { formatInstant } from '../core/wording.ts';
import type { Journal } from './journal.ts';
import type { Roll } from './roll.ts';
import type { Troubles } from './troubles.ts';

/** Steady time at which a window that has begun ends, whatever becomes of the wall clock; `over` for ever after. */
type End = number | 'ahead' | 'over';

interface Kept {
  readonly ends: Readonly<Record<string, End>>;
  /** `harm orders-dumps`: raised by its machine, and kept quiet by a window so far. */
  readonly held: readonly string[];
}

/**
 * The maintenance windows of the manifest: holds back what they may keep quiet, and hands it out when they end. A window once over stays
 * over: a clock that is set back opens none again.
 */
export class Maintenance {
  readonly #journal: Journal;
  readonly #troubles: Troubles;
  #windows: readonly MaintenanceWindow[] = [];
  readonly #ends: Map<string, End>;
  readonly #held: Set<string>;

  /** `saved`: what `save()` gave before a restart. */
  constructor(journal: Journal, troubles: Troubles, saved: string | undefined) {
    this.#journal = journal;
    this.#troubles = troubles;
    const { ends, held } = saved === undefined ? { ends: {}, held: [] } : (JSON.parse(saved) as Kept);
    this.#ends = new Map(Object.entries(ends));
    this.#held = new Set(held);
  }

  save(): string {
    return JSON.stringify({ ends: Object.fromEntries(this.#ends), held: [...this.#held] } satisfies Kept);
  }

  /** Takes over the windows of a plan. One not seen before is told of by the routes that stand: silence is nobody's secret. */
  use(windows: readonly MaintenanceWindow[], at: Instant, forMs: number): void {
    this.#windows = windows;
    const keys = new Set(windows.map(keyOf));
    for (const key of this.#ends.keys()) if (!keys.has(key)) this.#ends.delete(key);
    const declared = windows.filter((window) => !this.#ends.has(keyOf(window)));
    for (const window of declared) {
      this.#ends.set(keyOf(window), 'ahead');
      this.#journal.record('window', window.name, { is: 'declared', ...window });
    }
    const news = declared.filter(({ until }) => until > at.wall);
    if (news.length > 0) this.#troubles.announce('window.declared', news.map(sayDeclared).join('; '), 'warning', at, forMs);
  }

  /** The window that a resource is in now. */
  windowOf(resource: Pick<Resource, 'id' | 'connection'>, at: Instant): MaintenanceWindow | undefined {
    return this.#windows.find((window) => isInScope(window, resource) && this.#isActive(window, at));
  }

  active(at: Instant): MaintenanceWindow[] {
    return this.#windows.filter((window) => this.#isActive(window, at));
  }

  /** Whether what was just raised is kept quiet for now; then it is remembered until it ends or the window does. */
  holds(resource: Resource, track: Track, state: ResourceState, at: Instant): boolean {
    const entry = `${track} ${resource.id}`;
    if (!this.#excuses(resource, track, state, at)) {
      // Told now, in its graver form: nothing is owed at the end.
      this.#held.delete(entry);
      return false;
    }
    this.#held.add(entry);
    this.#journal.record('window', resource.id, { is: 'held', track, window: this.windowOf(resource, at)?.name });
    return true;
  }

  /** Whether an incident that is open may go without repeats for now: all of it is what a window keeps quiet. */
  isQuiet(incident: Incident, roll: Roll, at: Instant): boolean {
    if (incident.class === 'lost' || this.#windows.length === 0) return false;
    return openMembers(incident).every((id) => {
      const [resource, record] = [roll.resources.get(id), roll.record(id)];
      return resource && record && this.#excuses(resource, incident.class === 'blind' ? 'sight' : 'harm', record.state, at);
    });
  }

  /** What was held back and may be no longer: still bad, and its window is over, or it has become more than a window excuses. */
  released(roll: Roll, at: Instant): { readonly resource: Resource; readonly track: Track }[] {
    return [...this.#held].flatMap((entry) => {
      const space = entry.indexOf(' ');
      const [track, id] = [entry.slice(0, space) as Track, entry.slice(space + 1)];
      const [resource, record] = [roll.resources.get(id), roll.record(id)];
      const raised = record && (track === 'harm' ? record.state.harm !== null : record.state.blind);
      if (!resource || !raised) this.#held.delete(entry);
      else if (isBadNow(track, record.state) && !this.#excuses(resource, track, record.state, at)) {
        this.#held.delete(entry);
        return [{ resource, track }];
      }
      return [];
    });
  }

  /** A resource in a window says so wherever it is shown. */
  mark(printed: PrintedResource | undefined, at: Instant): PrintedResource | undefined {
    const window = printed && this.windowOf(printed, at);
    return printed && window ? { ...printed, window: printWindow(window) } : printed;
  }

  #excuses(resource: Resource, track: Track, state: ResourceState, at: Instant): boolean {
    return this.windowOf(resource, at) !== undefined && isExcusable(track, state);
  }

  #isActive(window: MaintenanceWindow, at: Instant): boolean {
    const key = keyOf(window);
    const end = this.#ends.get(key) ?? 'ahead';
    if (end === 'over' || (end === 'ahead' && at.wall < window.from)) return false;
    const ends = end === 'ahead' ? at.steady + window.until - at.wall : end;
    const active = at.wall < window.until && at.steady < ends;
    if (active && end !== 'ahead') return true;
    this.#ends.set(key, active ? ends : 'over');
    this.#journal.record('window', window.name, { is: active ? 'open' : 'over' });
    return active;
  }
}

/** A window changed in any way is another window. */
function keyOf(window: MaintenanceWindow): string {
  return JSON.stringify(window);
}

function sayDeclared({ name, author, reason, resources, connections, from, until }: MaintenanceWindow): string {
  const scope = [...resources, ...connections.map((connection) => `all of ${connection}`)].join(', ');
  const span = `from ${formatInstant(from)} until ${formatInstant(until)}`;
  return `${author} declared the maintenance window ${name} (${reason}) ${span}: no pages meanwhile that ${scope} grow stale or do not answer`;
}
