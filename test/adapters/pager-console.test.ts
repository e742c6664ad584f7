import assert from 'node:assert/strict';
import { createConsolePager } from '../../src/adapters/pager-console.ts';
import { makeLetter, testPager } from '../contract/pager.ts';
import { makeHostilePage, makePrintedResource } from '../support/page.ts';

const never = new AbortController().signal;

testPager('console', { open: () => createConsolePager({ name: 'terminal', out: { write: () => true } }), secrets: [] });

describe('the console pager', () => {
  let written = '';
  const pager = createConsolePager({ name: 'terminal', out: { write: (text: string) => void (written += text) } });

  beforeEach(() => void (written = ''));

  it('says what is gone in the first line, and what is known of it below', async () => {
    const letter = makeLetter({ at: '2026-11-22T10:00:02.500Z', incident: '01JD6' });
    assert.deepEqual(await pager.deliver(letter, never), { kind: 'delivered', ref: null });
    assert.equal(
      written,
      `CRITICAL: orders-db is gone: database orders does not exist on orders-pg
  rollcall vault-eu at 2026-11-22T10:00:02.500Z, 1 resource, incident 01JD6
  orders-db: absent (postgres.database on orders-pg)
    database orders does not exist on orders-pg (asked pg_database, whole answer, 2 of 2 looks)
    expected: identity oid 16401
    actual: nothing
    bad since 2026-11-22T10:00:00.000Z, last seen healthy 2026-11-22T09:59:58.000Z
    look 2: pg_database by rollcall_ro@db1:5432 at 2026-11-22T10:00:02.000Z, whole answer, also seen: 3 other databases: postgres, template0, template1
    owner payments
    runbook https://runbooks.example/orders
  status https://rollcall.example/incidents/01JD6?a=1&b=2
`,
    );
  });

  it('tells an all-clear from a page that closes for another reason', async () => {
    const labels: string[] = [];
    for (const [event, reason] of [
      ['resolve', 'resolved'],
      ['resolve', 'superseded'],
      ['resolve', 'retired'],
      ['trigger', 'repeat'],
      ['test', 'test'],
    ] as const) {
      written = '';
      await pager.deliver(makeLetter({ event, reason }), never);
      labels.push(written.slice(0, written.indexOf(':')));
    }
    assert.deepEqual(labels, ['RESOLVED', 'CLOSED', 'CLOSED', 'CRITICAL', 'TEST']);
  });

  it('lets no name move the cursor, break a line or turn the direction', async () => {
    await pager.deliver({ id: 'hostile', page: makeHostilePage() }, never);
    // oxlint-disable-next-line no-control-regex -- controls are what is looked for
    assert.doesNotMatch(written, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/);
    assert.doesNotMatch(written, /^fake: line/m);
    assert.ok(written.length < 40_000);
    assert.ok(written.isWellFormed());
  });

  it('lists a degraded resource by its breaches, and once where it has only one', async () => {
    const breach = {
      kind: 'diminished',
      path: 'x',
      what: 'public.orders has 0 rows',
      expected: 1,
      actual: 0,
      severity: 'critical',
    } as const;
    const resource = makePrintedResource({ verdict: 'degraded', summary: breach.what, breaches: [breach], actual: { x: 0 } });
    await pager.deliver(makeLetter({ resources: [resource] }), never);
    assert.equal(written.split(breach.what).length, 2);
    assert.match(written, /actual: x 0\n/);
  });

  it('prints sizes, ages and counts of a breach as a person reads them', async () => {
    const common = { kind: 'diminished', what: 'less', severity: 'critical' } as const;
    const breaches = [
      { ...common, path: 'min_size', expected: 1_048_576, actual: 1536, unit: 'bytes' },
      { ...common, path: 'newest_within', expected: 93_600_000, actual: 1_209_600_000, unit: 'ms' },
      { ...common, path: 'mounted', expected: 1, actual: 0, unit: 'flag' },
      { ...common, path: 'min_rows', expected: 100_000, actual: null },
    ] as const;
    const of = (side: 'expected' | 'actual') => Object.fromEntries(breaches.map((breach) => [breach.path, breach[side]]));
    const resource = makePrintedResource({
      verdict: 'degraded',
      breaches,
      expected: { identity: { system_identifier: '7301', oid: 16401 }, ...of('expected') },
      actual: of('actual'),
    });
    await pager.deliver(makeLetter({ resources: [resource] }), never);
    assert.match(
      written,
      /expected: identity system_identifier 7301, oid 16401, min_size 1 MiB, newest_within 1d 2h, mounted yes, min_rows 100,000\n/,
    );
    assert.match(written, /actual: min_size 1\.5 KiB, newest_within 14d, mounted no, min_rows nothing\n/);
  });

  it('says how many resources it leaves out', async () => {
    const resources = Array.from({ length: 30 }, (_, index) => makePrintedResource({ id: `db-${index}` }));
    await pager.deliver(makeLetter({ resources, total: 50 }), never);
    assert.match(written, /\n {2}and 30 more, listed at https:/);
  });

  it('calls a stream that takes nothing worth another try', async () => {
    const broken = {
      write: (): never => {
        throw new Error('EPIPE');
      },
    };
    assert.deepEqual(await createConsolePager({ name: 'terminal', out: broken }).deliver(makeLetter(), never), {
      kind: 'retryable',
      why: 'EPIPE',
    });
  });
});
