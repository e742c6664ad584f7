/**
 * The cadences under which every row is watched, ms. Real time, because the server's clock, its locks and its sockets have no other:
 * so everything that a day brings is made to happen in seconds.
 */
export const SWEEP_MS = 500;
export const INSPECT_MS = 1000;
export const BLIND_AFTER_MS = 4000;

/** What a loaded machine may add before a page counts as late. */
const ROOM_MS = 2500;

/** By when a loss must have been paged, in seconds after the operation returned, by what notices it. */
export const WITHIN = {
  sweep: (SWEEP_MS + ROOM_MS) / 1000,
  inspection: (INSPECT_MS + ROOM_MS) / 1000,
  blindness: (BLIND_AFTER_MS + ROOM_MS + 1000) / 1000,
} as const;

/** How many inspections a harmless operation is watched for after it returned, besides longer than `BLIND_AFTER_MS`. */
export const INSPECTIONS_AFTER = 3;
/** How long after the right page another, contradicting one would still be heard. */
export const LINGER_MS = 1000;
/** How long a resource may take to be seen whole for the first time. */
export const HEALTHY_WITHIN_MS = 120_000;
/** How long the inspections after a harmless operation may take. */
export const QUIET_WITHIN_MS = 120_000;
