import type { WitnessWord } from '../core/mass.ts';
import type { PrintedResource } from '../core/page.ts';
import { wordPage } from '../core/page-words.ts';
import type { Instant } from '../core/report.ts';
import type { DeskOptions } from './desk.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { Roll } from './roll.ts';
import { Troubles } from './troubles.ts';

/** Where the desk's facts come from; asked anew each time, because a reload replaces most of it. */
export interface DeskSources {
  readonly plan: Plan;
  readonly roll: Roll;
  readonly troubles: Troubles;
  readonly journal: Journal;
  readonly witness: (at: Instant) => WitnessWord | undefined;
}

/** `manifest`: its id, which a running daemon never changes. */
export function deskOptions(watchdog: string, manifest: string, newId: DeskOptions['newId'], sources: () => DeskSources): DeskOptions {
  const print = (id: string): PrintedResource | undefined => {
    const { troubles, roll } = sources();
    return Troubles.owns(id) ? troubles.print(id) : roll.print(id);
  };
  return {
    manifest,
    watchdog,
    repeat: () => sources().plan.repeat,
    pagersFor: (severity) => sources().plan.pagersFor(severity),
    laterFor: (severity) => sources().plan.laterFor(severity),
    newId,
    word: (incident, event, reason, at) => {
      const { plan, roll, journal, witness } = sources();
      return wordPage(incident, {
        watchdog,
        event,
        reason,
        at,
        print,
        head: journal.head,
        statusUrl: plan.statusUrl,
        mass: roll.mass(incident.connection, incident.class),
        witness: witness(at),
      });
    },
  };
}
