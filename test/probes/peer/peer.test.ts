import assert from 'node:assert/strict';
import type { Resource } from '../../../src/core/expectation.ts';
import { BLANK, type Memory } from '../../../src/core/memory.ts';
import type { ResourceReport } from '../../../src/core/report.ts';
import { judge } from '../../../src/core/verdict.ts';
import { toWanted } from '../../../src/loop/batch.ts';
import type { Link } from '../../../src/probe.ts';
import { runCli, startCli } from '../../support/cli.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { about, startPostBox } from '../../support/post.ts';
import { startReceiver, type Answer, type Receiver } from '../../support/receiver.ts';
import { Site, volume } from '../../support/site.ts';
import { open, status, TOKEN, watcher } from './helpers.ts';

describe('the probe peer', () => {
  let receiver: Receiver;
  let clock: FakeClock;
  let link: Link;
  beforeEach(async () => {
    receiver = await startReceiver({ body: status() });
    clock = new FakeClock();
    link = open(receiver.url, {}, clock);
  });
  afterEach(async () => {
    await link.close();
    await receiver.close();
  });

  /** Every facet and what it comes to. */
  async function verdicts(resource: Resource = watcher(), memory: Memory = BLANK): Promise<Record<string, string>> {
    const look = { depth: 'sweep', path: 'usual' } as const;
    const signal = AbortSignal.timeout(100_000);
    const reports = (await Array.fromAsync(link.collect([toWanted(resource)], { ...look, signal }))).flat();
    const judged = judge(resource, reports as ResourceReport[], memory, look);
    return Object.fromEntries(
      judged.map(({ facet, outcome }) => [
        facet,
        outcome.is === 'breach'
          ? outcome.breaches.map(({ kind, severity, what }) => `${severity} ${kind}: ${what}`).join('; ')
          : outcome.is === 'blind'
            ? `blind ${outcome.reason}`
            : outcome.is === 'lost'
              ? outcome.how
              : 'good',
      ]),
    );
  }
  const says = (answer: Answer): void => receiver.otherwise(answer);

  it('asks with the token, follows nobody elsewhere, and is content with a watcher that watches', async () => {
    assert.deepEqual(new Set(Object.values(await verdicts())), new Set(['good']));
    assert.equal(receiver.requests[0]?.headers['authorization'], `Bearer ${TOKEN}`);
    assert.equal(receiver.requests[0].path, '/api/v1/status');
    says({ status: 302, headers: { location: `${receiver.url}/elsewhere` } });
    assert.equal((await verdicts())['presence'], 'blind protocol');
    assert.ok(receiver.requests.every(({ path }) => path === '/api/v1/status'));
  });

  it('tells rounds that do not end: stale and critical; none yet: blind for that alone', async () => {
    says({ body: status({ last_round: { ago_ms: 120_001 } }) });
    assert.match((await verdicts())['freshness/rounds'] ?? '', /^critical stale: its last complete round has 2m of age$/);
    says({ body: status({ last_round: null }) });
    const first = await verdicts();
    assert.deepEqual([first['freshness/rounds'], first['presence']], ['blind stale-vantage', 'good']);
  });

  it('tells a ledger that shrank, and one that was rewritten in place', async () => {
    const memory = { ...BLANK, baselines: { 'ledger.entries': 812 } };
    assert.equal((await verdicts(watcher(), memory))['protection/ledger'], 'good');
    says({ body: status({ ledger_head: { seq: 812, hash: 'b'.repeat(64) } }) });
    assert.match(
      (await verdicts(watcher(), memory))['protection/ledger'] ?? '',
      /^critical exposed: the head of its ledger has another hash/,
    );
    says({ body: status({ ledger_head: { seq: 3, hash: 'c'.repeat(64) } }) });
    assert.match(
      (await verdicts(watcher(), memory))['protection/ledger'] ?? '',
      /^critical exposed: its ledger shrank from 812 to 3 entries$/,
    );
    says({ body: status({ ledger_head: null }) });
    assert.match((await verdicts(watcher(), memory))['protection/ledger'] ?? '', /shrank/);
  });

  it('tells a ledger that stands still, where that is asked for', async () => {
    const resource = watcher({ expect: { ledger_within: '1h' } });
    await verdicts(resource);
    await clock.advance(3_600_001);
    assert.match((await verdicts(resource))['freshness/ledger'] ?? '', /^critical stale: the head of its ledger has 1h/);
    says({ body: status({ ledger_head: { seq: 813, hash: 'd'.repeat(64) } }) });
    assert.equal((await verdicts(resource))['freshness/ledger'], 'good');
  });

  it('tells a watcher that does not call itself ready, where that is asked for', async () => {
    says({ body: status({ ready: false, why: ['sweep overdue: pg'] }) });
    assert.equal((await verdicts())['protection/ready'], undefined);
    const resource = watcher({ expect: { ready: true } });
    assert.match((await verdicts(resource))['protection/ready'] ?? '', /^warning unproven: the watcher does not call itself ready$/);
  });

  it('tells another watcher at the address: a wrong caller at first, an impostor later', async () => {
    const resource = watcher({ identity: { watchdog: 'vault-eu' } });
    assert.equal((await verdicts(resource))['identity'], 'blind wrong-caller');
    assert.equal((await verdicts(resource, { ...BLANK, matched: true }))['identity'], 'impostor');
  });

  it('is blind, never absent, to what is no answer', async () => {
    const answers: readonly (readonly [Answer, string])[] = [
      [{ status: 404 }, 'protocol'],
      [{ body: '<html>sign in</html>' }, 'protocol'],
      [{ body: { ready: true } }, 'protocol'],
      [{ status: 403 }, 'denied'],
      [{ status: 429 }, 'throttled'],
      [{ status: 502 }, 'unreachable'],
      ['reset', 'unreachable'],
    ];
    for (const [answer, reason] of answers) {
      says(answer);
      assert.deepEqual(new Set(Object.values(await verdicts())), new Set([`blind ${reason}`]));
    }
  });
});

describe('two watchers', function () {
  this.timeout(120_000);
  it('one tells that the other has died', async () => {
    await using box = await startPostBox();
    using other = new Site({ resources: [volume('tmp', '/tmp')] });
    other.rewrite({ config: { watchdog: { name: 'vault-us', state: './state', listen: '127.0.0.1:0' } } });
    await using died = startCli(['watch'], { cwd: other.path });
    await died.says('"watching"');
    const [, url = ''] = /"status":"(http:[^"]+)"/.exec(died.stderr) ?? [];
    using site = new Site({
      pageUrl: box.url,
      resources: [{ id: 'watcher-b', kind: 'peer.watcher', connection: 'other', identity: { watchdog: 'vault-us', manifest: 'site' } }],
    });
    site.rewrite({ config: { connections: { other: { probe: 'peer', url } } } });
    const present = async (): Promise<boolean> => (await runCli(['check', 'watcher-b'], { cwd: site.path })).code === 0;
    for (let tries = 0; tries < 20 && !(await present()); tries++);
    assert.ok(await present());
    await using _ = startCli(['watch'], { cwd: site.path });
    died.signal('SIGKILL');
    await died.ended;
    const page = await box.page(about('watcher-b', 'blind'), 100_000);
    assert.match(page.summary, /^watcher-b cannot be seen: .*unreachable/);
  });
});
