import type { PrintedResource } from './page.ts';

export const EXIT = { ok: 0, warning: 1, critical: 2, unknown: 3, usage: 64, software: 70, config: 78 } as const;
type CheckExit = 0 | 1 | 2 | 3;

const RANK: Record<CheckExit, number> = { 0: 0, 1: 1, 3: 2, 2: 3 };

/** What one resource weighs (CONTRACT §4's table). */
export function exitOf(resource: Pick<PrintedResource, 'verdict' | 'severity' | 'breaches' | 'skipped'>): CheckExit {
  switch (resource.verdict) {
    case 'absent':
    case 'impostor':
    case 'doomed':
      return resource.severity === 'critical' ? EXIT.critical : EXIT.warning;
    case 'degraded': {
      if (resource.breaches.some((breach) => breach.severity === 'critical')) return EXIT.critical;
      // A warning beside something that could not be looked at: not knowing outranks the warning.
      return resource.skipped.length > 0 ? EXIT.unknown : EXIT.warning;
    }
    case 'blind':
      return EXIT.unknown;
    case 'present':
      return EXIT.ok;
  }
}

/** Critical outranks unknown outranks warning; nothing compared is unknown. */
export function worstExit(exits: readonly CheckExit[]): CheckExit {
  return exits.reduce<CheckExit>((worst, exit) => (RANK[exit] > RANK[worst] ? exit : worst), exits.length === 0 ? EXIT.unknown : EXIT.ok);
}
