import type { RequestDocument } from '../../src/core/request.ts';
import type { RequestRecord } from '../../src/core/request-state.ts';

/** When the window of `makeDocument` begins and ends, ms since 1970. */
export const FROM = Date.UTC(2026, 10, 23, 12);
export const UNTIL = FROM + 3_600_000;

/** An agent asks that a pipeline may drop an old database, with what a test wants otherwise. */
export function makeDocument(more: Partial<RequestDocument> = {}): RequestDocument {
  return {
    schema: 'rollcall/request/v1',
    id: '01KAAAAAAAAAAAAAAAAAAAAAAA',
    audience: { watchdog: 'vault', manifest: 'prod' },
    base: { version: 7, digest: 'sha256:base' },
    sequence: 8,
    action: 'execute',
    operation: 'drop-database',
    target: 'db1/orders',
    about: 'orders-db',
    identity: { oid: '16401', server: '7301' },
    plan: { digest: 'sha256:plan', bytes: 13, text: 'DROP DATABASE' },
    observed: {
      target: { id: 'orders-db', verdict: 'present', breaches: [] },
      what: 'postgres.database on pg',
      protects: [],
      protected_by: [],
      same_domain: [],
      last_seen_healthy: '2026-11-23T11:59:59.000Z',
    },
    observation: 'sha256:seen',
    requester: { name: 'cursor', kind: 'agent', known: 'token' },
    reason: 'migrated',
    ticket: 'OPS-7',
    window: { from: new Date(FROM).toISOString(), until: new Date(UNTIL).toISOString() },
    nonce: 'ab'.repeat(32),
    policy: 'sha256:policy',
    need: 2,
    max_uses: 1,
    ...more,
  };
}

export function makeRecord(more: Partial<RequestRecord> = {}, document: Partial<RequestDocument> = {}): RequestRecord {
  const made = makeDocument(document);
  return { id: made.id, revision: 1, document: made, status: 'PENDING', said: [], people: [], refused: 0, ...more };
}
