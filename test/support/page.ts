import type { Page, PrintedResource } from '../../src/core/page.ts';

/** A page about one lost database, as the core would make it, with what a test wants otherwise. */
export function makePage(overrides: Partial<Page> = {}): Page {
  const resources = overrides.resources ?? [makePrintedResource()];
  return {
    schema: 'rollcall/page/v1',
    event: 'trigger',
    reason: 'first',
    incident: '01JD6ZZZZZZZZZZZZZZZZZZZZZ',
    dedup_key: 'rollcall/prod-eu/vault-eu/orders-db/lost/3',
    severity: 'critical',
    summary: 'orders-db is gone: database orders does not exist on orders-pg',
    watchdog: 'vault-eu',
    at: '2026-11-22T10:00:02.500Z',
    total: resources.length,
    claims: [],
    links: { runbook: 'https://runbooks.example/orders', status: 'https://rollcall.example/incidents/01JD6?a=1&b=2' },
    ledger_head: { seq: 812, hash: 'a'.repeat(64) },
    ...overrides,
    resources,
  };
}

/** One lost database as `check --json` prints it. */
export function makePrintedResource(overrides: Partial<PrintedResource> = {}): PrintedResource {
  return {
    id: 'orders-db',
    kind: 'postgres.database',
    connection: 'orders-pg',
    severity: 'critical',
    verdict: 'absent',
    breaches: [],
    pin: 'manifest',
    skipped: [],
    summary: 'database orders does not exist on orders-pg (asked pg_database, whole answer, 2 of 2 looks)',
    expected: { identity: { oid: 16401 } },
    actual: null,
    evidence: [
      {
        method: 'pg_database',
        vantage: 'rollcall_ro@db1:5432',
        at: '2026-11-22T10:00:02.000Z',
        complete: true,
        control: '3 other databases',
        look: 2,
        excerpt: 'postgres, template0, template1',
      },
    ],
    last_seen_healthy: '2026-11-22T09:59:58.000Z',
    first_seen_bad: '2026-11-22T10:00:00.000Z',
    undo_before: null,
    duration_ms: 12,
    owner: 'payments',
    runbook: 'https://runbooks.example/orders',
    ...overrides,
  };
}

/** What a hostile database name can carry: markup of every receiver, terminal escapes, direction marks, a lone surrogate, length. */
export const HOSTILE = `<!channel> <@U123> @here <script>alert(1)</script> & *b* _i_ ~s~ \`c\` \u001b[2J\u009b31m\u0007\r\nfake: line \u202Eevil \uD800 ${'A'.repeat(5000)}`;

/** A page whose every free text is hostile, about `count` resources. */
export function makeHostilePage(count = 3): Page {
  const resources = Array.from({ length: count }, (_, index) =>
    makePrintedResource({
      id: `${HOSTILE}${index}`,
      kind: HOSTILE,
      connection: HOSTILE,
      summary: HOSTILE,
      owner: HOSTILE,
      runbook: HOSTILE,
      expected: { name: HOSTILE },
      actual: { [HOSTILE]: HOSTILE },
      breaches: [{ kind: 'diminished', path: HOSTILE, what: HOSTILE, expected: HOSTILE, actual: HOSTILE, severity: 'critical' }],
      evidence: [{ method: HOSTILE, vantage: HOSTILE, at: HOSTILE, control: HOSTILE, look: 1, excerpt: HOSTILE }],
    }),
  );
  const links = { runbook: `javascript:${HOSTILE}`, status: 'https://rollcall.example/<!channel>|x' };
  return makePage({ summary: HOSTILE, watchdog: HOSTILE, incident: HOSTILE, dedup_key: `rollcall/${HOSTILE}`, links, resources });
}
