import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from '../../src/core/page.ts';
import { runCli, startCli } from '../support/cli.ts';
import { startPostBox } from '../support/post.ts';
import { startReceiver } from '../support/receiver.ts';
import { backups, Site, volume } from '../support/site.ts';

describe('rollcall validate', function () {
  this.timeout(120_000);
  it('says ok and what it read, or every complaint at once, and contacts nobody', async () => {
    using site = new Site({ resources: [volume('tmp', '/tmp')], pgUrl: 'postgres://nobody:nothing@127.0.0.1:1/x' });
    const ok = await runCli(['validate'], { cwd: site.path });
    assert.deepEqual([ok.code, ok.stderr], [0, '']);
    assert.match(ok.stdout, /manifest\.yaml: ok, site version 1, 1 resources/);
    assert.match(ok.stdout, /^digest of the manifest: sha256:[0-9a-f]{64}$/m);
    const json = await runCli(['validate', '--json'], { cwd: site.path });
    assert.deepEqual(JSON.parse(json.stdout), {
      ok: true,
      manifest: { id: 'site', version: 1, resources: 1 },
      complaints: [],
      warnings: [],
    });
    site.rewrite({ resources: [volume('a', 'relative'), backups('a', '/srv/*', { connection: 'dsik' })] });
    const bad = await runCli(['validate'], { cwd: site.path });
    assert.equal(bad.code, 78);
    assert.deepEqual(bad.stdout.match(/RC_[A-Z_]+/g)?.sort(), ['RC_CONNECTION_UNKNOWN', 'RC_ID_DUPLICATE', 'RC_VALUE_INVALID']);
    for (const line of bad.stdout.trim().split('\n')) assert.match(line, /^manifest\.yaml:\d+:\d+ {2}\S+ {2}.+ {2}RC_[A-Z_]+$/);
    const list = JSON.parse((await runCli(['validate', '--json'], { cwd: site.path })).stdout) as { complaints: unknown[] };
    assert.equal(list.complaints.length, 3);
  });

  it('finds its config where -c or $ROLLCALL_CONFIG says, relative to where it runs', async () => {
    using site = new Site({ resources: [volume('tmp', '/tmp')] });
    assert.equal((await runCli(['-c', site.config, 'validate'], { cwd: '/' })).code, 0);
    assert.equal((await runCli(['validate'], { cwd: '/', env: { ROLLCALL_CONFIG: site.config } })).code, 0);
    assert.equal((await runCli(['validate'], { cwd: '/' })).code, 78);
  });
});

describe('rollcall explain', function () {
  this.timeout(120_000);

  it('tells what else than time makes a look due, and validate what is wrong with it', async () => {
    const queue = 'arn:aws:sqs:eu-west-1:111122223333:rollcall-events';
    const connections = (events?: object) => ({
      aws: { probe: 'aws', account: '111122223333', region: 'eu-west-1', ...(events && { events }) },
      pg: { probe: 'postgres', url: { env: 'PG_URL' } },
    });
    const resources = [
      { id: 'orders', kind: 'aws.rds.instance', connection: 'aws', name: 'orders' },
      { id: 'wired', kind: 'postgres.database', connection: 'pg', name: 'wired', tripwire: true },
    ];
    const env = { PG_URL: 'postgres://nobody@127.0.0.1:1/x' };
    using site = new Site({ config: { connections: connections({ queue }) }, resources });
    const say = async (id: string, ...more: string[]) => (await runCli(['explain', id, ...more], { cwd: site.path, env })).stdout;
    assert.match(
      await say('orders'),
      new RegExp(`^and at once after an event that names it in ${queue}, which itself proves nothing$`, 'm'),
    );
    assert.match(await say('wired'), /^and at once after the end of the session that is held in it \(tripwire\)/m);
    assert.match((JSON.parse(await say('orders', '--json')) as { prompted: string }).prompted, /^an event that names it in arn:/);
    site.rewrite({ config: { connections: connections() } });
    assert.doesNotMatch(await say('orders'), /at once after/);
    site.rewrite({ config: { connections: connections({ queue: `${queue}.fifo` }) } });
    const { code, stdout } = await runCli(['validate'], { cwd: site.path, env });
    assert.equal(code, 78);
    assert.match(stdout, /^config\.yaml:\d+:\d+ {2}connections\.aws\.events\.queue {2}must be a standard queue: .* {2}RC_VALUE_INVALID$/m);
  });

  it('words bounds with their units and names who is paged', async () => {
    const expect = { newest_within: '26h', min_size: '1MiB', min_count: 7, max_shrink: '50%' };
    const config = {
      pagers: { out: { type: 'console' }, ops: { type: 'webhook', url: 'http://127.0.0.1:9/' } },
      routes: [{ severity: 'critical', pagers: ['ops', 'out'] }, { pagers: ['out'] }],
    };
    using site = new Site({ config, resources: [backups('dumps', '/srv/*.dump', { expect, owner: 'payments' })] });
    const { code, stdout } = await runCli(['explain', 'dumps'], { cwd: site.path });
    assert.equal(code, 0);
    assert.match(stdout, /owned by payments/);
    assert.match(stdout, /newest_within: stale unless it is at most 1d 2h of age/);
    assert.match(stdout, /min_size: diminished unless it is at least 1 MiB/);
    assert.match(stdout, /min_count: diminished unless it is at least 7 backups/);
    assert.match(stdout, /max_shrink: .*at least 50 percent/);
    assert.match(
      stdout,
      /^ {2}critical: gone, .*; content shrank; could not be seen for 5s\n {4}at once: ops \(webhook\), out \(console\)\n {4}every 15m/m,
    );
    assert.match(stdout, /^ {2}warning: stale; .*\n {4}at once: out \(console\)\n/m);
    assert.doesNotMatch(stdout, /\d{6}/, 'no bare milliseconds or bytes');
    const near = await runCli(['explain', 'dumsp'], { cwd: site.path });
    assert.equal(near.code, 64);
    assert.match(near.stderr, /did you mean 'dumps'/);
  });
});

