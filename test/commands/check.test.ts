import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import type { CheckResult } from '../../src/commands/check-result.ts';
import { runCli } from '../support/cli.ts';
import { HalfOpenProxy } from '../support/half-open-proxy.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { backups, database, Site, volume } from '../support/site.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const RESOURCE_KEYS = [
  'actual',
  'breaches',
  'connection',
  'duration_ms',
  'evidence',
  'expected',
  'first_seen_bad',
  'id',
  'kind',
  'last_seen_healthy',
  'pin',
  'severity',
  'skipped',
  'summary',
  'undo_before',
  'verdict',
];

/** Holds one answer of `check --json` against every line of CONTRACT §4. */
function assertContract(result: CheckResult): void {
  assert.deepEqual(Object.keys(result).slice(0, 8), [
    'schema',
    'watchdog',
    'manifest',
    'started_at',
    'finished_at',
    'exit',
    'counts',
    'resources',
  ]);
  assert.equal(result.schema, 'rollcall/check/v1');
  assert.match(result.manifest.sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(Object.keys(result.manifest), ['id', 'version', 'sha256', 'signed_by']);
  assert.match(result.started_at, ISO);
  assert.ok(result.started_at <= result.finished_at);
  assert.deepEqual(Object.keys(result.counts), ['present', 'degraded', 'doomed', 'impostor', 'absent', 'blind']);
  assert.equal(
    Object.values(result.counts).reduce((sum, count) => sum + count, 0),
    result.resources.length,
  );
  for (const resource of result.resources) {
    const optional = new Set(['owner', 'runbook', 'protected_by', 'ids', 'undo']);
    const keys = Object.keys(resource).filter((key) => !optional.has(key));
    assert.deepEqual(keys.sort(), RESOURCE_KEYS);
    assert.match(resource.pin, /^(manifest|store|none)$/);
    assert.ok(resource.evidence.length > 0 && resource.evidence.length <= 6, `${resource.id} has evidence, and not too much`);
    for (const evidence of resource.evidence) {
      assert.match(evidence.at, ISO);
      assert.ok(evidence.excerpt.length <= 300 && evidence.method !== '' && evidence.vantage !== '');
    }
    const looks = resource.evidence.map(({ look }) => look);
    assert.deepEqual(
      looks,
      looks.toSorted((a, b) => a - b),
    );
    assert.equal(looks[0], 1);
    for (const { unit, ...breach } of resource.breaches) {
      assert.deepEqual(Object.keys(breach), ['kind', 'path', 'what', 'expected', 'actual', 'severity']);
      assert.ok(unit === undefined || ['bytes', 'ms', 'flag'].includes(unit));
    }
    if (resource.verdict === 'present') assert.deepEqual([resource.skipped, resource.first_seen_bad], [[], null]);
    if (resource.verdict === 'blind') assert.ok(resource.skipped.every(({ facet, reason, say }) => facet && reason && say));
  }
}

describe('rollcall check', function () {
  this.timeout(120_000);
  let pg: TestPostgres;
  before(async () => {
    pg = await startPostgres({ auth: 'scram' });
    await pg.query('create database orders');
    await pg.query(
      "create table t (id int primary key); insert into t select generate_series(1, 50); create role watcher login password 'pw'",
      'orders',
    );
  });
  after(async () => pg[Symbol.asyncDispose]());

  async function checkJson(site: Site, ...ids: string[]): Promise<{ code: number | null; result: CheckResult; stderr: string }> {
    const { code, stdout, stderr } = await runCli(['check', '--json', ...ids], { cwd: site.path });
    const result = JSON.parse(stdout) as CheckResult;
    assert.equal(code, result.exit);
    assertContract(result);
    return { code, result, stderr };
  }
  const rows = (min_rows: number, severity = 'critical') => ({ expect: { tables: { 'public.t': { min_rows, severity } } } });

  it('ends with 0 where all are present, and says unpinned, records nothing, where there is neither pin nor store', async () => {
    using site = new Site({ pgUrl: pg.url(), resources: [database('orders', rows(50)), volume('vault', '/tmp')] });
    const { code, result, stderr } = await checkJson(site);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.deepEqual(
      result.resources.map(({ pin }) => pin),
      ['none', 'none'],
    );
    assert.match((await runCli(['check'], { cwd: site.path })).stdout, /orders .*unpinned/);
    assert.throws(() => rmSync(site.state, { recursive: true }), /ENOENT/, 'a check leaves no state behind');
  });

  it('ends with 2 for what is absent, after two looks with a control, and 1 where only a warning hangs on it', async () => {
    const resources = [database('missing'), database('lesser', { name: 'missing', severity: 'warning' }), database('orders')];
    using site = new Site({ pgUrl: pg.url(), resources });
    const { code, result } = await checkJson(site);
    assert.equal(code, 2);
    const [missing] = result.resources;
    assert.equal(missing?.verdict, 'absent');
    assert.equal(missing.actual, null);
    assert.match(missing.summary, /database missing does not exist.*2 of 2 looks/);
    assert.deepEqual(new Set(missing.evidence.map(({ look }) => look)), new Set([1, 2]));
    assert.ok(missing.evidence.some(({ complete, control }) => complete === true && control !== undefined));
    assert.equal((await checkJson(site, 'lesser', 'orders')).code, 1);
    assert.equal((await checkJson(site, 'orders')).code, 0);
  });

  it('ranks critical above unknown above warning', async () => {
    const blind = volume('blind', '/tmp', { expect: { mounted: false }, connection: 'disk' });
    const sealed = database('sealed', { connection: 'wrong', name: 'orders' });
    const warning = database('orders', rows(100, 'warning'));
    const connections = {
      disk: { probe: 'file' },
      pg: { probe: 'postgres', url: { file: './pg.url' } },
      wrong: { probe: 'postgres', url: { env: 'WRONG_URL' } },
    };
    using site = new Site({ pgUrl: pg.url(), config: { connections }, resources: [blind, sealed, warning, database('missing')] });
    const env = { WRONG_URL: pg.url('postgres', 'watcher', 'not-the-password') };
    const run = (...ids: string[]) => runCli(['check', '--json', ...ids], { cwd: site.path, env });
    assert.equal((await run('orders')).code, 1);
    assert.equal((await run('sealed')).code, 3);
    assert.equal((await run('sealed', 'orders')).code, 3);
    const { code, stdout } = await run();
    assert.equal(code, 2);
    const result = JSON.parse(stdout) as CheckResult;
    assertContract(result);
    const dark = result.resources.find(({ id }) => id === 'sealed');
    assert.equal(dark?.verdict, 'blind');
    assert.deepEqual(new Set(dark.skipped.map(({ reason }) => reason)), new Set(['denied']));
    assert.doesNotMatch(stdout, /not-the-password/);
  });

  it('is blind, not green, where one sub-check could not be made', async () => {
    using site = new Site({ pgUrl: pg.url('postgres', 'watcher', 'pw'), resources: [database('orders', rows(1))] });
    const { code, result } = await checkJson(site);
    assert.equal(code, 3);
    const [orders] = result.resources;
    assert.equal(orders?.verdict, 'blind');
    assert.deepEqual(
      orders.skipped.map(({ facet, reason }) => [facet, reason]),
      [['content/tables.public.t', 'denied']],
    );
  });

  it('pins by the manifest: another identity under the name is an impostor', async () => {
    const resources = [database('orders', { identity: { oid: 1 } })];
    using site = new Site({ pgUrl: pg.url(), resources });
    const { code, result } = await checkJson(site);
    assert.equal(code, 2);
    const [orders] = result.resources;
    assert.deepEqual([orders?.verdict, orders?.pin, orders?.expected], ['impostor', 'manifest', { identity: { oid: '1' } }]);
    assert.match((await runCli(['check'], { cwd: site.path })).stdout, /expected: oid 1 {3}actual: .*oid \d+/);
  });

  it('ends in time and with 3 where the server hangs', async () => {
    await using proxy = await HalfOpenProxy.start(pg.port);
    proxy.fallSilent();
    const url = pg.url().replace(`:${pg.port}/`, `:${proxy.port}/`);
    using site = new Site({ pgUrl: url, resources: [database('orders', rows(1)), volume('vault', '/tmp')] });
    const { code, stdout, tookMs } = await runCli(['check', '--json'], { cwd: site.path });
    assert.equal(code, 3);
    assert.ok(tookMs < 60_000, `took ${tookMs} ms`);
    const verdicts = (JSON.parse(stdout) as CheckResult).resources.map(({ verdict }) => verdict);
    assert.deepEqual(verdicts, ['blind', 'present']);
  });

  it('prints well-formed XML and one line of status whatever a name holds', async () => {
    using site = new Site({ resources: [volume('vault', '/tmp', { expect: { contains: ['a|b<&>"\u0001\u202e'] } })] });
    const junit = await runCli(['check', '--format', 'junit'], { cwd: site.path });
    assert.equal(junit.code, 2);
    assertWellFormed(junit.stdout);
    assert.match(junit.stdout, /<testsuite [^>]*tests="1" failures="1" errors="0"/);
    const nagios = await runCli(['check', '--format', 'nagios'], { cwd: site.path });
    assert.equal(nagios.code, 2);
    const [first, second] = nagios.stdout.split('\n');
    assert.match(first ?? '', /^ROLLCALL CRITICAL - vault degraded \| present=0;;;0 degraded=1;;;0/);
    assert.equal(second?.includes('|'), false);
    const text = await runCli(['check'], { cwd: site.path });
    // oxlint-disable-next-line no-control-regex -- what must not reach a terminal is the point
    assert.doesNotMatch(junit.stdout + nagios.stdout + text.stdout, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('tells wrong usage from wrong files: 64 with a suggestion, 78 with every complaint', async () => {
    using site = new Site({ resources: [backups('dumps', '/srv/*.dump')] });
    const unknown = await runCli(['check', 'dmps'], { cwd: site.path });
    assert.equal(unknown.code, 64);
    assert.match(unknown.stderr, /no resource 'dmps'.*did you mean 'dumps'/);
    assert.equal(unknown.stdout, '');
    for (const args of [[], ['chek'], ['check', '--format', 'xml'], ['check', '--jsn'], ['explain']])
      assert.equal((await runCli(args, { cwd: site.path })).code, 64, args.join(' '));
    site.rewrite({
      config: { heartbeet: {}, routes: [{ pagers: ['nobody'] }] },
      resources: [backups('dumps', '/srv/*.dump', { kindd: 1 })],
    });
    const wrong = await runCli(['check'], { cwd: site.path });
    assert.equal(wrong.code, 78);
    assert.equal(wrong.stdout, '');
    assert.match(wrong.stderr, /config\.yaml:\d+:\d+ {2}heartbeet .*RC_KEY_UNKNOWN/);
    assert.match(wrong.stderr, /RC_PAGER_UNKNOWN/);
    assert.equal((await runCli(['check'], { cwd: '/' })).code, 78);
  });

  it('refuses a secret file that others can read, and names it without its contents', async () => {
    using site = new Site({ pgUrl: pg.url(), resources: [database('orders')] });
    chmodSync(`${site.path}/pg.url`, 0o644);
    const { code, stderr } = await runCli(['check'], { cwd: site.path });
    assert.equal(code, 78);
    assert.match(stderr, /RC_SECRET_UNREADABLE/);
    assert.doesNotMatch(stderr, /only-for-tests/);
  });

  it('warns of an expired manifest and goes on looking', async () => {
    using site = new Site({ resources: [volume('vault', '/tmp')], manifest: { expires: '2020-01-01' } });
    const { code, result } = await checkJson(site);
    assert.equal(code, 1);
    assert.match(result.warnings.join(), /expired/);
    assert.equal(result.counts.present, 1);
    assert.match((await runCli(['check'], { cwd: site.path })).stdout, /expired/, 'the text says why it is not 0');
  });
});

/** Every tag closed, every attribute quoted, every ampersand an entity: what an XML reader would trip over. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?xml [^?]*\?>\n/, '')
    .replace(/<(\/?)([a-z]+)((?: [a-z]+="[^"<>]*")*)(\/?)>/g, (_, end, name: string, __, self) => {
      if (end) assert.equal(open.pop(), name);
      else if (!self) open.push(name);
      return '';
    });
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]/);
  assert.doesNotMatch(xml, /&(?!(amp|lt|gt|quot|apos);)/);
}
