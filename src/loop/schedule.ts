import type { Cadence, Resource } from '../core/expectation.ts';
import type { Depth, Instant } from '../core/report.ts';
import type { Cron, Random } from '../ports.ts';
import type { Nudge } from '../probe.ts';
import { Budget } from './budget.ts';

/** One batch that is due: everything of one group (one endpoint, one credential) to be looked at in one call. */
export interface Due {
  readonly group: string;
  readonly depth: Depth;
  readonly path: 'usual' | 'fresh';
  readonly ids: readonly string[];
}

export interface Planned {
  readonly resource: Resource;
  /** Connection and batch key: what one `collect()` can serve. */
  readonly group: string;
  /** Inspections per minute that the group's endpoint is spared beyond. */
  readonly inspectionsPerMinute: number | undefined;
}

interface Beat {
  readonly group: string;
  readonly cadence: Cadence;
  readonly ids: string[];
  due: number;
  endedAt: number;
}

interface Inspection {
  readonly id: string;
  readonly group: string;
  readonly cadence: Cadence;
  due: number;
  fresh: boolean;
}

interface Recheck {
  readonly id: string;
  readonly group: string;
  readonly depth: Depth;
  due: number;
}

/** Jitter of an inspection's period: enough that a thousand due at start do not stay in step. */
const JITTER = 0.1;

/** A sweep may run as long as its probe's patience before it counts as late. */
const OVERDUE_GRACE_MS = 15_000;

/** Of a group's budget of inspections so much goes to what somebody says happened: rotation keeps the rest, whoever says how much. */
const TOLD_SHARE = 0.5;

/** How soon an inspection that would find nothing is considered again. */
const SKIPPED_MS = 1000;

/**
 * Says which looks are due. Sweeps beat per group and cadence, so that one call serves all; inspections are due one by one, in
 * rotation under the group's budget; rechecks are owed to a suspicion and go first. A group never has two looks of one depth and
 * path under way. All times are steady ms, so that a stepped wall clock neither stops nor hastens anything.
 */
export class Schedule {
  readonly #cron: Cron;
  readonly #random: Random;
  readonly #beats = new Map<string, Beat>();
  readonly #inspections = new Map<string, Inspection>();
  readonly #rechecks = new Map<string, Recheck>();
  readonly #budgets = new Map<string, Budget>();
  /** What somebody says happened to, by group: due with the next sweep of it, or as one of its own. */
  readonly #told = new Map<string, Set<string>>();
  readonly #toldBudgets = new Map<string, Budget>();
  readonly #running = new Set<string>();
  /** The beats that a sweep under way is of, by its lane. */
  readonly #beating = new Map<string, readonly Beat[]>();

  constructor(planned: readonly Planned[], ports: { readonly cron: Cron; readonly random: Random }, now: Instant) {
    this.#cron = ports.cron;
    this.#random = ports.random;
    for (const { resource, group, inspectionsPerMinute } of planned) {
      const key = `${group}\n${JSON.stringify(resource.sweep)}`;
      const beat = this.#beats.get(key) ?? { group, cadence: resource.sweep, ids: [], due: now.steady, endedAt: now.steady };
      beat.ids.push(resource.id);
      this.#beats.set(key, beat);
      if (inspectionsPerMinute !== undefined && !this.#budgets.has(group)) {
        this.#budgets.set(group, new Budget(inspectionsPerMinute, now.steady));
        this.#toldBudgets.set(group, new Budget(inspectionsPerMinute * TOLD_SHARE, now.steady));
      }
      if (resource.checks.some((check) => check.depth === 'inspect'))
        this.#inspections.set(resource.id, { id: resource.id, group, cadence: resource.inspect, due: now.steady, fresh: false });
    }
  }