describe('rollcall status and incidents', function () {
  this.timeout(120_000);
  it('say that nobody has looked where no daemon ever ran, and end with 0', async () => {
    using site = new Site({ resources: [volume('tmp', '/tmp')] });
    const status = await runCli(['status'], { cwd: site.path });
    assert.equal(status.code, 0);
    assert.match(status.stdout, /no daemon has written/);
    assert.match(status.stdout, /unknown +tmp: not looked at yet/);
    assert.match((await runCli(['incidents'], { cwd: site.path })).stdout, /no open incidents/);
  });

  it('say when the daemon last wrote, and by how much the budget stretches inspections', async () => {
    const connections = { pg: { probe: 'postgres', url: { env: 'PG' }, inspections_per_minute: 1 } };
    const table = { expect: { tables: { 'public.t': {} } } };
    const resources = ['a', 'b'].map((id) => ({ id, kind: 'postgres.database', connection: 'pg', name: id, ...table }));
    using site = new Site({ config: { connections }, resources });
    const env = { PG: 'postgres://nobody:nothing@127.0.0.1:1/x' };
    await using daemon = startCli(['watch'], { cwd: site.path, env });
    await daemon.says('"watching"');
    let text = '';
    while (!text.includes('last written')) text = (await runCli(['status'], { cwd: site.path, env })).stdout;
    assert.match(text, /pg: the connection budget stretches inspections from 1s to 2m/);
    assert.match(text, /blind +a, unpinned: cannot be seen .*ECONNREFUSED/);
    const json = JSON.parse((await runCli(['status', '--json'], { cwd: site.path, env })).stdout) as Record<string, unknown>;
    assert.match(String(json['written_at']), /^20\d\d-/);
    assert.deepEqual(json['inspections'], { pg: { wantedMs: 1000, actualMs: 120_000 } });
  });
});

describe('rollcall page-test', function () {
  this.timeout(120_000);
  it('sends a test and its end, and ends with 2 where a pager fails', async () => {
    await using box = await startPostBox();
    const broken = await startReceiver({ status: 500 });
    const pagers = { good: { type: 'webhook', url: box.url }, bad: { type: 'webhook', url: broken.url }, out: { type: 'console' } };
    using site = new Site({ config: { pagers, routes: [{ pagers: ['good'] }] }, resources: [volume('tmp', '/tmp')] });
    const good = await runCli(['page-test', 'good'], { cwd: site.path });
    assert.equal(good.code, 0);
    assert.match(good.stdout, /good: accepted/);
    assert.deepEqual(
      box.pages.map(({ event, reason }) => [event, reason]),
      [
        ['test', 'test'],
        ['resolve', 'resolved'],
      ],
    );
    const [first, last] = box.pages as [Page, Page];
    assert.equal(first.dedup_key, last.dedup_key);
    const all = await runCli(['page-test', '--json'], { cwd: site.path });
    assert.equal(all.code, 2);
    const { results } = JSON.parse(all.stdout) as { results: { pager: string; delivery: { kind: string } }[] };
    assert.deepEqual(
      results.map(({ pager, delivery }) => [pager, delivery.kind]),
      [
        ['good', 'delivered'],
        ['bad', 'retryable'],
        ['out', 'delivered'],
      ],
    );
    assert.match(all.stderr, /TEST: test page/, 'the console pager writes to stderr');
    assert.equal((await runCli(['page-test', 'goood'], { cwd: site.path })).code, 64);
    await broken.close();
  });
});

