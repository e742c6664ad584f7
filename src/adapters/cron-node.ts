import type { ScheduledTask } from 'node-cron';
import type { Cron } from '../ports.ts';

export interface NodeCron extends Cron {
  /** True where node-cron can read the expression: five fields, six with seconds first, or `@daily` and its kin. */
  isCron(text: string): boolean;
}

interface Plan {
  /** Decides on a whole moment, to the second. */
  readonly moment: ScheduledTask;
  /** The same months and days at noon: decides on a whole day with one question. */
  readonly day: ScheduledTask;
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
}

// The longest gap between two leap days, when no century falls between, and a day for the hour of the start.
const HORIZON_DAYS = 4 * 366;

/**
 * Cron expressions as node-cron reads them, in the host's time zone. node-cron itself only counts from the present moment, so the next
 * match after any other is found here, a day at a time. Loaded only where a cadence is a cron expression.
 */
export async function createNodeCron(): Promise<NodeCron> {
  const { createTask, parse, validate } = await import('node-cron');
  const matcher = (expression: string): ScheduledTask => {
    const task = createTask(expression, () => {});
    // Out of node-cron's registry again: it only has to answer `match`, never to run.
    void task.destroy();
    return task;
  };
  const plans = new Map<string, Plan>();
  const planFor = (expression: string): Plan => {
    const known = plans.get(expression);
    if (known) return known;
    const { second, minute, hour, dayOfMonth, month, dayOfWeek } = parse(expression);
    const day = `0 0 12 ${dayOfMonth.join(',')} ${month.join(',')} ${dayOfWeek.join(',')}`;
    const plan = { moment: matcher(expression), day: matcher(day), hours: hour, minutes: minute, seconds: second };
    plans.set(expression, plan);
    return plan;
  };
  return {
    isCron: (text) => validate(text),
    next: (expression, after) => nextMatch(planFor(expression), after),
  };
}

function nextMatch(plan: Plan, after: number): number | undefined {
  const start = new Date(after);
  for (let offset = 0; offset < HORIZON_DAYS; offset++) {
    const noon = new Date(start.getFullYear(), start.getMonth(), start.getDate() + offset, 12);
    if (!plan.day.match(noon)) continue;
    const found = firstOfDay(plan, noon, after);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first moment of that day that matches and is later than `after`. Times that a change to summer time leaves out do not match. */
function firstOfDay(plan: Plan, day: Date, after: number): number | undefined {
  const at = (hour: number, minute: number, second: number) =>
    new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute, second);
  for (const hour of plan.hours) {
    if (at(hour, 59, 59).getTime() <= after) continue;
    for (const minute of plan.minutes) {
      if (at(hour, minute, 59).getTime() <= after) continue;
      for (const second of plan.seconds) {
        const moment = at(hour, minute, second);
        if (moment.getTime() > after && plan.moment.match(moment)) return moment.getTime();
      }
    }
  }
  return undefined;
}
