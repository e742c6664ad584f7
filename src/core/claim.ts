import type { IncidentClass } from './incident.ts';
import type { Instant } from './report.ts';
import { formatDuration } from '../values/duration.ts';
import { formatInstant } from './wording.ts';

/** What an agent or a pipeline reported: kept and shown, never believed. No rule, verdict or phase may depend on one. */
export interface Claim {
  readonly id: string;
  /** Whose token it came with; over the command line, whoever said so. */
  readonly by: string;
  /** When it was taken in, by the watcher's own clock: what the claimant says of the time counts for nothing. */
  readonly at: Instant;
  /** Cleaned and bounded. */
  readonly text: string;
  /** Ids it is about; empty where it speaks of everything. They may name what is not on the roll. */
  readonly about: readonly string[];
}

/** A claim as a page shows it, beside what was found. */
export interface PrintedClaim {
  readonly by: string;
  readonly at: string;
  readonly text: string;
  readonly about: readonly string[];
  /** Milliseconds from the proof of the harm to the claim; negative where it came before. */
  readonly after_ms: number;
  /** The line for people: `cursor, 4s after the loss: All systems nominal`. */
  readonly line: string;
}

/** What was claimed shortly before the harm belongs to its story: "deleting the volume", then the loss. */
const BEFORE_MS = 10 * 60_000;
const PRINTED = 5;

const HARM: Record<IncidentClass, string> = { lost: 'the loss', degraded: 'the damage', blind: 'the last sight of it' };

/** Whether a claim speaks of one of these resources: by name, or by naming none. */
export function concerns(claim: Pick<Claim, 'about'>, members: ReadonlySet<string>): boolean {
  return claim.about.length === 0 || claim.about.some((id) => members.has(id));
}

/**
 * The claims that belong beside an incident, oldest first: of those that concern its members and came from ten minutes before the harm on,
 * the latest few; those that name a member go before those that name nothing.
 */
export function printClaims(
  claims: readonly Claim[],
  incident: { readonly class: IncidentClass; readonly members: ReadonlySet<string>; readonly since: Instant },
): PrintedClaim[] {
  const { since, members } = incident;
  const fitting = claims.filter((claim) => claim.at.steady >= since.steady - BEFORE_MS && concerns(claim, members));
  return fitting
    .sort((a, b) => Math.sign(b.about.length) - Math.sign(a.about.length) || b.at.steady - a.at.steady)
    .slice(0, PRINTED)
    .sort((a, b) => a.at.steady - b.at.steady)
    .map(({ by, at, text, about }) => {
      const after = at.steady - since.steady;
      const when = after === 0 ? 'at' : `${formatDuration(Math.abs(after))} ${after < 0 ? 'before' : 'after'}`;
      return { by, at: formatInstant(at.wall), text, about, after_ms: after, line: `${by}, ${when} ${HARM[incident.class]}: ${text}` };
    });
}
