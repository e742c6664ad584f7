import type { Incident } from '../../src/core/incident.ts';
import type { WatchStatus } from '../../src/loop/self.ts';
import { HOSTILE, makePrintedResource } from './page.ts';

const AT = { wall: Date.parse('2026-11-22T10:00:00.500Z'), steady: 10_000 };

/** What a daemon with nothing on its roll, fresh from its start, says of itself; and what a test wants otherwise. */
export function makeStatus(overrides: Partial<WatchStatus> = {}): WatchStatus {
  const resources = overrides.resources ?? [];
  return {
    ready: true,
    why: [],
    resources,
    ...lookedUpIn(resources),
    claims: [],
    incidents: [],
    pagers: new Map(),
    head: null,
    stretch: new Map(),
    roundAt: AT,
    roundAge: 0,
    windows: [],
    watcher: { name: 'vault-eu', manifest: 'prod-eu', version: 1 },
    ...overrides,
  };
}

/** All that a status says of resources besides them. */
export function lookedUpIn(resources: WatchStatus['resources']): Pick<WatchStatus, 'glances' | 'protects' | 'print' | 'healthyAt'> {
  const byId = new Map(resources.map((one) => [one.id, one]));
  return {
    glances: resources.map(({ id, kind, connection, severity, owner, verdict, breaches, summary }) => {
      return { id, kind, connection, severity, verdict, breaches: breaches.length, summary, ...(owner !== undefined && { owner }) };
    }),
    protects: (id) => resources.flatMap((one) => (one.protected_by?.includes(id) ? [one.id] : [])),
    print: (id) => byId.get(id),
    healthyAt: (id) => {
      const healthy = byId.get(id)?.last_seen_healthy;
      return healthy === null || healthy === undefined ? null : Date.parse(healthy);
    },
  };
}

/** `count` resources: all answer but the first, which is gone, the second, whose name is hostile, and the third, which is blind. */
export function makeTroubled(count: number): WatchStatus {
  const resources = Array.from({ length: count }, (_, at) =>
    makePrintedResource({ id: `db-${at}`, verdict: 'present', summary: 'answered' }),
  );
  const gone = makePrintedResource({ id: 'orders-db', protected_by: ['db-5'] });
  const hostile = makePrintedResource({
    id: 'evil',
    verdict: 'degraded',
    summary: HOSTILE,
    runbook: 'javascript:alert(1)',
    owner: HOSTILE,
  });
  const blind = makePrintedResource({ id: 'users-db', verdict: 'blind', skipped: [{ facet: 'presence', reason: 'denied', say: HOSTILE }] });
  resources.splice(0, Math.min(3, count), ...[gone, hostile, blind].slice(0, count));
  return makeStatus({
    ready: false,
    why: ['last attempt of pager phone failed: timeout'],
    resources,
    incidents: [makeIncident(resources.slice(0, 1).map(({ id }) => id))],
    pagers: new Map([['phone', { at: AT, error: 'timeout' }]]),
    head: { seq: 812, hash: 'a'.repeat(64) },
    stretch: new Map([['orders-pg\n0', { wantedMs: 60_000, actualMs: 90_000 }]]),
  });
}

export function makeIncident(ids: readonly string[]): Incident {
  return {
    id: '01JD6ZZZZZZZZZZZZZZZZZZZZZ',
    key: 'rollcall/prod-eu/vault-eu/orders-db/lost/3',
    class: 'lost',
    severity: 'critical',
    connection: 'orders-pg',
    phase: 'paged',
    opened: AT,
    members: Object.fromEntries(ids.map((id) => [id, { joined: AT, left: null }])),
    pagers: ['phone'],
    accepted: ['phone'],
    told: ['phone'],
    pagedAt: AT.steady + 700,
    ackedUntil: null,
    wishedAt: AT.steady,
    supersedes: [],
    ending: null,
  };
}
