import type { Instant } from '../core/report.ts';
import type { ClaimBook } from './claim-book.ts';
import { CoverageWatch } from './coverage-watch.ts';
import type { ConnectionCoverage } from './coverage-book.ts';
import type { Desk } from './desk.ts';
import type { Excuses } from './excuses.ts';
import type { Journal } from './journal.ts';
import { Orders } from './orders.ts';
import { PagingPath } from './paging-path.ts';
import type { Plan } from './plan.ts';
import { ReadBack } from './read-back.ts';
import { SelfAudit, type LastAudit } from './self-audit.ts';
import type { Troubles } from './troubles.ts';
import type { WatchPorts } from './watch-ports.ts';

/** What a watch does now and then besides looking: it asks people's vendors, its store, its paging path, its own credentials and what else is there. */
export class Errands {
  readonly #readBack: ReadBack;
  readonly #orders: Orders;
  readonly #excuses: Excuses;
  readonly #path: PagingPath | undefined;
  readonly #selfAudit: SelfAudit;
  readonly #coverage: CoverageWatch;

  /** The paging path is tried only where a dead man's switch waits for it. */
  constructor(
    ports: WatchPorts,
    parts: {
      readonly desk: Desk;
      readonly journal: Journal;
      readonly claims: ClaimBook;
      readonly troubles: Troubles;
      readonly excuses: Excuses;
    },
    meta: Readonly<Record<string, string>>,
  ) {
    const { desk, journal, claims, troubles, excuses } = parts;
    this.#readBack = new ReadBack(desk, journal, ports.log);
    this.#excuses = excuses;
    this.#orders = new Orders(ports.store, desk, claims, journal);
    this.#path = ports.heartbeat && new PagingPath();
    this.#selfAudit = new SelfAudit(troubles, journal, ports);
    this.#coverage = new CoverageWatch(troubles, journal, ports, meta);
  }

  /** Why a page might not arrive; empty where nobody asks. */
  get reasons(): readonly string[] {
    return this.#path?.reasons ?? [];
  }

  /** What the last audit of the credentials came to. */
  get audited(): LastAudit | undefined {
    return this.#selfAudit.last;
  }

  /** How much of what is there is on the roll. */
  get coverage(): readonly ConnectionCoverage[] {
    return this.#coverage.coverage;
  }

  /** Begins what is due. */
  run(at: Instant, plan: Plan, stopping: AbortSignal): Promise<void>[] {
    return [
      ...(this.#readBack.isDue(at, plan.pagers) ? [this.#readBack.ask(at, plan.pagers, stopping)] : []),
      ...(this.#orders.isDue(at) ? [this.#orders.obey(at), this.#excuses.follow(at)] : []),
      ...(this.#path?.isDue(at) ? [this.#path.verify(at, plan.pagers, stopping)] : []),
      ...(this.#selfAudit.isDue(at, plan) ? [this.#selfAudit.ask(plan, stopping)] : []),
      ...(this.#coverage.isDue(at, plan) ? [this.#coverage.ask(plan, stopping)] : []),
    ];
  }
}