describe('rollcall', function () {
  this.timeout(120_000);
  it('prints its version, its help and the schemas', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    for (const args of [['version'], ['--version'], ['-V']])
      assert.deepEqual(await runCli(args, { cwd: '/' }).then(({ code, stdout }) => [code, stdout]), [0, `${version}\n`]);
    assert.equal((await runCli(['--help'], { cwd: '/' })).code, 0);
    for (const name of ['config', 'manifest']) {
      const { code, stdout } = await runCli(['schema', name], { cwd: '/' });
      assert.equal(code, 0);
      assert.equal((JSON.parse(stdout) as { type: string }).type, 'object');
    }
    assert.equal((await runCli(['schema', 'other'], { cwd: '/' })).code, 64);
  });

  it('demo tells the whole story, ends with 0 and leaves no folder and no process behind', async () => {
    using site = new Site();
    // The server of the demo runs as another user than root, and must be let through.
    chmodSync(site.path, 0o755);
    const mine = (): string[] => readdirSync(site.path).filter((name) => name.startsWith('rollcall-'));
    const { code, stdout, stderr } = await runCli(['demo'], { cwd: '/', env: { TMPDIR: site.path } });
    assert.deepEqual([code, stderr], [0, '']);
    for (const part of [
      /4 resources|orders-dumps +present/,
      /DROP DATABASE orders/,
      /All systems nominal/,
      /rings [\d.]+ s after/,
      /orders-db is gone/,
    ])
      assert.match(stdout, part);
    assert.match(stdout, /evidence .*whole answer, control: /);
    assert.match(stdout, /orders-dumps is gone/);
    // oxlint-disable-next-line no-control-regex -- that there are none is the point
    assert.doesNotMatch(stdout, /\u001b/);
    assert.deepEqual(mine(), []);
    assert.deepEqual(processesNaming(site.path), []);
  });

  it('demo cleans up and ends with 1 when it is interrupted before the page', async () => {
    using site = new Site();
    // The server of the demo runs as another user than root, and must be let through.
    chmodSync(site.path, 0o755);
    await using demo = startCli(['demo'], { cwd: '/', env: { TMPDIR: site.path } });
    for (let tries = 0; tries < 4000 && !demo.stdout.includes('The watchdog starts'); tries++) await wait(20);
    demo.signal('SIGTERM');
    assert.equal(await demo.ended, 1);
    assert.deepEqual(
      readdirSync(site.path).filter((name) => name.startsWith('rollcall-')),
      [],
    );
    assert.deepEqual(processesNaming(site.path), []);
  });
});

/** Processes whose command line holds a folder of the test's own. */
function processesNaming(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  });
}

describe('rollcall explain, of a route with a fallback and rungs', function () {
  this.timeout(120_000);
  it('lists every call in the order of time', async () => {
    const pagers = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, { type: 'webhook', url: `http://127.0.0.1:9/${name}` }]));
    const escalate = [
      { after: '30m', pagers: ['d'] },
      { after: '1m', pagers: ['c'] },
    ];
    const config = { pagers, routes: [{ pagers: ['a'], fallback: ['b'], fallback_after: '2m', escalate }] };
    using site = new Site({ config, resources: [volume('tmp', '/tmp')] });
    const { stdout } = await runCli(['explain', 'tmp'], { cwd: site.path });
    const [, calls] = /^ {2}critical: .*\n((?: {4}.*\n)+)/m.exec(stdout) ?? [];
    assert.deepEqual(
      calls
        ?.trimEnd()
        .split('\n')
        .map((line) => line.trim()),
      [
        'at once: a (webhook)',
        'after 1m, unless somebody acknowledged: c (webhook)',
        'after 2m, unless all before have accepted: b (webhook)',
        'after 30m, unless somebody acknowledged: d (webhook)',
        'every 15m, until acknowledged or resolved: all who were called so far',
      ],
    );
    const json = JSON.parse((await runCli(['explain', 'tmp', '--json'], { cwd: site.path })).stdout) as {
      timeline: { critical: { after_ms: number; pagers: string[] }[] };
    };
    assert.deepEqual(
      json.timeline.critical.map(({ after_ms: after, pagers: who }) => [after, ...who]),
      [
        [0, 'a'],
        [60_000, 'c'],
        [120_000, 'b'],
        [1_800_000, 'd'],
      ],
    );
  });
});

describe('rollcall status', function () {
  this.timeout(120_000);
  it('shows the maintenance windows that are open or to come, with author, reason and scope', async () => {
    const window = { author: 'alice', reason: 'new disks', resources: ['tmp'], connections: [] };
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
    const windows = [
      { ...window, name: 'past', from: hours(-3), until: hours(-2) },
      { ...window, name: 'present', from: hours(-1), until: hours(1) },
      { ...window, name: 'future', from: hours(1), until: hours(2), resources: [], connections: ['disk'] },
    ];
    using site = new Site({ resources: [volume('tmp', '/tmp')], manifest: { windows } });
    const { stdout } = await runCli(['status'], { cwd: site.path });
    assert.match(stdout, /^maintenance present by alice, open until .*: new disks \(tmp\)$/m);
    assert.match(stdout, /^maintenance future by alice, from .* until .*: new disks \(all of disk\)$/m);
    assert.doesNotMatch(stdout, /past/);
    const json = JSON.parse((await runCli(['status', '--json'], { cwd: site.path })).stdout) as {
      windows: { name: string; open: boolean }[];
    };
    assert.deepEqual(
      json.windows.map(({ name, open }) => [name, open]),
      [
        ['present', true],
        ['future', false],
      ],
    );
  });
});
