import type { Depth } from '../probe.ts';
import type { ServerSettings } from './server-fields.ts';

type Timeouts = Pick<ServerSettings, 'connect_timeout' | 'statement_timeout'>;

/** What one statement of a sweep may take, ms. */
export const SWEEP_STATEMENT_MS = 1500;
const ROOM_MS = 500;

/** What a sweep may take by itself, ms: a held session that is silent, a new one, and the question again. */
export function sweepBudget({ connect_timeout }: Timeouts): number {
  return connect_timeout + SWEEP_STATEMENT_MS;
}

/** What an inspection of all that was asked may take by itself, ms. */
export function inspectBudget({ connect_timeout, statement_timeout }: Timeouts): number {
  return connect_timeout + 2 * statement_timeout + 6500;
}

/** How long the caller should wait, ms: longer than what the probe gives itself, so that it can still say why it was blind. */
export function patience(connection: Timeouts, depth: Depth): number {
  return ROOM_MS + (depth === 'sweep' ? sweepBudget(connection) : inspectBudget(connection));
}
