import type { Depth } from '../../src/probe.ts';
import type { Connection } from './schema.ts';

/** What the one statement of a sweep may take. */
export const SWEEP_STATEMENT_MS = 1500;
const ROOM_MS = 500;

/** What a sweep may take by itself, ms: a held session that is silent, a new one, and the question again. */
export function sweepBudget({ connect_timeout }: Connection): number {
  return connect_timeout + SWEEP_STATEMENT_MS;
}

/** What an inspection of all that was asked may take by itself, ms. */
export function inspectBudget({ connect_timeout, statement_timeout }: Connection): number {
  return connect_timeout + 2 * statement_timeout + 6500;
}

/** How long the caller should wait, ms: longer than what the probe gives itself, so that it can still say why it was blind. */
export function patience(connection: Connection, depth: Depth): number {
  return ROOM_MS + (depth === 'sweep' ? sweepBudget(connection) : inspectBudget(connection));
}
