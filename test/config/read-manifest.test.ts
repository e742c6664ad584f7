import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { asManifest, testdata } from './support/read.ts';

const good = readFileSync(`${testdata}manifest/good.yaml`);

function read(bytes: string | Uint8Array) {
  const loaded = asManifest(bytes);
  if (!loaded.ok) throw new assert.AssertionError({ message: JSON.stringify(loaded.complaints.slice(0, 5), null, 1) });
  return loaded.value;
}

const head = 'schema: rollcall/manifest/v1\nmanifest: big\nversion: 1\nresources:\n';
const entry = (index: number) =>
  `  - id: db-${index}\n    kind: postgres.database\n    connection: orders-pg\n    name: db_${index}\n` +
  `    expect:\n      tables:\n        public.orders: { min_rows: ${index}, max_shrink: 5% }\n    protected_by: [db-${(index + 1) % 10_000}]\n`;

describe('reading manifest.yaml', () => {
  it('compiles every entry by its kind and hands the kind its own keys only', () => {
    const [database, dumps] = read(good).resources;
    assert.deepEqual(database?.target, {
      name: 'orders',
      expect: {
        tables: {
          'public.orders': { min_rows: 100_000, max_shrink: 0.05, max_churn: 0.2 },
          'public.ledger': { grow_only: true },
          'public.accounts': { min_rows: 1, fresh: { column: 'created_at', within: 86_400_000 } },
        },
        max_shrink: 0.3,
      },
    });
    assert.deepEqual(database.identity, { system_identifier: '7301442000000000001', oid: 16_401 });
    assert.equal(database.tripwire, true);
    assert.deepEqual(database.domain, { provider: 'railway', account: 'acme', region: 'eu-west' });
    assert.deepEqual(dumps?.domain, { connection: 'vault-disk' });
  });

  it("takes what an entry does not say from the config's defaults", () => {
    const { resources, expires, id, version } = read(good);
    const found = resources.map(({ severity, sweep, inspect, confirm, blindAfter }) => ({ severity, sweep, inspect, confirm, blindAfter }));
    const usual = { severity: 'critical', sweep: { every: 2000 }, inspect: { every: 60_000 }, confirm: 2, blindAfter: 120_000 };
    assert.deepEqual(found, [
      { ...usual, sweep: { every: 1000 } },
      { ...usual, inspect: { cron: '0 6 * * *' } },
      { ...usual, severity: 'warning', confirm: 3, blindAfter: 300_000 },
    ]);
    assert.equal(new Date(expires ?? 0).toISOString(), '2027-06-30T23:59:59.999Z');
    assert.deepEqual([id, version], ['prod-eu', 1]);
  });

  it('keeps the longest key of a page under the 255 characters that receivers take', () => {
    const longest = `rollcall/${'m'.repeat(40)}/${'w'.repeat(40)}/${'i'.repeat(80)}/degraded/${Number.MAX_SAFE_INTEGER}`;
    assert.ok(longest.length < 255);
    read(good.toString().replaceAll('prod-eu', 'm'.repeat(40)).replaceAll('data-volume', 'i'.repeat(80)));
  });

  it('reads ten thousand resources in linear time, right or wrong', function () {
    this.timeout(120_000);
    const text = head + Array.from({ length: 10_000 }, (_, index) => entry(index)).join('');
    const started = performance.now();
    assert.equal(read(text).resources.length, 10_000);
    const right = performance.now() - started;
    const loaded = asManifest(text.replaceAll('max_shrink', 'max_shrinc').replaceAll('id: db-', 'id: db'));
    const wrong = performance.now() - started - right;
    assert.ok(!loaded.ok);
    assert.equal(loaded.complaints.length, 20_000);
    assert.ok(right < 30_000, `right: ${right} ms`);
    assert.ok(wrong < 60_000, `wrong: ${wrong} ms`);
  });

  it('lets one anchor serve ten thousand resources', function () {
    this.timeout(120_000);
    const each = (index: number) =>
      `  - { id: db-${index}, kind: postgres.database, connection: orders-pg, name: d, expect: ${index ? '*e' : '&e { max_shrink: 5% }'} }\n`;
    assert.equal(read(head + Array.from({ length: 10_000 }, (_, index) => each(index)).join('')).resources.length, 10_000);
  });
});
