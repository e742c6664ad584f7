import type { WitnessWord } from '../core/mass.ts';
import type { PrintedResource } from '../core/page.ts';
import { wordPage } from '../core/page-words.ts';
import type { Instant } from '../core/report.ts';
import type { ClaimBook } from './claim-book.ts';
import type { DeskOptions } from './desk.ts';
import type { Journal } from './journal.ts';
import type { Excuses } from './excuses.ts';
import type { Plan } from './plan.ts';
import type { Roll } from './roll.ts';
import { Troubles } from './troubles.ts';

/** Where the desk's facts come from; asked anew each time, because a reload replaces most of it. */
export interface DeskSources {
  readonly plan: Plan;
  readonly roll: Roll;
  readonly troubles: Troubles;
  readonly journal: Journal;
  readonly claims: ClaimBook;
  readonly excuses: Excuses;
  readonly witness: (at: Instant) => WitnessWord | undefined;
}

/** `manifest`: its id, which a running daemon never changes. */
export function deskOptions(watchdog: string, manifest: string, newId: DeskOptions['newId'], sources: () => DeskSources): DeskOptions {
  const print = (id: string, at: Instant): PrintedResource | undefined => {
    const { troubles, roll, excuses } = sources();
    return Troubles.owns(id) ? troubles.print(id) : excuses.mark(roll.print(id), at);
  };
  return {
    manifest,
    watchdog,
    repeat: () => sources().plan.repeat,
    pagersFor: (severity) => sources().plan.pagersFor(severity),
    laterFor: (severity) => sources().plan.laterFor(severity),
    newId,
    isQuiet: (incident, at) => sources().excuses.isQuiet(incident, sources().roll, at),
    word: (incident, event, reason, at) => {
      const { plan, roll, journal, claims, witness } = sources();
      return wordPage(incident, {
        watchdog,
        event,
        reason,
        at,
        print: (id) => print(id, at),
        head: journal.head,
        statusUrl: plan.statusUrl,
        claims: claims.claims,
        mass: roll.mass(incident.connection, incident.class),
        witness: witness(at),
      });
    },
  };
}
