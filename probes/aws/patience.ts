import type { Connection } from './schema.ts';

/** How many times what one call may take, a look may: a listing of a hundred pages is one. */
const CALLS = 6;
const ROOM_MS = 1000;

/** What one look may take by itself, ms. */
export function lookMs({ timeout }: Connection): number {
  return CALLS * timeout;
}

/** How long the caller should wait, ms: longer than what the probe gives itself, so that it can still say why it was blind. */
export function patience(connection: Connection): number {
  return lookMs(connection) + ROOM_MS;
}
