import type { Instant } from '../core/report.ts';
import type { Clock, Log } from '../ports.ts';
import { auditAll, unaccepted, type Audited } from './audit-round.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { Troubles } from './troubles.ts';

const EVERY_MS = 3_600_000;
/** After an audit that could not see everything. */
const AGAIN_MS = 300_000;
/** Findings that a page lists. */
const NAMED = 5;

/** What the last audit came to, and of which plan. One object until the next has ended. */
export interface LastAudit {
  readonly at: Instant;
  readonly plan: Plan;
  readonly audits: readonly Audited[];
}

/** Asks at start, at a reload and every hour what the watcher's own credentials can do, and pages where that is more than looking (law 8). */
export class SelfAudit {
  readonly #troubles: Troubles;
  readonly #journal: Journal;
  readonly #ports: { readonly clock: Clock; readonly log: Log };
  #plan: Plan | undefined;
  #dueAt = -Infinity;
  #asking = false;
  #said = '';
  #last: LastAudit | undefined;

  constructor(troubles: Troubles, journal: Journal, ports: { readonly clock: Clock; readonly log: Log }) {
    this.#troubles = troubles;
    this.#journal = journal;
    this.#ports = ports;
  }

  get last(): LastAudit | undefined {
    return this.#last;
  }

  isDue(at: Instant, plan: Plan): boolean {
    return !this.#asking && (plan !== this.#plan || at.steady >= this.#dueAt);
  }

  /** Blindness changes nothing: what was found stands until an audit that saw everything no longer finds it. */
  async ask(plan: Plan, signal: AbortSignal): Promise<void> {
    this.#asking = true;
    try {
      const audits = await auditAll(plan, this.#ports.clock, signal);
      const at = this.#ports.clock.now();
      if (signal.aborted) return;
      const found = unaccepted(audits);
      const blind = audits.flatMap(({ connection, reports }) =>
        reports.flatMap((report) => (report.kind === 'unaudited' ? [`${connection}: ${report.on}: ${report.say}`] : [])),
      );
      this.#plan = plan;
      this.#last = { at, plan, audits };
      this.#dueAt = at.steady + (blind.length > 0 ? AGAIN_MS : EVERY_MS);
      const what = wordFindings(found.map(({ connection, found: { what: say } }) => `${connection}: ${say}`));
      const grave = found.some(({ found: { severity } }) => severity === 'critical');
      if (found.length > 0) this.#troubles.raise('credential.too-strong', what, grave ? 'critical' : 'warning', at);
      else if (blind.length === 0) this.#troubles.clear('credential.too-strong', at);
      if (blind.length > 0) this.#ports.log.warn('credentials could not be audited', { why: blind.slice(0, NAMED) });
      if (what !== this.#said) this.#journal.record('audit', '@watchdog', { found: found.length, unaudited: blind.length, what });
      this.#said = what;
    } finally {
      this.#asking = false;
    }
  }
}

function wordFindings(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const more = lines.length > NAMED ? `; and ${lines.length - NAMED} more` : '';
  return `the watcher's own credentials can do more than look: ${lines.slice(0, NAMED).join('; ')}${more} (rollcall audit)`;
}
