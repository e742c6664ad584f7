import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { WatchStatus } from '../../src/loop/self.ts';
import { Metrics } from '../../src/web/metrics.ts';
import { makePrintedResource } from '../support/page.ts';
import { makeStatus } from '../support/status.ts';

const AT = { wall: Date.parse('2026-11-22T10:00:00.500Z'), steady: 1 };
const EMPTY = { ready: false, why: ['the first full round is not over'], roundAt: undefined };

async function read(status: Partial<WatchStatus>, metrics = new Metrics('1.2.3')): Promise<string> {
  return new Response(metrics.expose(makeStatus({ ...EMPTY, ...status }))).text();
}

async function lines(status: Partial<WatchStatus>): Promise<string[]> {
  return (await read(status)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('metrics', () => {
  it('say exactly one verdict of each resource', async () => {
    const all = await lines({ resources: [makePrintedResource(), makePrintedResource({ id: 'users-db', verdict: 'present' })] });
    const verdicts = all.filter((line) => line.startsWith('rollcall_resource_verdict{'));
    assert.equal(verdicts.length, 12);
    assert.deepEqual(
      verdicts.filter((line) => line.endsWith(' 1')),
      [
        'rollcall_resource_verdict{resource="orders-db",kind="postgres.database",connection="orders-pg",verdict="absent"} 1',
        'rollcall_resource_verdict{resource="users-db",kind="postgres.database",connection="orders-pg",verdict="present"} 1',
      ],
    );
    assert.ok(
      all.includes(
        `rollcall_resource_last_seen_healthy_timestamp_seconds{resource="orders-db"} ${Date.parse('2026-11-22T09:59:58Z') / 1000}`,
      ),
    );
  });

  it('have no sample where there is nothing to say', async () => {
    const all = (await lines({ resources: [makePrintedResource({ last_seen_healthy: null })] })).join('\n');
    assert.doesNotMatch(all, /last_seen_healthy|last_round|pager_/);
    assert.match(all, /^rollcall_ready 0$/m);
    assert.match(all, /^rollcall_build_info\{version="1\.2\.3"\} 1$/m);
    assert.match(all, /^rollcall_ledger_entries 0$/m);
  });

  it('say when the last round ended, whether pagers accept, and by how much inspections are stretched', async () => {
    const all = await lines({
      ready: true,
      roundAt: AT,
      pagers: new Map([
        ['phone', { at: AT, error: 'timeout' }],
        ['chat', { at: AT, error: null }],
      ]),
      stretch: new Map([['orders-pg\n0', { wantedMs: 60_000, actualMs: 90_000 }]]),
      head: { seq: 812, hash: 'a'.repeat(64) },
    });
    for (const line of [
      'rollcall_ready 1',
      `rollcall_last_round_timestamp_seconds ${AT.wall / 1000}`,
      'rollcall_pager_last_attempt_failed{pager="phone"} 1',
      'rollcall_pager_last_attempt_failed{pager="chat"} 0',
      'rollcall_inspection_interval_ratio{connection="orders-pg"} 1.5',
      'rollcall_ledger_entries 812',
    ])
      assert.ok(all.includes(line), `${line} is not in\n${all.join('\n')}`);
  });

  it('are of ten thousand resources as of one, and keep what has not changed', async () => {
    const resources = Array.from({ length: 10_000 }, (_, at) => makePrintedResource({ id: `db-${at}`, verdict: 'present' }));
    const metrics = new Metrics('1');
    const before = await read({ resources }, metrics);
    assert.equal(before.match(/^rollcall_resource_verdict\{/gm)?.length, 60_000);
    resources[7_654] = makePrintedResource({ id: 'db-7654', verdict: 'absent', breaches: [], last_seen_healthy: null });
    const now = await read({ resources }, metrics);
    const [was, is] = [before, now].map((text) => new Set(text.split('\n')));
    assert.deepEqual(
      [...(is ?? [])].filter((line) => !was?.has(line)).map((line) => line.replace(/.*verdict=/, '')),
      ['"present"} 0', '"absent"} 1'],
    );
    assert.equal([...(was ?? [])].filter((line) => !is?.has(line)).length, 3);
  });

  it('forget what has left the roll', async () => {
    const metrics = new Metrics('1');
    await read({ resources: [makePrintedResource(), makePrintedResource({ id: 'users-db' })] }, metrics);
    const now = await read({ resources: [makePrintedResource({ id: 'users-db' })] }, metrics);
    assert.doesNotMatch(now, /orders-db/);
    assert.match(now, /users-db/);
  });

  it('let other work through while ten thousand are written', async () => {
    const resources = Array.from({ length: 10_000 }, (_, at) => makePrintedResource({ id: `db-${at}` }));
    let turns = 0;
    const over = new AbortController();
    const turn = (): void => {
      turns++;
      if (!over.signal.aborted) setImmediate(turn);
    };
    setImmediate(turn);
    await read({ resources });
    over.abort();
    assert.ok(turns > 40, `the loop turned ${turns} times`);
  });

  it('escape what a name may hold', async () => {
    const all = await lines({ resources: [makePrintedResource({ id: 'a"b\\c\nd', connection: 'é' })] });
    assert.ok(
      all.includes('rollcall_resource_verdict{resource="a\\"b\\\\c\\nd",kind="postgres.database",connection="é",verdict="absent"} 1'),
      all.join('\n'),
    );
  });

  it('are those that the documentation lists', async () => {
    const doc = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const listed = [...doc.matchAll(/^\| `(rollcall_\w+)`/gm)].map(([, name]) => name);
    const body = await read({});
    const exposed = [...body.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);
    assert.deepEqual(new Set(listed), new Set(exposed));
  });
});
