import type { Incident } from '../core/incident.ts';
import type { Resource } from '../core/expectation.ts';
import { printWindow, type PrintedWindow, type Track } from '../core/maintenance.ts';
import type { PrintedResource } from '../core/page.ts';
import type { Instant } from '../core/report.ts';
import type { ResourceRecord } from '../ports.ts';
import { Approvals } from './approvals.ts';
import { ExpectedLosses } from './expected-losses.ts';
import type { Journal } from './journal.ts';
import { Maintenance } from './maintenance.ts';
import type { Plan } from './plan.ts';
import type { Roll } from './roll.ts';
import type { Troubles } from './troubles.ts';
import type { WatchPorts } from './watch-ports.ts';

/** Everything for which a page may wait or be spared: maintenance windows, and losses that people approved. There is no third. */
export class Excuses {
  readonly #maintenance: Maintenance;
  readonly #losses: ExpectedLosses;
  readonly #approvals: Approvals;
  #plan: Plan | undefined;

  /** `meta`: what `save()` gave before a restart. */
  constructor(
    ports: Pick<WatchPorts, 'store' | 'log' | 'isProven'>,
    journal: Journal,
    troubles: Troubles,
    meta: Readonly<Record<string, string>>,
  ) {
    this.#maintenance = new Maintenance(journal, troubles, meta['maintenance']);
    this.#losses = new ExpectedLosses(journal, meta['losses']);
    this.#approvals = new Approvals(ports, troubles, this.#losses, meta['approvals']);
  }

  save(): Readonly<Record<string, string>> {
    return { maintenance: this.#maintenance.save(), losses: this.#losses.save(), approvals: this.#approvals.save() };
  }

  /** Goes over to a plan; what it announces stands for `forMs`. */
  use(plan: Plan, at: Instant, forMs: number): void {
    this.#plan = plan;
    this.#maintenance.use(plan.windows ?? [], at, forMs);
  }

  windows(at: Instant): PrintedWindow[] {
    return this.#maintenance.active(at).map(printWindow);
  }

  /** Looks what became of the requests in the store. Where nobody signs, none counts. */
  async follow(at: Instant): Promise<void> {
    const { inForce, repeat } = this.#plan ?? {};
    // An announcement is said once: it is over before it would be repeated.
    if (inForce && repeat !== undefined) await this.#approvals.follow(inForce, at, repeat / 2);
  }

  /** Whether what was just raised is not told: for now, in a window, or at all, as people approved it. */
  holds(resource: Resource, track: Track, record: ResourceRecord, at: Instant): boolean {
    if (track === 'harm' && record.state.harm === 'lost' && this.#losses.expects(resource, record, at)) return true;
    return this.#maintenance.holds(resource, track, record.state, at);
  }

  isQuiet(incident: Incident, roll: Roll, at: Instant): boolean {
    return this.#maintenance.isQuiet(incident, roll, at);
  }

  /** What was not told and has to be now. */
  released(roll: Roll, at: Instant): { readonly resource: Resource; readonly track: Track }[] {
    return [
      ...this.#maintenance.released(roll, at),
      ...this.#losses.released(roll).map((resource) => ({ resource, track: 'harm' as const })),
    ];
  }

  /** Requests whose loss would be expected from now on. */
  armed(roll: Roll): readonly string[] {
    return this.#losses.armed(roll);
  }

  mark(printed: PrintedResource | undefined, at: Instant): PrintedResource | undefined {
    return this.#losses.mark(this.#maintenance.mark(printed, at));
  }
}
