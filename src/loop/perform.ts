import type { Resource } from '../core/expectation.ts';
import { isAcknowledged } from '../core/incident.ts';
import { isGravest, type WitnessWord } from '../core/mass.ts';
import type { HarmClass } from '../core/outcome.ts';
import type { Instant } from '../core/report.ts';
import type { StateEffect } from '../core/state.ts';
import type { Desk } from './desk.ts';
import type { Excuses } from './excuses.ts';
import type { Plan } from './plan.ts';
import type { Roll } from './roll.ts';
import type { Schedule } from './schedule.ts';

/** What effects act upon. */
export interface World {
  readonly plan: Plan;
  readonly schedule: Schedule;
  readonly roll: Roll;
  readonly desk: Desk;
  /** None where nothing is ever kept quiet. */
  readonly excuses?: Pick<Excuses, 'holds'>;
  readonly witness: WitnessWord | undefined;
}

/** Does what the resource's machine asks for: another look, or something to be told at the desk. */
export function perform(resource: Resource, effect: StateEffect, at: Instant, world: World): void {
  const { plan, schedule, desk } = world;
  const { id } = resource;
  const group = plan.groupOf.get(id);
  if (group === undefined) return;
  switch (effect.do) {
    case 'recheck': {
      const after = Math.max(effect.afterMs, effect.urgent ? plan.confirmAfterMs(resource.kind) : 0);
      return schedule.soon(id, group, effect.depth, after, effect.urgent, at);
    }
    case 'raise':
      return raise(resource, effect.track === 'sight' ? 'sight' : effect.harm, at, world);
    case 'change': {
      // An acknowledged key is deaf: what is struck besides goes under a new one.
      const known = desk.incidentOf(id, false);
      if (effect.more && known && isAcknowledged(known, at)) return raise(resource, effect.harm, at, world);
      return desk.change(id, false);
    }
    case 'clear':
      return desk.leave(id, effect.track === 'sight', 'resolved', at);
  }
}

function raise(resource: Resource, bad: HarmClass | 'sight', at: Instant, { roll, desk, excuses, witness }: World): void {
  const { id, connection } = resource;
  const record = roll.record(id);
  if (record && excuses?.holds(resource, bad === 'sight' ? 'sight' : 'harm', record, at)) return;
  const what = bad === 'sight' ? 'blind' : bad === 'lost' ? 'lost' : 'degraded';
  const weight = bad === 'sight' || bad === 'lost' ? resource.severity : bad;
  const severity = isGravest(roll.mass(connection, what), witness) ? 'critical' : weight;
  const episode = roll.nextEpisode(id, what);
  desk.raise({ resource: id, connection, class: what, severity, episode, at });
  // The page about a loss says at once that its backups are gone, too.
  for (const lost of roll.protects(id)) desk.touch(lost);
}
