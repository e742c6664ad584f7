import type { ResourceState } from './state.ts';

/** What befell everything behind one connection at once: a deleted account, a revoked access, a server that is out of reach. */
export interface Mass {
  readonly is: 'lost' | 'denied' | 'unseen';
  /** How many resources the connection has on the roll; one alone is no mass. */
  readonly count: number;
}

/** The mass loss of a connection whose resources stand as `states`; undefined where even one of them is spared. */
export function massOf(states: readonly ResourceState[], what: 'lost' | 'degraded' | 'blind'): Mass | undefined {
  if (states.length < 2 || what === 'degraded') return undefined;
  const struck = what === 'lost' ? (state: ResourceState) => state.harm === 'lost' : (state: ResourceState) => state.blind;
  if (!states.every(struck)) return undefined;
  const is = what === 'lost' ? 'lost' : states.every(isDenied) ? 'denied' : 'unseen';
  return { is, count: states.length };
}

/** Whoever answers refuses: whatever cannot be seen just now was denied. */
function isDenied({ facets }: ResourceState): boolean {
  const dark = Object.values(facets).filter(({ sight }) => sight.blindNow);
  return dark.length > 0 && dark.every(({ sight }) => sight.reason === 'denied');
}

/** An address that has nothing to do with what is watched, and whether it answered just now. */
export interface WitnessWord {
  readonly address: string;
  readonly answers: boolean;
}

/**
 * True where it weighs more than its resources do: nobody says of ten databases that went at once that each was only worth a warning.
 * Where the witness is dark as well, it may be the watcher that is cut off: then they weigh what they weigh.
 */
export function isGravest(mass: Mass | undefined, witness: WitnessWord | undefined): boolean {
  return mass !== undefined && (mass.is !== 'unseen' || witness?.answers !== false);
}
