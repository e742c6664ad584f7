import type { LedgerEntry } from '../../src/core/chain.ts';
import type { Incident } from '../../src/core/incident.ts';
import type { RequestRecord } from '../../src/core/request-state.ts';
import type { Post, ResourceRecord } from '../../src/ports.ts';

/** Documents of a likely shape and size. A store takes them as they are: their inner shape is the state machines' business. */
export const AT = { wall: 1_767_225_600_000, steady: 1_767_225_600_123 };

export function makeRecord(n: number): ResourceRecord {
  const evidence = [{ method: 'pg_database', vantage: 'rollcall_ro@db1:5432', at: AT, excerpt: `oid ${n}, 3 others`, path: 'usual' }];
  const facet = { standing: 'good', harm: null, outcome: { is: 'good' }, evidence, marks: [{ at: AT, harm: null, fresh: false }] };
  return {
    state: { facets: { presence: facet, identity: facet }, harm: null, blind: false, lastHealthy: AT, firstBad: null },
    memory: { pin: { oid: String(n) }, matched: true, tainted: false, baselines: { size: n }, last: {} },
  } as unknown as ResourceRecord;
}

export function makeIncident(id: string, phase: 'paging' | 'paged' | 'resolving' | 'closed'): Incident {
  return { id, key: `rollcall/prod/vault/${id}/lost/1`, phase, members: ['orders-db'] } as unknown as Incident;
}

export function makePost(id: string, seq: number, incident: string, delivered: boolean): Post {
  const receipt = delivered ? { receipt: { at: AT, ref: `ref-${id}` } } : {};
  const page = { schema: 'rollcall/page/v1', event: 'trigger', summary: 'orders-db is gone', resources: [] };
  return { id, seq, key: `key-${incident}`, incident, pager: 'ops', page, attempts: 1, notBefore: 0, ...receipt } as unknown as Post;
}

export function makeEntry(n: number): LedgerEntry {
  return {
    at: { wall: AT.wall + n, steady: AT.steady + n },
    kind: 'verdict',
    about: `db-${n}`,
    body: { verdict: 'absent', n, note: 'é\u0000"\ud800' },
  };
}

/** A request as far as a store looks at it. */
export function makeRequest(id: string, more: Partial<RequestRecord> = {}): RequestRecord {
  return { id, revision: 1, document: { id }, status: 'PENDING', said: [], people: [], refused: 0, ...more } as unknown as RequestRecord;
}
