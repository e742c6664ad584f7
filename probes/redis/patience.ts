import type { Connection } from './schema.ts';

const ROOM_MS = 500;

/** How long the caller should wait, ms: longer than what the probe gives itself, so that it can still say why it was blind. */
export function patience({ connect_timeout, timeout }: Connection): number {
  return connect_timeout + timeout + ROOM_MS;
}
