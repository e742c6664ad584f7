import type { Claim } from '../core/claim.ts';
import type { LedgerHead } from '../core/chain.ts';
import { wordPage } from '../core/page-words.ts';
import type { PrintedResource } from '../core/page.ts';
import type { WatchPorts } from './watch-ports.ts';
import type { DeskOptions } from './desk.ts';
import type { Plan } from './plan.ts';

/** What the desk's words are made of. A reload replaces the plan, so everything is asked for anew each time. */
export interface Words {
  readonly watchdog: string;
  readonly newId: WatchPorts['newId'];
  readonly plan: () => Plan;
  readonly print: (id: string) => PrintedResource | undefined;
  readonly head: () => LedgerHead | null;
  readonly claims: () => readonly Claim[];
  readonly isQuiet: DeskOptions['isQuiet'];
}

/** Routes and words for a desk, by the plan that stands when they are needed. */
export function deskOptions({ watchdog, newId, plan, print, head, claims, isQuiet }: Words): DeskOptions {
  return {
    manifest: plan().manifest.id,
    watchdog,
    repeat: () => plan().repeat,
    pagersFor: (severity) => plan().pagersFor(severity),
    laterFor: (severity) => plan().laterFor(severity),
    newId,
    isQuiet,
    word: (incident, event, reason, at) =>
      wordPage(incident, { watchdog, event, reason, at, print, head: head(), statusUrl: plan().statusUrl, claims: claims() }),
  };
}
