import { openMembers } from '../core/incident.ts';
import type { Remembered } from '../core/manifest-diff.ts';
import type { Instant } from '../core/report.ts';
import { ACCEPTED, sayTampering, UNSIGNED, type Standing } from '../core/standing.ts';
import { comparePlans, recallRoll, rememberPlan } from './changes.ts';
import type { Desk } from './desk.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { Roll } from './roll.ts';
import { Troubles, type TroubleName } from './troubles.ts';

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
  /** What was last refused, so that it is written down once. */
  #refused: string | undefined;
  #standing: Standing | undefined;

  constructor(desk: Desk, journal: Journal, troubles: Troubles) {
    this.#desk = desk;
    this.#journal = journal;
    this.#troubles = troubles;
  }

  /** After a start: compares the plan with the one the store remembers. An empty store under a manifest already in use pages (law 2). */
  resume(plan: Plan, roll: Roll, meta: Readonly<Record<string, string>>, at: Instant): void {
    const { sha256, version } = plan.manifest;
    // Where nobody signs, this is all that says what was believed on first use.
    this.#journal.record('start', '@watchdog', { manifest: sha256, version, signing: plan.standing?.state ?? 'unsigned' });
    const before = recallRoll(meta, plan);
    if (before) {
      const digests = JSON.parse(meta['config'] ?? '{}') as Record<string, string>;
      this.announce(plan, roll, { roll: before, digests }, at);
    } else if (plan.manifest.version > 1) {
      const what = `the store is empty, but manifest version ${plan.manifest.version} has been in use: what was known of identities and baselines is lost`;
      this.#troubles.raise('store.empty', what, 'warning', at, plan.repeat);
    }
    this.#journal.keepMeta('episodes_from', String(roll.episodesFrom));
    this.settle(plan, roll, at);
  }

  /** Pages what the plan takes away, by the routes now standing, and starts anew what it pins to another identity. */
  announce(plan: Plan, roll: Roll, before: Before, at: Instant): void {
    const { diff, manifest, config } = comparePlans(withHeldPins(before.roll, plan, roll), before.digests, plan);
    // What enough people signed as weakening is no news to page; what they did not see as such is.
    const { state, keep, approval } = plan.standing ?? UNSIGNED;
    const approved = state === 'signed' && keep !== undefined && approval?.sense !== 'harmless';
    if (manifest !== undefined && !approved) this.#troubles.announce('manifest.changed', manifest, 'critical', at, plan.repeat);
    if (config !== undefined) this.#troubles.announce('config.changed', config, 'warning', at, plan.repeat);
    for (const id of diff.removed) {
      this.#journal.record('retired', id, {});
      this.#journal.keep(id, null);
    }
    for (const id of diff.repinned) {
      for (const blind of [false, true]) this.#desk.leave(id, blind, 'repinned', at);
      roll.forget(id);
      const record = roll.record(id);
      if (record) this.#journal.keep(id, record);
    }
  }

  /** Closes what is open about resources no longer on the roll, and writes down what is watched from now on. */
  settle(plan: Plan, roll: Roll, at: Instant): void {
    for (const incident of this.#desk.open())
      for (const member of openMembers(incident))
        if (!Troubles.owns(member) && !roll.resources.has(member)) this.#desk.leave(member, incident.class === 'blind', 'retired', at);
    for (const [name, value] of Object.entries(rememberPlan(plan))) this.#journal.keepMeta(name, value);
    this.stand(plan, plan.standing ?? UNSIGNED, at);
  }

  /** Says how the manifest on the disk stands with the people who sign, and keeps what they signed. */
  stand({ manifest: { id, version }, repeat }: Pick<Plan, 'manifest' | 'repeat'>, standing: Standing, at: Instant): void {
    this.#standing = standing.state === 'unsigned' ? undefined : standing;
    const { signersChanged, cloned, approval, tampering, keep } = standing;
    if (keep !== undefined) {
      this.#journal.keepMeta(ACCEPTED, keep);
      this.#journal.record('approval', id, { version, ...approval });
    }
    const tampered = sayTampering(standing, version);
    this.#alarm('manifest.tampered', tampered, at);
    this.#alarm(
      'signers.changed',
      signersChanged && `${signersChanged}; those in force stay so until a signed manifest says otherwise`,
      at,
    );
    if (cloned.length > 0)
      this.#troubles.raise(
        'signers.cloned',
        `a security key counts backwards, as if there were two of it: ${cloned.join(', ')}`,
        'warning',
        at,
        repeat,
      );
    if (tampering && tampered !== this.#refused) this.#journal.record('refusal', id, { ...tampering });
    this.#refused = tampered;
  }

  get standing(): Standing | undefined {
    return this.#standing;
  }

  #alarm(path: TroubleName, what: string | undefined, at: Instant): void {
    if (what === undefined) this.#troubles.clear(path, at);
    else this.#troubles.raise(path, what, 'critical', at);
  }
}

/**
 * What was trusted on first use is an identity too: a manifest that names it only tightens, one that names another pins anew. Of what
 * the new manifest does not name nothing is said.
 */
function withHeldPins(before: readonly Remembered[], plan: Plan, roll: Roll): Remembered[] {
  const named = new Map(plan.resources.map(({ id, identity }) => [id, identity]));
  return before.map((was) => {
    const held = Object.entries(roll.record(was.id)?.memory.pin ?? {}).filter(([key]) => key in (named.get(was.id) ?? {}));
    return { ...was, identity: { ...Object.fromEntries(held), ...was.identity } };
  });
}
