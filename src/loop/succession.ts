import { openMembers } from '../core/incident.ts';
import type { Remembered } from '../core/manifest-diff.ts';
import type { Instant } from '../core/report.ts';
import { comparePlans, rememberPlan } from './changes.ts';
import type { Desk } from './desk.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { Roll } from './roll.ts';
import { Troubles } from './troubles.ts';

/** What was watched before: the roll as the store keeps it, and the digests of config.yaml's parts. */
export interface Before {
  readonly roll: readonly Remembered[];
  readonly digests: Readonly<Record<string, string>>;
}

/** One plan following another: what that takes away is paged, and what leaves is let go with its reason, never as an all-clear. */
export class Succession {
  readonly #desk: Desk;
  readonly #journal: Journal;
  readonly #troubles: Troubles;

  constructor(desk: Desk, journal: Journal, troubles: Troubles) {
    this.#desk = desk;
    this.#journal = journal;
    this.#troubles = troubles;
  }

  /** After a start: compares the plan with the one the store remembers. An empty store under a manifest already in use pages (law 2). */
  resume(plan: Plan, roll: Roll, meta: Readonly<Record<string, string>>, at: Instant): void {
    if (meta['roll'] !== undefined) {
      const digests = JSON.parse(meta['config'] ?? '{}') as Record<string, string>;
      this.announce(plan, roll, { roll: JSON.parse(meta['roll']) as Remembered[], digests }, at);
    } else if (plan.manifest.version > 1) {
      const what = `the store is empty, but manifest version ${plan.manifest.version} has been in use: what was known of identities and baselines is lost`;
      this.#troubles.raise('store.empty', what, 'warning', at, plan.repeat);
    }
    this.settle(plan, roll, at);
  }

  /** Pages what the plan takes away, by the routes now standing, and starts anew what it pins to another identity. */
  announce(plan: Plan, roll: Roll, before: Before, at: Instant): void {
    const { diff, manifest, config } = comparePlans(withHeldPins(before.roll, plan, roll), before.digests, plan);
    if (manifest !== undefined) this.#troubles.raise('manifest.changed', manifest, 'critical', at, plan.repeat);
    if (config !== undefined) this.#troubles.raise('config.changed', config, 'warning', at, plan.repeat);
    for (const id of diff.removed) {
      this.#journal.record('retired', id, {});
      this.#journal.keep(id, null);
    }
    for (const id of diff.repinned) {
      for (const blind of [false, true]) this.#desk.leave(id, blind, 'repinned', at);
      roll.forget(id);
      const record = roll.records.get(id);
      if (record) this.#journal.keep(id, record);
    }
  }

  /** Closes what is open about resources no longer on the roll, and writes down what is watched from now on. */
  settle(plan: Plan, roll: Roll, at: Instant): void {
    for (const incident of this.#desk.open())
      for (const member of openMembers(incident))
        if (!Troubles.owns(member) && !roll.resources.has(member)) this.#desk.leave(member, incident.class === 'blind', 'retired', at);
    for (const [name, value] of Object.entries(rememberPlan(plan))) this.#journal.keepMeta(name, value);
  }
}

/**
 * What was trusted on first use is an identity too: a manifest that names it only tightens, one that names another pins anew. Of what
 * the new manifest does not name nothing is said.
 */
function withHeldPins(before: readonly Remembered[], plan: Plan, roll: Roll): Remembered[] {
  const named = new Map(plan.resources.map(({ id, identity }) => [id, identity]));
  return before.map((was) => {
    const held = Object.entries(roll.records.get(was.id)?.memory.pin ?? {}).filter(([key]) => key in (named.get(was.id) ?? {}));
    return { ...was, identity: { ...Object.fromEntries(held), ...was.identity } };
  });
}
