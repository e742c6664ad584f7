import type { PrintedResource } from '../core/page.ts';
import type { Instant } from '../core/report.ts';
import type { Standing } from '../core/standing.ts';
import type { ClaimBook } from './claim-book.ts';
import { printCoverage } from './coverage-book.ts';
import type { Desk } from './desk.ts';
import type { Errands } from './errands.ts';
import type { Excuses } from './excuses.ts';
import type { Journal } from './journal.ts';
import type { Outbox } from './outbox.ts';
import type { Plan } from './plan.ts';
import type { Pulse } from './pulse.ts';
import type { Roll } from './roll.ts';
import type { Schedule } from './schedule.ts';
import type { WatchStatus } from './self.ts';

/** Where the status is read from. */
export interface StatusParts {
  readonly watchdog: string;
  readonly plan: Plan;
  readonly roll: Roll;
  readonly schedule: Schedule;
  readonly desk: Desk;
  readonly journal: Journal;
  readonly pulse: Pulse;
  readonly claims: ClaimBook;
  readonly excuses: Excuses;
  readonly outbox: Outbox;
  readonly standing: Standing | undefined;
  readonly errands: Errands;
}

/** What the daemon knows of itself at this moment; `why`: reasons not to be trusted right now. */
export function watchStatus(parts: StatusParts, why: readonly string[], at: Instant): WatchStatus {
  const { plan, roll, schedule, pulse, excuses, standing } = parts;
  const print = (id: string) => excuses.mark(roll.print(id), at);
  let printed: PrintedResource[] | undefined;
  return {
    watcher: { name: parts.watchdog, manifest: plan.manifest.id, version: plan.manifest.version },
    roundAge: roll.isSwept() ? schedule.roundAge(at) : null,
    ready: why.length === 0,
    ...(standing && { standing }),
    why,
    get resources() {
      return (printed ??= [...roll.resources.keys()].flatMap((id) => print(id) ?? []));
    },
    glances: roll.glances(),
    print,
    protects: (id) => roll.protects(id),
    healthyAt: (id) => roll.healthyAt(id)?.wall ?? null,
    windows: excuses.windows(at),
    armed: excuses.armed(roll),
    claims: parts.claims.claims,
    incidents: parts.desk.open(),
    pagers: parts.outbox.health,
    ...(pulse.last !== undefined && { heartbeat: pulse.last }),
    head: parts.journal.head,
    stretch: schedule.stretch(),
    coverage: printCoverage(parts.errands.coverage),
    roundAt: pulse.roundAt,
  };
}