  /** Everything due now whose group is free; each must be given back to `ended`. `skip` names what an inspection would not find. */
  take(now: Instant, skip: (id: string) => boolean): Due[] {
    return [...this.#takeRechecks(now.steady), ...this.#takeSweeps(now), ...this.#takeInspections(now, skip)];
  }

  /** When to ask again, in ms. */
  wait(now: Instant): number {
    let next = now.steady + 1000;
    const consider = (due: number, key: string): void => {
      if (!this.#running.has(key)) next = Math.min(next, due);
    };
    for (const beat of this.#beats.values()) consider(beat.due, lane(beat.group, 'sweep', 'usual'));
    for (const group of this.#told.keys()) consider(now.steady, lane(group, 'sweep', 'usual'));
    for (const recheck of this.#rechecks.values()) consider(recheck.due, lane(recheck.group, recheck.depth, 'fresh'));
    for (const inspection of this.#inspections.values()) {
      const budget = this.#budgets.get(inspection.group);
      consider(
        Math.max(inspection.due, now.steady + (budget?.wait(now.steady) ?? 0)),
        lane(inspection.group, 'inspect', inspection.fresh ? 'fresh' : 'usual'),
      );
    }
    return Math.max(0, next - now.steady);
  }

  ended(due: Due, now: Instant): void {
    const name = lane(due.group, due.depth, due.path);
    this.#running.delete(name);
    // A look at what somebody named is no beat: whoever names much must not make a roll that nobody looks at seem looked at.
    for (const beat of this.#beating.get(name) ?? []) beat.endedAt = now.steady;
    this.#beating.delete(name);
  }

  /** After a time in which nothing ran at all: lateness counts from now on. */
  resumed(now: Instant): void {
    for (const beat of this.#beats.values()) beat.endedAt = now.steady;
  }

  /** Another look at one resource, on a fresh path. What is `urgent` does not wait for a budget; what is not, but due now, is next in it. */
  soon(id: string, group: string, depth: Depth, afterMs: number, urgent: boolean, now: Instant): void {
    const due = now.steady + afterMs;
    const inspection = depth === 'inspect' ? this.#inspections.get(id) : undefined;
    if (inspection && !urgent) {
      // Behind a rotation that the budget stretches it would be found by its turn, not by its jump.
      const turn = afterMs === 0 ? -Infinity : due;
      if (turn < inspection.due) Object.assign(inspection, { due: turn, fresh: true });
      return;
    }
    const key = `${id}\n${depth}`;
    const known = this.#rechecks.get(key);
    if (!known || due < known.due) this.#rechecks.set(key, { id, group, depth, due });
  }

  /** What a nudge makes due: what the probe noticed is owed a sweep; what it was told gets the usual look, as soon as its group is free. */
  nudged({ ids, told }: Nudge, groupOf: (id: string) => string | undefined, now: Instant): void {
    for (const id of ids) {
      const group = groupOf(id);
      if (group === undefined) continue;
      if (told) this.#tell(id, group, now.steady);
      else this.soon(id, group, 'sweep', 0, true, now);
    }
  }

  #tell(id: string, group: string, now: number): void {
    const others = this.#told.get(group);
    if (others) others.add(id);
    else this.#told.set(group, new Set([id]));
    const inspection = this.#inspections.get(id);
    if (!inspection || inspection.due === -Infinity) return;
    const budget = this.#toldBudgets.get(group);
    const ahead = !budget || budget.take(1, now) === 1;
    inspection.due = ahead ? -Infinity : Math.min(inspection.due, now);
  }

  /** How far the budget stretches the inspections of a group beyond what was asked: ms between two looks at one resource. */
  stretch(): Map<string, { readonly wantedMs: number; readonly actualMs: number }> {
    const load = new Map<string, { count: number; shortest: number }>();
    for (const { group, cadence } of this.#inspections.values()) {
      const period = 'every' in cadence ? cadence.every : Infinity;
      const known = load.get(group) ?? { count: 0, shortest: Infinity };
      load.set(group, { count: known.count + 1, shortest: Math.min(known.shortest, period) });
    }
    const out = new Map<string, { wantedMs: number; actualMs: number }>();
    for (const [group, { count, shortest }] of load) {
      const budget = this.#budgets.get(group);
      if (budget && Number.isFinite(shortest))
        out.set(group, { wantedMs: shortest, actualMs: Math.max(shortest, (count / budget.perMinute) * 60_000) });
    }
    return out;
  }

  /** How long ago the sweep of every group had ended, ms: the age of the last complete round, by the group that waits longest. */
  roundAge(now: Instant): number {
    // Of a cron expression only lateness counts: between two of its moments nothing is owed.
    return Math.max(0, ...[...this.#beats.values()].map((beat) => now.steady - ('every' in beat.cadence ? beat.endedAt : beat.due)));
  }

  /** The groups whose sweep has not ended for longer than three of its beats and some grace. */
  overdue(now: Instant): string[] {
    return [...this.#beats.values()].flatMap((beat) => {
      const period = 'every' in beat.cadence ? beat.cadence.every : Math.max(0, beat.due - beat.endedAt);
      return now.steady - beat.endedAt > 3 * period + OVERDUE_GRACE_MS ? [beat.group] : [];
    });
  }

  #takeRechecks(now: number): Due[] {
    const batches = new Map<string, Due & { ids: string[] }>();
    for (const [key, { id, group, depth, due }] of this.#rechecks) {
      const name = lane(group, depth, 'fresh');
      if (due > now || this.#running.has(name)) continue;
      const batch = batches.get(name) ?? { group, depth, path: 'fresh', ids: [] };
      batch.ids.push(id);
      batches.set(name, batch);
      this.#rechecks.delete(key);
    }
    for (const [name, batch] of batches) {
      this.#running.add(name);
      if (batch.depth === 'inspect') this.#budgets.get(batch.group)?.owe(batch.ids.length, now);
    }
    return [...batches.values()];
  }

  #takeSweeps(now: Instant): Due[] {
    const batches = new Map<string, Due & { ids: string[] }>();
    for (const beat of this.#beats.values()) {
      const name = lane(beat.group, 'sweep', 'usual');
      if (beat.due > now.steady || this.#running.has(name)) continue;
      beat.due = this.#after(beat.cadence, beat.due, now);
      const batch = batches.get(name) ?? { group: beat.group, depth: 'sweep', path: 'usual', ids: [] };
      batch.ids.push(...beat.ids);
      batches.set(name, batch);
      this.#beating.set(name, [...(this.#beating.get(name) ?? []), beat]);
    }
    for (const [group, ids] of this.#told) {
      const name = lane(group, 'sweep', 'usual');
      if (this.#running.has(name)) continue;
      this.#told.delete(group);
      const batch = batches.get(name);
      const had = new Set(batch?.ids);
      const more = [...ids].filter((id) => !had.has(id));
      if (batch) batch.ids.push(...more);
      else batches.set(name, { group, depth: 'sweep', path: 'usual', ids: more });
    }
    for (const name of batches.keys()) this.#running.add(name);
    return [...batches.values()];
  }

  #takeInspections(now: Instant, skip: (id: string) => boolean): Due[] {
    const ready = new Map<string, Inspection[]>();
    // The one that has waited longest goes first: rotation.
    const waiting = [...this.#inspections.values()].filter(({ due }) => due <= now.steady).sort((a, b) => a.due - b.due);
    for (const inspection of waiting) {
      const name = lane(inspection.group, 'inspect', inspection.fresh ? 'fresh' : 'usual');
      if (this.#running.has(name)) continue;
      // Asked again in a moment: it must be looked at as soon as there is something to inspect.
      if (skip(inspection.id)) inspection.due = now.steady + SKIPPED_MS;
      else if (!ready.get(name)?.push(inspection)) ready.set(name, [inspection]);
    }
    return [...ready].flatMap(([name, group]) => {
      const [first] = group;
      if (!first) return [];
      const budget = this.#budgets.get(first.group);
      const allowed = budget ? budget.take(group.length, now.steady) : group.length;
      const chosen = group.slice(0, allowed);
      if (chosen.length === 0) return [];
      this.#running.add(name);
      const due: Due = { group: first.group, depth: 'inspect', path: first.fresh ? 'fresh' : 'usual', ids: chosen.map(({ id }) => id) };
      for (const inspection of chosen)
        Object.assign(inspection, { due: this.#after(inspection.cadence, now.steady, now, JITTER), fresh: false });
      return [due];
    });
  }

  /** The beat after `due`, in phase with it; beats missed while the machine slept are not made up for. */
  #after(cadence: Cadence, due: number, now: Instant, jitter = 0): number {
    if ('cron' in cadence) {
      const next = this.#cron.next(cadence.cron, now.wall);
      return next === undefined ? Infinity : now.steady + (next - now.wall);
    }
    const period = cadence.every * (1 + jitter * (this.#random.unit() - 0.5));
    return due + period > now.steady ? due + period : now.steady + period - ((now.steady - due) % period);
  }
}

function lane(group: string, depth: Depth, path: 'usual' | 'fresh'): string {
  return `${group}\n${depth}\n${path}`;
}
